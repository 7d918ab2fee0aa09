"""Latency against throughput: how long a batch takes, and how many images that is a second."""

from dataclasses import replace
from functools import partial

import torch

from workbench.core.latency import repeats_for, sampled
from workbench.core.machine import machine, use_one_thread
from workbench.core.studies.noise.calls import PREPARING, source_of
from workbench.locale import Message, message
from workbench.measurement import Grid, Progress, Quantity, Report
from workbench.setting import Setting
from workbench.statistics import median_interval

BATCHES = (1, 2, 4, 8, 16, 32, 64)
ROUNDS, FEWEST = 60, 10
ROWS = ("batch_ms", "image_ms", "images_per_second")


@torch.no_grad()
def throughput(setting: Setting, report: Report) -> Grid:
    """Time of a batch, time an image, and images a second for batches of 1 to 64.

    A sample of each batch a round, so that noise hits all alike.
    """
    use_one_thread()
    source = source_of(setting, partial(report, PREPARING))
    engine = source.engine()
    calls = {batch: engine.call(source.architecture.test_batch(batch)) for batch in BATCHES}
    repeats = {batch: repeats_for(call) for batch, call in calls.items()}
    samples: dict[int, list[float]] = {batch: [] for batch in BATCHES}
    grid = Grid(rows=ROWS, columns=tuple(map(str, BATCHES)), cells={}, machine=machine())
    stage = message("timing batches of 1 to 64 images in turn")
    for done in range(1, ROUNDS + 1):
        for batch, call in calls.items():
            samples[batch].append(sampled(call, repeats[batch]))
            report(Progress(stage=stage, done=done - 1, total=ROUNDS, grid=grid))
        if done >= FEWEST:
            grid = replace(grid, cells=_cells(samples, engine.name))
            report(Progress(stage=stage, done=done, total=ROUNDS, grid=grid))
    return grid


def _cells(samples: dict[int, list[float]], engine: Message) -> dict[tuple[str, str], Quantity]:
    cells = {}
    for batch, times in samples.items():
        how = message(
            "median of {n} timings, batches in turn, one thread, {engine}; 95 % interval from order"
            " statistics",
            n=len(times),
            engine=engine,
        )
        value, low, high = median_interval(times)
        whole = Quantity(
            value=value, unit="ms", provenance="measured", how=how, low=low, high=high,
            n=len(times),
        )  # fmt: skip
        cells["batch_ms", str(batch)] = whole
        cells["image_ms", str(batch)] = replace(
            whole, value=value / batch, low=low / batch, high=high / batch
        )
        rate = 1000 * batch
        cells["images_per_second", str(batch)] = replace(
            whole, value=rate / value, low=rate / high, high=rate / low, unit="count"
        )
    return cells
