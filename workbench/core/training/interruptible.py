"""A chance to stop within an update too: a step of a large network takes longer than patience."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

SLOW_S = 0.02
"""From here on an update is asked between its layers, not only before it."""


class Asking:
    """Calls `check`, which may raise or wait, between layers; `seconds`: how long that took."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self.seconds = 0.0

    def ask(self) -> None:
        """Call `check`, on the clock."""
        began = perf_counter()
        try:
            self._check()
        finally:
            self.seconds += perf_counter() - began

    def between_layers(self, model: nn.Module) -> list[RemovableHandle]:
        """Ask after each layer on the way forward and on the way back, until these are removed."""

        def listen(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
            self.ask()
            if output.requires_grad:
                output.register_hook(lambda _gradient: self.ask())

        leaves = [module for module in model.modules() if not list(module.children())]
        return [leaf.register_forward_hook(listen) for leaf in leaves]
