"""When int8 is faster: width against batch, int8 and float32 timed in turn."""

from dataclasses import replace

import numpy as np
import torch

from workbench.core.data import Dataset, load
from workbench.core.engine import Compiler
from workbench.core.latency import Timings, speedup, timed_in_turn
from workbench.core.machine import machine, use_one_thread
from workbench.core.models import build
from workbench.core.pictures import normalized
from workbench.locale import _, message
from workbench.measurement import Grid, Progress, Quantity, Report
from workbench.setting import Setting

WIDTHS = {"mlp": (32, 64, 128, 256, 512), "small_cnn": (4, 8, 16, 32, 64), "resnet8": (4, 8, 16)}
BATCHES = (1, 16, 64)
SECONDS = 0.4
CALIBRATED_ON = 32


def crossover(setting: Setting, report: Report) -> Grid:
    """How many times faster real int8 is than float32, for networks of several widths.

    The networks are not trained: what the weights are does not change how long they take.
    """
    use_one_thread()
    if setting.model not in WIDTHS:
        known = ", ".join(WIDTHS)
        rule = _("the map of widths is drawn for one of {known}, got {value}")
        raise ValueError(rule.format(known=known, value=setting.model))
    stage = message("timing int8 and float32 in turn")
    report(Progress(stage=stage))
    data = load(setting.dataset)
    widths = WIDTHS[setting.model]
    cells: dict[tuple[str, str], Quantity] = {}
    columns = tuple(str(batch) for batch in BATCHES)
    total = len(widths) * len(BATCHES)
    for width in widths:
        for batch in BATCHES:
            now = Progress(stage=stage, done=len(cells), total=total)
            cells[str(width), str(batch)] = _cell(setting, width, batch, data, report, now)
            grid = Grid(
                rows=tuple(map(str, widths)), columns=columns, cells=dict(cells), machine=machine()
            )
            report(Progress(stage=stage, done=len(cells), total=total, grid=grid))
    return grid


@torch.no_grad()
def _cell(
    setting: Setting, width: int, batch: int, data: Dataset, report: Report, now: Progress
) -> Quantity:
    model = build(replace(setting.baseline, width=width), data.image_shape, len(data.classes))
    compiler = Compiler(model.eval(), data.image_shape)
    report(now)
    float32 = compiler.float32(model)
    int8 = compiler.int8(model, normalized(data.train_images[:CALIBRATED_ON], data))
    pictures = normalized(
        data.test_images[np.resize(np.arange(len(data.test_images)), batch)], data
    )
    timings = Timings()
    for latest in timed_in_turn(int8, float32, pictures, SECONDS):
        timings = latest
        report(now)
    return speedup(timings)
