"""Versions of one trained network against its baseline: files, speed, and accuracy image by image.

Settings are small on purpose: each experiment takes seconds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper

from workbench.core.claims.paired import paired
from workbench.core.data import load
from workbench.core.experiment import prepared, run
from workbench.core.machine import machine
from workbench.locale import message
from workbench.measurement import Grid, Measurement, Progress, Quantity, Report
from workbench.setting import Setting, shipped

PRUNED: Mapping[str, Mapping[str, Any]] = {
    f"{granularity}/{sparsity}/{repair}": {
        "granularity": granularity, "sparsity": sparsity, "repair": repair
    }
    for granularity, sparsity, repair in (
        ("weight", 0.5, "none"), ("weight", 0.5, "finetune"), ("weight", 0.9, "none"),
        ("filter", 0.25, "none"), ("filter", 0.5, "none"),
    )
}  # fmt: skip
BITS: Mapping[str, Mapping[str, Any]] = {str(bits): {"weight_bits": bits} for bits in (16, 8, 4, 2)}
REPAIRED = (0.25, 0.5, 0.75)
ORDERED: Mapping[str, tuple[str, ...]] = {
    "small_cnn/0.5/6": ("prune:0.5", "quantize:6"),
    "small_cnn/0.7/4": ("prune:0.7", "quantize:4"),
    "mlp/0.7/4": ("prune:0.7", "quantize:4"),
    "small_cnn/0.7/4/finetune": ("prune:0.7", "finetune:1", "quantize:4"),
}
"""MODEL/SPARSITY/BITS: steps in the usual order; they are beside the same with quantizing first."""
INTEGERS = (
    TensorProto.INT8, TensorProto.UINT8, TensorProto.INT16, TensorProto.UINT16, TensorProto.INT4,
    TensorProto.UINT4,
)  # fmt: skip


def pruned(setting: Setting, report: Report) -> Grid:
    """Rows GRANULARITY/SPARSITY/REPAIR: what is left of file and accuracy, and the speed-up."""
    return _versions(setting, PRUNED, report)


def fewer_bits(setting: Setting, report: Report) -> Grid:
    """Rows bits: the same, and how much of the stored weights are integers."""
    grid = _versions(setting, BITS, report)
    cells = dict(grid.cells)
    for row, change in BITS.items():
        if (share := _integers(replace(setting, **change), report)) is not None:
            cells[row, "integer_share"] = share
    return replace(grid, columns=(*grid.columns, "integer_share"), cells=cells)


def repaired(setting: Setting, report: Report) -> Grid:
    """Rows filter/SPARSITY/none: points against the baseline, pruned alone and fine-tuned after."""
    found = _Versions(setting, report)
    cells: dict[tuple[str, str], Quantity] = {}
    for sparsity in REPAIRED:
        cut = replace(setting, granularity="filter", sparsity=sparsity)
        for column, version in (("before", cut), ("after", replace(cut, repair="finetune"))):
            cells[f"filter/{sparsity}/none", column] = found.change(found.measured(version))
    rows = tuple(f"filter/{sparsity}/none" for sparsity in REPAIRED)
    return Grid(rows=rows, columns=("before", "after"), cells=cells, machine=machine())


def ordered(setting: Setting, report: Report) -> Grid:
    """Rows MODEL/SPARSITY/BITS: points of quantizing first against pruning first."""
    found = _Versions(setting, report)
    cells: dict[tuple[str, str], Quantity] = {}
    for row, steps in ORDERED.items():
        plain = shipped(setting.dataset, row.split("/")[0])
        first = found.measured(replace(plain, recipe=", ".join(steps)))
        other = found.measured(replace(plain, recipe=", ".join((steps[-1], *steps[:-1]))))
        cells[row, "change"] = paired(found.right(first), found.right(other), "simulated")
    return Grid(rows=tuple(ORDERED), columns=("change",), cells=cells, machine=machine())


class _Versions:
    """Measures versions of one network; how far it is goes by one stage."""

    def __init__(self, setting: Setting, report: Report) -> None:
        self._setting, self._report = setting, report
        self._labels = load(setting.dataset).test_labels
        self.baseline = self.measured(setting.baseline)

    def measured(self, setting: Setting) -> Measurement:
        """The whole measurement of a version."""
        stage = message("measuring versions of the network")
        return run(setting, lambda _progress: self._report(Progress(stage=stage)))

    def right(self, measurement: Measurement) -> NDArray[np.bool_]:
        """Which test images it gets right."""
        found: NDArray[np.bool_] = measurement.predictions == self._labels
        return found

    def change(self, measurement: Measurement) -> Quantity:
        """Points of accuracy against the baseline."""
        provenance = measurement.quantities["accuracy"].provenance
        return paired(self.right(self.baseline), self.right(measurement), provenance)


def _versions(setting: Setting, changes: Mapping[str, Mapping[str, Any]], report: Report) -> Grid:
    found = _Versions(setting, report)
    cells: dict[tuple[str, str], Quantity] = {}
    for row, change in changes.items():
        version = found.measured(replace(setting, **change))
        cells[row, "accuracy_change"] = found.change(version)
        for column, quantity in _against(version, found.baseline):
            cells[row, column] = quantity
    columns = ("accuracy_change", "file_share", "deflated_share", "speedup")
    return Grid(rows=tuple(changes), columns=columns, cells=cells, machine=machine())


def _against(version: Measurement, baseline: Measurement) -> Iterator[tuple[str, Quantity]]:
    """Shares of the files, and the speed-up; an imitation claims neither."""
    if version.is_simulated:
        return
    for column, name in (("file_share", "file_bytes"), ("deflated_share", "deflated_bytes")):
        share = version.quantities[name].value / baseline.quantities[name].value
        how = message("length of the file as written, over the baseline’s")
        yield column, Quantity(value=share, unit="fraction", provenance="measured", how=how)
    yield "speedup", version.quantities["speedup"]


def _integers(setting: Setting, report: Report) -> Quantity | None:
    """The share of the weights that the file holds as integers; None where it only imitates."""
    built = prepared(setting, report)[0].built
    if built.is_simulated or built.engine.graph is None:
        return None
    stored = [numpy_helper.to_array(each) for each in built.engine.graph.graph.initializer]
    kinds = [each.data_type for each in built.engine.graph.graph.initializer]
    whole = sum(a.size for a, kind in zip(stored, kinds, strict=True) if kind in INTEGERS)
    how = message("values in the tensors of the file that runs, by their type")
    return Quantity(
        value=whole / sum(a.size for a in stored), unit="fraction", provenance="measured", how=how
    )
