"""Which layer can spare its weights, or their bits: each one compressed alone."""

from collections.abc import Callable, Sequence
from copy import deepcopy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from workbench.core.accuracy import accuracy
from workbench.core.architecture import Architecture, architecture_of
from workbench.core.checkpoint import trained
from workbench.core.engine.graph import folded_weights
from workbench.core.machine import machine, use_one_thread
from workbench.core.pictures import normalized
from workbench.core.pruning import prunable, prune_weights
from workbench.core.quantization.grid import on_grid
from workbench.core.studies.suffix import Arrays, Split, computed_once, split
from workbench.locale import Message, message
from workbench.measurement import Grid, Progress, Provenance, Quantity, Report
from workbench.setting import Setting

IMAGES = 1000
AT_ONCE = 125
SPARSITIES = (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
BITS = (8, 6, 5, 4, 3, 2)
Change = Callable[[nn.Module, str, float], Tensor]
"""The weight of a layer after it was compressed that much; the network is left as it is."""


def sensitivity(setting: Setting, report: Report) -> Grid:
    """Layer x sparsity: accuracy on the first 1,000 validation images, one layer pruned alone."""
    how = message("right answers of ONNX Runtime on {n} validation images, the layer pruned alone")
    return _scan(setting, report, SPARSITIES, _pruned, ("measured", how))


def bit_sensitivity(setting: Setting, report: Report) -> Grid:
    """Layer x bits: accuracy on the first 1,000 validation images, one layer rounded alone."""
    how = message(
        "right answers on {n} validation images, the layer's weights on a grid of so many bits but"
        " multiplied in float32"
    )
    return _scan(setting, report, BITS, _rounded, ("simulated", how))


@torch.no_grad()
def _pruned(model: nn.Module, layer: str, sparsity: float) -> Tensor:
    alone = nn.Module()
    alone.add_module("layer", deepcopy(model.get_submodule(layer)))
    prune_weights(alone, sparsity)
    return prunable(alone)["layer.weight"]


@torch.no_grad()
def _rounded(model: nn.Module, layer: str, bits: float) -> Tensor:
    return on_grid(prunable(model)[f"{layer}.weight"], int(bits))


def _scan(
    setting: Setting,
    report: Report,
    levels: Sequence[float],
    change: Change,
    got: tuple[Provenance, Message],
) -> Grid:
    """Every cell in an order from coarse to fine; whole columns first, the middle one at once."""
    use_one_thread()
    stage = message("compressing each layer alone")
    report(Progress(stage=stage))
    plain = setting.baseline
    architecture = architecture_of(plain)
    model = trained(plain, architecture.data, report)
    scan = _Scan(model, architecture, report)
    cells: dict[tuple[str, str], Quantity] = {}
    grid = Grid(rows=scan.layers, columns=tuple(str(level) for level in levels), cells=cells)
    total = len(scan.layers) * len(levels)
    for level in _coarse_to_fine(levels):
        for layer in scan.layers:
            right = scan.right(layer, change(model, layer, level))
            how = Message(got[1].text, {"n": len(right)})
            cells[layer, str(level)] = accuracy(right, got[0], how)
            grid = Grid(rows=grid.rows, columns=grid.columns, cells=dict(cells), machine=machine())
            report(Progress(stage=stage, done=len(cells), total=total, grid=grid))
    return grid


def _coarse_to_fine(levels: Sequence[float]) -> list[float]:
    """The middle first, then those between."""
    places = sorted(range(len(levels)), key=lambda place: (bin(place + 1)[::-1], place))
    middle = len(levels) // 2 - 1
    ordered = [levels[middle], *[levels[place] for place in places if place != middle]]
    return ordered


class _Scan:
    """The network in parts: what comes before a layer is computed once for all of its levels."""

    def __init__(self, model: nn.Module, architecture: Architecture, report: Report) -> None:
        data = architecture.data
        self._model, self._folds = model, architecture.compiler.folds
        self._report = report
        self._labels = data.validation_labels[:IMAGES]
        pictures = normalized(data.validation_images[:IMAGES], data)
        engine = architecture.compiler.float32(model)
        proto = engine.graph
        assert proto is not None  # ONNX Runtime always has one
        self.layers = tuple(name.removesuffix(".weight") for name in prunable(model))
        self._splits = {layer: split(proto, f"{layer}.weight") for layer in self.layers}
        taken = {name for part in self._splits.values() for name in part.taken}
        self._prefixes: list[Arrays] = []
        for start in range(0, len(pictures), AT_ONCE):
            report(Progress(stage=message("computing what comes before each layer")))
            self._prefixes.append(computed_once(proto, taken, pictures[start : start + AT_ONCE]))

    def right(self, layer: str, weight: Tensor) -> NDArray[np.bool_]:
        """Which validation images are right with this weight in `layer`."""
        folded = self._folded(layer, weight)
        part: Split = self._splits[layer]
        answers = []
        for found in part.answers(folded, self._prefixes):
            self._report(Progress(stage=message("compressing each layer alone")))
            answers.append(found)
        right: NDArray[np.bool_] = np.concatenate(answers) == self._labels
        return right

    def _folded(self, layer: str, weight: Tensor) -> NDArray[np.float32]:
        """The weight as it stands in the graph, its batch norm folded in."""
        name = f"{layer}.weight"
        own = prunable(self._model)[name]
        before = own.detach().clone()
        with torch.no_grad():
            own.copy_(weight)
            folds = tuple(pair for pair in self._folds if pair[0] == layer)
            found = np.asarray(folded_weights(self._model, folds)[name], np.float32).copy()
            own.copy_(before)
        return found
