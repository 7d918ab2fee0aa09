"""When int8 is faster: width against batch, int8 and float32 timed in turn."""

from dataclasses import replace
from functools import partial

import numpy as np
import torch

from workbench.core.data import Dataset, load
from workbench.core.engine import Compiler, Engine
from workbench.core.engine.calibration import Check
from workbench.core.engine.runners import Pictures
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
    grid = Grid(
        rows=tuple(map(str, widths)),
        columns=tuple(map(str, BATCHES)),
        cells={},
        machine=machine(),
    )
    now = Progress(stage=stage, total=len(widths) * len(BATCHES), grid=grid)
    for width in widths:
        report(now)
        pair = _engines(replace(setting.baseline, width=width), data, partial(report, now))
        for batch in BATCHES:
            cell = _timed(pair, _pictures(data, batch), partial(report, now))
            grid = replace(grid, cells={**grid.cells, (str(width), str(batch)): cell})
            now = replace(now, done=now.done + 1, grid=grid)
            report(now)
    return grid


@torch.no_grad()
def _engines(setting: Setting, data: Dataset, check: Check) -> tuple[Engine, Engine]:
    """The untrained network of `setting` in real int8 and in float32."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(setting.seed)
        model = build(setting, data.image_shape, len(data.classes)).eval()
    check()
    compiler = Compiler(model, data.image_shape)
    check()
    calibration = normalized(data.train_images[:CALIBRATED_ON], data)
    return compiler.int8(model, calibration, check), compiler.float32(model)


def _timed(pair: tuple[Engine, Engine], pictures: Pictures, check: Check) -> Quantity:
    timings = Timings()
    for latest in timed_in_turn(*pair, pictures, SECONDS):
        timings = latest
        check()
    return speedup(timings)


def _pictures(data: Dataset, batch: int) -> Pictures:
    """`batch` test images, repeated where there are fewer."""
    return normalized(data.test_images[np.resize(np.arange(len(data.test_images)), batch)], data)
