"""Every operation of one update, written down as it runs: its layer, its phase, its types."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from workbench.measurement.precision import Operation, Phase

LOSS = {"_log_softmax": "softmax", "nll_loss": "cross entropy"}
"""The parts of the loss, which is no module, by how their operations begin."""


class Watcher(TorchDispatchMode):
    """Operations on floating-point numbers, in their order; `phase` is set by who runs them."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.phase: Phase = "forward"
        self.operations: list[Operation] = []
        self._running: list[str] = []
        self._nodes: dict[Any, str] = {}
        self._owners = {
            weight.data_ptr(): name.rpartition(".")[0] for name, weight in model.named_parameters()
        }

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        taken = list(_floats((args, kwargs)))
        result = function(*args, **(kwargs or {}))
        given = list(_floats(result))
        if taken or given:
            name = str(function).split(".")[1]
            layer = self._layer(name, taken)
            takes, gives = types_of(taken), types_of(given)
            self.operations.append(
                Operation(name=name, layer=layer, phase=self.phase, takes=takes, gives=gives)
            )
        return result

    def _layer(self, name: str, taken: list[Tensor]) -> str:
        """The module that runs, forward or on the way back; of an update the weight's owner."""
        if self.phase == "update":
            return self._owners.get(taken[0].data_ptr(), "") if taken else ""
        inside = self._running[-1] if self._running else ""
        return inside or next(
            (told for begins, told in LOSS.items() if name.startswith(begins)), ""
        )

    def enter(self, name: str) -> None:
        """The module `name` begins."""
        self._running.append(name)

    def leave(self, output: Tensor) -> None:
        """It ends; what autograd noted meanwhile is its way back."""
        name = self._running.pop()
        self.mark(output, name)

    def mark(self, output: Tensor, name: str) -> None:
        """The nodes that lead to `output` and are nobody's yet belong to `name`."""
        waiting = [output.grad_fn]
        while waiting:
            node = waiting.pop()
            if node is None or node in self._nodes:
                continue
            self._nodes[node] = name
            node.register_prehook(lambda _gradients: self._running.__setitem__(slice(None), [name]))
            waiting += [before for before, _index in node.next_functions]


@contextmanager
def watching(model: nn.Module) -> Iterator[Watcher]:
    """Watch `model` in this thread until the end of the block."""
    watcher = Watcher(model)
    hooks = []
    for name, module in model.named_modules():
        hooks += [
            module.register_forward_pre_hook(
                lambda _module, _inputs, name=name: watcher.enter(name)
            ),
            module.register_forward_hook(lambda _module, _inputs, output: watcher.leave(output)),
        ]
    try:
        with watcher:
            yield watcher
    finally:
        for hook in hooks:
            hook.remove()


def _floats(tree: Any) -> Iterator[Tensor]:
    for leaf in tree_leaves(tree):
        if isinstance(leaf, Tensor) and leaf.is_floating_point():
            yield leaf


def types_of(tensors: Iterable[Tensor]) -> tuple[str, ...]:
    """The types of tensors, each once, that of the first one first."""
    return tuple(dict.fromkeys(_name(each.dtype) for each in tensors))


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
