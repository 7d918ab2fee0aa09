"""The cliff: accuracy against the bits of all weights, one step a tensor or one a channel."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import torch

from workbench.core.accuracy import accuracy, growing_predictions, right_answers
from workbench.core.architecture import architecture_of
from workbench.core.checkpoint import trained
from workbench.core.machine import machine, use_one_thread
from workbench.core.quantization import quantize_weights
from workbench.locale import message
from workbench.measurement import Grid, Progress, Report
from workbench.setting import Setting
from workbench.setting.space import QuantizedPer

BITS = (8, 7, 6, 5, 4, 3, 2)
IMAGES = 2000
ROWS: tuple[QuantizedPer, ...] = ("tensor", "channel")


def bit_cliff(setting: Setting, report: Report) -> Grid:
    """Rows: one step per tensor, one per channel; columns: bits; activations stay float32."""
    use_one_thread()
    stage = message("rounding all weights")
    report(Progress(stage=stage))
    plain = setting.baseline
    architecture = architecture_of(plain)
    data, compiler = architecture.data, architecture.compiler
    model = trained(plain, data, report)
    images, labels = data.validation_images[:IMAGES], data.validation_labels[:IMAGES]
    how = message(
        "right answers on {n} validation images, weights on a grid of so many bits but multiplied"
        " in float32",
        n=len(labels),
    )
    grid = Grid(rows=ROWS, columns=tuple(map(str, BITS)), cells={}, machine=machine())
    now = Progress(stage=stage, total=len(BITS) * len(ROWS), grid=grid)
    for bits in BITS:
        for per in ROWS:
            rounded = deepcopy(model)
            fewer = replace(setting, weight_bits=bits, quantized_per=per, recipe="", layer_bits="")
            with torch.no_grad():
                quantize_weights(rounded, fewer, compiler.folds)
            answers = np.empty(0, np.int64)
            for grown in growing_predictions(compiler.float32(rounded), images, data):
                answers = grown
                report(now)
            cell = accuracy(right_answers(answers, labels), "simulated", how)
            grid = replace(grid, cells={**grid.cells, (per, str(bits)): cell})
            now = replace(now, done=now.done + 1, grid=grid)
            report(now)
    return grid
