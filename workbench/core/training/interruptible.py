"""A chance to stop within an update too: a step of a large network takes longer than patience."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

SLOW_S = 0.02
"""From here on an update is asked between its layers, not only before it."""


def ask_between_layers(model: nn.Module, check: Callable[[], None]) -> list[RemovableHandle]:
    """Call `check`, which may raise, after each layer on the way forward and on the way back."""

    def listen(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
        check()
        if output.requires_grad:
            output.register_hook(lambda _gradient: check())

    leaves = [module for module in model.modules() if not list(module.children())]
    return [leaf.register_forward_hook(listen) for leaf in leaves]
