"""Quantization-aware training: rounded on the way forward, straight through on the way back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from workbench.core.quantization.grid import grid_of, on_grid
from workbench.core.quantization.weights import Folds, bits_of, gain, layer_names, rounded
from workbench.setting import Setting

MEMORY = 0.9


def straight_through(value: Tensor, moved: Tensor) -> Tensor:
    """`moved`, whose gradient goes to `value` as if nothing had been moved.

    Source: Bengio et al. 2013, the straight-through estimator.
    """
    return value + (moved - value).detach()


class Rounding(nn.Module):
    """A parametrization: a layer's weight as rounded, learned straight through."""

    def __init__(self, model: nn.Module, layer: str, setting: Setting, folds: Folds) -> None:
        super().__init__()
        # In a tuple, so that the network does not become a part of its own part.
        self._of = (model, layer, setting, folds)

    def forward(self, weight: Tensor) -> Tensor:
        """The rounded weight; the batch norm's gain is that of the moment."""
        model, layer, setting, folds = self._of
        bits, now = bits_of(layer, setting), gain(model, layer, folds)
        return straight_through(weight, rounded(weight.detach(), bits, setting, now))


class RoundedInput:
    """A hook that rounds what a layer takes, within a range that follows the batches."""

    def __init__(self, bits: int, symmetry: str) -> None:
        self._bits, self._symmetry = bits, symmetry
        self._range: Tensor | None = None

    def __call__(self, module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """The same inputs, rounded; the range is learned only while the module trains."""
        taken = inputs[0]
        now = torch.stack([taken.detach().amin(), taken.detach().amax()])
        if self._range is None:
            self._range = now
        elif module.training:
            self._range = MEMORY * self._range + (1 - MEMORY) * now
        return (self._rounded(taken, self._range), *inputs[1:])

    def _rounded(self, taken: Tensor, ends: Tensor) -> Tensor:
        if self._bits == 16:
            return straight_through(taken, on_grid(taken.detach(), 16))
        grid = grid_of(ends, self._bits, symmetry=self._symmetry, per="tensor")
        step, zero = float(grid.step), int(grid.zero_point)
        # One kernel for both ways; beyond the range, where nothing moves the answer, it passes 0.
        return torch.fake_quantize_per_tensor_affine(taken, step, zero, grid.lowest, grid.highest)


@contextmanager
def fake_quantized(model: nn.Module, setting: Setting, folds: Folds = ()) -> Iterator[None]:
    """`model` computing with rounded weights and inputs of its layers while it learns.

    Afterwards its own weights are as learned, not rounded, and nothing else is left behind.
    """
    layers = [(name, model.get_submodule(name)) for name in layer_names(model)]
    hooks: list[Any] = []
    try:
        for name, module in layers:
            rounding = Rounding(model, name, setting, folds)
            # unsafe: the check would run the rounding on a module that is not complete yet.
            parametrize.register_parametrization(module, "weight", rounding, unsafe=True)
            if setting.bits_of_activations < 32:
                hook = RoundedInput(setting.bits_of_activations, setting.activation_symmetry)
                hooks.append(module.register_forward_pre_hook(hook))
        yield
    finally:
        for hook in hooks:
            hook.remove()
        for _name, module in layers:
            if parametrize.is_parametrized(module, "weight"):
                parametrize.remove_parametrizations(module, "weight", leave_parametrized=False)
                # The weight came back behind the bias; a state has the order that it was made in.
                module.register_parameter("bias", module._parameters.pop("bias"))
