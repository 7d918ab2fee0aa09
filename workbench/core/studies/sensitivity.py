"""Which layer can spare its weights, or their bits: each one compressed alone."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import ModelProto
from torch import Tensor, nn

from workbench.core.accuracy import accuracy
from workbench.core.architecture import Architecture
from workbench.core.engine.graph import INPUT, folded_weights
from workbench.core.engine.runners import Pictures
from workbench.core.machine import machine
from workbench.core.pictures import normalized
from workbench.core.pruning import prunable, prune_weights
from workbench.core.quantization.grid import on_grid
from workbench.core.studies.baseline import baseline_of
from workbench.core.studies.suffix import Arrays, Rest, Split, split, typed
from workbench.locale import Message, message
from workbench.measurement import Grid, Progress, Provenance, Quantity, Report
from workbench.setting import Setting

IMAGES = 1000
AT_ONCE = 125
MACS_AT_ONCE = 2e9
MOST_HELD = 300_000_000
SPARSITIES = (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
SPARSITIES_IN_TURN = (0.5, 0.9, 0.7, 0.3, 0.8, 0.95, 0.6, 0.1)
BITS = (8, 6, 5, 4, 3, 2)
BITS_IN_TURN = (4, 2, 3, 8, 5, 6)
Change = Callable[[nn.Module, str, float], Tensor]
"""The weight of a layer after it was compressed that much; the network is left as it is."""


@dataclass(frozen=True, kw_only=True)
class Turns:
    """What is done to each layer, in which order, and the columns in which it is told."""

    columns: tuple[str, ...]
    levels: Sequence[float]
    change: Change


def sensitivity(setting: Setting, report: Report) -> Grid:
    """Layer x sparsity: accuracy on the first 1,000 validation images, one layer pruned alone."""
    how = message("right answers of ONNX Runtime on {n} validation images, the layer pruned alone")
    columns = tuple(str(sparsity) for sparsity in SPARSITIES)
    turns = Turns(columns=columns, levels=SPARSITIES_IN_TURN, change=_pruned)
    return _scan(setting, report, turns, ("measured", how))


def bit_sensitivity(setting: Setting, report: Report) -> Grid:
    """Layer x bits: accuracy on the first 1,000 validation images, one layer rounded alone."""
    how = message(
        "right answers on {n} validation images, the layer's weights on a grid of so many bits but"
        " multiplied in float32"
    )
    columns = tuple(str(bits) for bits in BITS)
    turns = Turns(columns=columns, levels=BITS_IN_TURN, change=_rounded)
    return _scan(setting, report, turns, ("simulated", how))


@torch.no_grad()
def _pruned(model: nn.Module, layer: str, sparsity: float) -> Tensor:
    alone = nn.Module()
    alone.add_module("layer", deepcopy(model.get_submodule(layer)))
    prune_weights(alone, sparsity)
    return prunable(alone)["layer.weight"]


@torch.no_grad()
def _rounded(model: nn.Module, layer: str, bits: float) -> Tensor:
    return on_grid(prunable(model)[f"{layer}.weight"], int(bits))


def _scan(setting: Setting, report: Report, turns: Turns, got: tuple[Provenance, Message]) -> Grid:
    """Every cell, whole columns in an order from coarse to fine."""
    stage = message("compressing each layer alone")
    report(Progress(stage=stage))
    architecture, model = baseline_of(setting, report)
    scan = _Scan(model, architecture, report)
    cells: dict[tuple[str, str], Quantity] = {}
    grid = Grid(rows=scan.layers, columns=turns.columns, cells={}, machine=machine())
    total = len(scan.layers) * len(turns.levels)
    for level in turns.levels:
        for layer in scan.layers:
            now = Progress(stage=stage, done=len(cells), total=total, grid=grid)
            right = scan.right(layer, turns.change(model, layer, level), now)
            how = Message(got[1].text, {"n": len(right)})
            cells[layer, str(level)] = accuracy(right, got[0], how)
            grid = replace(grid, cells=dict(cells))
            report(replace(now, done=len(cells), grid=grid))
    return grid


class _Scan:
    """The network in parts: what comes before a layer is computed once for all of its levels."""

    def __init__(self, model: nn.Module, architecture: Architecture, report: Report) -> None:
        data = architecture.data
        self._model, self._compiler, self._report = model, architecture.compiler, report
        self._labels = data.validation_labels[:IMAGES]
        self.layers = tuple(name.removesuffix(".weight") for name in prunable(model))
        pictures = normalized(data.validation_images[:IMAGES], data)
        self._splits = self._affordable_splits(pictures)
        taken = {INPUT, *(name for part in self._splits.values() for name in part.taken)}
        rest = Rest(self._graph(model), taken)
        at_once = int(np.clip(MACS_AT_ONCE / architecture.macs.value, 8, AT_ONCE))
        self._prefixes: list[Arrays] = []
        for start in range(0, len(pictures), at_once):
            report(Progress(stage=message("computing what comes before each layer")))
            self._prefixes.append(rest.of(pictures[start : start + at_once]))

    def right(self, layer: str, weight: Tensor, now: Progress) -> NDArray[np.bool_]:
        """Which validation images are right with this weight in `layer`."""
        answers = []
        for found in self._answers(layer, weight):
            self._report(now)
            answers.append(found)
        right: NDArray[np.bool_] = np.concatenate(answers) == self._labels
        return right

    def _answers(self, layer: str, weight: Tensor) -> Iterator[NDArray[np.int64]]:
        if layer in self._splits:
            folded = self._folded(layer, weight)
            yield from self._splits[layer].answers(folded, self._prefixes)
            return
        changed = deepcopy(self._model)
        with torch.no_grad():
            prunable(changed)[f"{layer}.weight"].copy_(weight)
        engine = self._compiler.float32(changed)
        for prefix in self._prefixes:
            yield engine.logits(np.asarray(prefix[INPUT], np.float32)).argmax(axis=1)

    def _affordable_splits(self, pictures: Pictures) -> dict[str, Split]:
        """The parts after each layer, as far as what they take fits into memory.

        The last layers come first: they save most and take least. A layer whose weight the export
        renamed has no part; without one, the whole network runs for each of a layer's levels.
        """
        proto = self._graph(self._model)
        constants = {item.name for item in proto.graph.initializer}
        bare = {layer: split(proto, f"{layer}.weight") for layer in self.layers}
        bare = {layer: part for layer, part in bare.items() if part.weight in constants}
        example = Rest(proto, {n for part in bare.values() for n in part.taken}).of(pictures[:1])
        held: dict[str, int] = {}
        found: dict[str, Split] = {}
        for layer, part in reversed(bare.items()):
            more = held | {name: example[name].nbytes * len(pictures) for name in part.taken}
            if sum(more.values()) <= MOST_HELD:
                held, found[layer] = more, typed(part, example)
        return found

    def _graph(self, model: nn.Module) -> ModelProto:
        proto = self._compiler.float32(model).graph
        assert proto is not None  # ONNX Runtime always has one
        return proto

    def _folded(self, layer: str, weight: Tensor) -> NDArray[np.float32]:
        """The weight as it stands in the graph, its batch norm folded in."""
        name = f"{layer}.weight"
        own = prunable(self._model)[name]
        before = own.detach().clone()
        with torch.no_grad():
            own.copy_(weight)
            folds = tuple(pair for pair in self._compiler.folds if pair[0] == layer)
            found = np.asarray(folded_weights(self._model, folds)[name], np.float32).copy()
            own.copy_(before)
        return found
