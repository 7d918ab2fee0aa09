"""In which number formats a network learns: casting, float16 weights, and the scale of the loss."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from workbench.setting import Setting
from workbench.setting.space import DYNAMIC, UNSCALED

CAST_TO = {"mixed_float16": torch.float16, "mixed_bfloat16": torch.bfloat16}


def casting(setting: Setting, device: str) -> AbstractContextManager[Any]:
    """PyTorch's autocast of the setting's precision: layers in 16 bits, weights in float32."""
    if setting.precision not in CAST_TO:
        return nullcontext()
    return torch.autocast(device, CAST_TO[setting.precision])


def in_float16(model: nn.Module) -> nn.Module:
    """The same network with weights and arithmetic in float16; pictures and scores in float32."""
    model.half()
    model.register_forward_pre_hook(_halved)
    model.register_forward_hook(_widened)
    return model


def _halved(_model: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(each.half() for each in inputs)


def _widened(_model: nn.Module, _inputs: Any, scores: Tensor) -> Tensor:
    return scores.float()


class Scaler:
    """Multiplies the loss, divides the gradients, and skips an update where one is not finite.

    The scale is fixed, or found by PyTorch's GradScaler (Micikevicius et al. 2018): halved after
    each overflow, doubled after `growth_interval` updates without one. `told`: the scale
    of the last update, and whether it was skipped.
    """

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        start: float,
        *,
        fixed: float | None = None,
        growth_interval: int = 2000,
    ) -> None:
        self._optimizer, self._fixed = optimizer, fixed
        first = optimizer.param_groups[0]["params"][0]
        self._scaler = torch.amp.GradScaler(
            first.device.type, init_scale=start, growth_interval=growth_interval
        )
        self._weights = [each for group in optimizer.param_groups for each in group["params"]]
        self.told = (start, False)

    @classmethod
    def of(cls, setting: Setting, optimizer: torch.optim.Optimizer) -> "Scaler | None":
        """The scaler that `setting` asks for, and none where it has no effect."""
        scale = setting.loss_scale
        if setting.precision != "mixed_float16" or scale == UNSCALED:
            return None
        if scale == DYNAMIC:
            return cls(optimizer, START)
        return cls(optimizer, float(scale), fixed=float(scale))

    def step(self, loss: Tensor) -> None:
        """The way back from `loss`, and the update unless a gradient overflowed."""
        scale = self._scaler.get_scale()
        self._scaler.scale(loss).backward()
        self._scaler.unscale_(self._optimizer)
        gradients = [each.grad for each in self._weights if each.grad is not None]
        self.told = (scale, not bool(torch.nn.utils.get_total_norm(gradients).isfinite()))
        self._scaler.step(self._optimizer)
        self._scaler.update(self._fixed)


START = 2.0**16
"""The first scale of PyTorch's GradScaler."""
