"""Memory of a network against the batch: weights, activations that live at once, those kept."""

import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from workbench.core.machine import machine
from workbench.core.studies.layer_times import network_of
from workbench.core.training.cost import kept_for_backward
from workbench.locale import message
from workbench.measurement import Grid, Quantity
from workbench.measurement.layer_times import BATCHES, Network, Pass

SHAPE = (1, 28, 28)
COLUMNS = ("weight_bytes", "activation_bytes", "kept_bytes")


def memory_by_batch(network: Network, tell: Callable[[Grid], None]) -> Grid:
    """Rows: images in a batch; columns: bytes of weights, of activations in use, of those kept."""
    grid = Grid(rows=tuple(map(str, BATCHES)), columns=COLUMNS, cells={}, machine=machine())
    tell(grid)
    model = network_of(Pass(network=network))
    for batch in BATCHES:
        found = {
            "weight_bytes": weight_bytes(model),
            "activation_bytes": live_bytes(model, batch),
            "kept_bytes": kept_for_backward(model, batch, SHAPE),
        }
        cells = {(str(batch), name): quantity for name, quantity in found.items()}
        grid = replace(grid, cells={**grid.cells, **cells})
        tell(grid)
    return grid


def weight_bytes(model: nn.Module) -> Quantity:
    """All parameters and the statistics of batch norms."""
    how = message("bytes of all parameters and of the statistics of batch norms")
    value = sum(tensor.nbytes for tensor in _stored(model))
    return Quantity(value=value, unit="bytes", provenance="measured", how=how)


def live_bytes(model: nn.Module, batch: int) -> Quantity:
    """The most that pictures and activations held at once in a forward pass, weights apart."""
    with torch.no_grad(), _Held({_place(tensor) for tensor in _stored(model)}) as held:
        scores = model(torch.zeros(batch, *SHAPE))
    del scores
    how = message(
        "most that the pictures and PyTorch’s results held at once in a pass of {n} images, each"
        " freed after its last use; weights apart",
        n=batch,
    )
    return Quantity(value=held.most, unit="bytes", provenance="measured", how=how)


def _stored(model: nn.Module) -> list[Tensor]:
    return [*model.parameters(), *model.buffers()]


def _place(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


class _Held(TorchDispatchMode):
    """Adds up the memory of every result of PyTorch from its making until it is freed."""

    def __init__(self, apart: set[int]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._apart = apart
        self._bytes: dict[int, int] = {}
        self.most = 0

    def __torch_dispatch__(
        self, operation: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        results = operation(*args, **(kwargs or {}))
        for result in results if isinstance(results, (tuple, list)) else (results,):
            if isinstance(result, Tensor):
                self._note(result)
        return results

    def _note(self, tensor: Tensor) -> None:
        storage, place = tensor.untyped_storage(), _place(tensor)
        if place not in self._apart and place not in self._bytes:
            self._bytes[place] = storage.nbytes()
            self.most = max(self.most, sum(self._bytes.values()))
            weakref.finalize(storage, self._bytes.pop, place, None)
