"""The cliffs: accuracy against the sparsity of all weights, and against their bits."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from workbench.core.accuracy import accuracy, growing_predictions, right_answers
from workbench.core.architecture import Architecture
from workbench.core.machine import machine
from workbench.core.pruning import importance, prune_weights
from workbench.core.quantization import quantize_weights
from workbench.core.studies.baseline import baseline_of
from workbench.locale import Message, message
from workbench.measurement import Grid, Progress, Provenance, Report
from workbench.setting import Setting
from workbench.setting.space import QuantizedPer

BITS = (8, 7, 6, 5, 4, 3, 2)
SPARSITIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
IMAGES = 2000
STEPS: tuple[QuantizedPer, ...] = ("tensor", "channel")
CRITERIA = ("magnitude", "gradient", "activation", "random")
Change = Callable[[nn.Module, str, float, Architecture], None]
"""Compresses a network in place, as a row's name and a column's number say."""


def bit_cliff(setting: Setting, report: Report) -> Grid:
    """Rows: one step per tensor, one per channel; columns: bits; activations stay float32."""
    how = message(
        "right answers on {n} validation images, weights on a grid of so many bits but multiplied"
        " in float32",
        n=IMAGES,
    )

    def change(model: nn.Module, per: str, bits: float, architecture: Architecture) -> None:
        step: QuantizedPer = "tensor" if per == "tensor" else "channel"
        fewer = replace(setting, recipe="", layer_bits="", levels="uniform")
        fewer = replace(fewer, weight_bits=int(bits), quantized_per=step)
        quantize_weights(model, fewer, architecture.compiler.folds)

    return _walked(setting, report, STEPS, BITS, change, "simulated", how)


def sparsity_cliff(setting: Setting, report: Report) -> Grid:
    """Rows: criteria; columns: sparsities, the weights of all layers compared; nothing repaired."""
    how = message("right answers of ONNX Runtime on {n} validation images", n=IMAGES)

    def change(model: nn.Module, rule: str, sparsity: float, architecture: Architecture) -> None:
        scores = importance(model, rule, architecture.learning_batch, setting.seed)
        prune_weights(model, sparsity, scores=scores)

    return _walked(setting, report, CRITERIA, SPARSITIES, change, "measured", how)


def _walked(
    setting: Setting,
    report: Report,
    rows: Sequence[str],
    columns: Sequence[float],
    change: Change,
    provenance: Provenance,
    how: Message,
) -> Grid:
    """Column by column, so that all rows walk to the cliff together."""
    stage = message("compressing ever more")
    report(Progress(stage=stage))
    architecture, model = baseline_of(setting, report)
    data, compiler = architecture.data, architecture.compiler
    images, labels = data.validation_images[:IMAGES], data.validation_labels[:IMAGES]
    how = Message(how.text, {"n": len(labels)})
    grid = Grid(rows=tuple(rows), columns=tuple(map(str, columns)), cells={}, machine=machine())
    now = Progress(stage=stage, total=len(rows) * len(columns), grid=grid)
    for column in columns:
        for row in rows:
            copy = deepcopy(model)
            with torch.no_grad():
                change(copy, row, column, architecture)
            answers = np.empty(0, np.int64)
            for grown in growing_predictions(compiler.float32(copy), images, data):
                answers = grown
                report(now)
            cell = accuracy(right_answers(answers, labels), provenance, how)
            grid = replace(grid, cells={**grid.cells, (row, str(column)): cell})
            now = replace(now, done=now.done + 1, grid=grid)
            report(now)
    return grid
