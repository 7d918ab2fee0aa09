"""How much work is left when a fraction of all channels is removed: counted, timed, by formula."""

from dataclasses import replace

import torch

from workbench.core.latency import Timings, timed_in_turn
from workbench.core.machine import machine
from workbench.core.pruning import Cut, chosen_channels, importance, remove_channels
from workbench.core.sizes import macs
from workbench.core.studies.baseline import baseline_of
from workbench.locale import Message, message
from workbench.measurement import Grid, Progress, Quantity, Report
from workbench.setting import Setting
from workbench.statistics import median_interval

EIGHTHS = tuple(step / 8 for step in range(8))
SECONDS = 0.5
ROWS = ("formula", "macs_share", "time_share")


@torch.no_grad()
def cuts(setting: Setting, report: Report) -> Grid:
    """Rows: (1 - p)^2, the share of the multiply-adds, and of the time; columns: p."""
    stage = message("removing ever more channels")
    report(Progress(stage=stage))
    architecture, model = baseline_of(setting, report)
    data, compiler = architecture.data, architecture.compiler
    scores = importance(model, "magnitude", architecture.learning_batch, 0)
    kind = architecture.groups[0].kind if architecture.groups else "filter"
    fewest = min((group.channels for group in architecture.groups if group.kind == kind), default=1)
    fractions = tuple(p for p in EIGHTHS if fewest * (1 - p) >= 0.5)  # a layer keeps a channel
    cut = Cut(
        sparsity=0, granularity=kind, criterion="magnitude", scope="layer", snap_to=1, layers={}
    )
    whole = compiler.float32(model)
    pictures = architecture.test_batch(setting.inference_batch)
    cells: dict[tuple[str, str], Quantity] = {}
    grid = Grid(rows=ROWS, columns=tuple(map(str, fractions)), cells={}, machine=machine())
    for done, p in enumerate(fractions, start=1):
        kept = chosen_channels(model, architecture.groups, replace(cut, sparsity=p), scores)
        smaller = remove_channels(model, architecture.groups, kept)
        left = macs(smaller, data.image_shape).value / architecture.macs.value
        timings = Timings()
        now = Progress(stage=stage, done=done - 1, total=len(fractions), grid=grid)
        report(now)
        engine = compiler.float32(smaller)
        report(now)
        for latest in timed_in_turn(engine, whole, pictures, SECONDS):
            timings = latest
            report(now)
        cells["formula", str(p)] = _computed((1 - p) ** 2, message("(1 − p)²"))
        cells["macs_share", str(p)] = _computed(
            left, message("multiply-adds of the smaller network over those of the whole one")
        )
        cells["time_share", str(p)] = _share(timings)
        grid = replace(grid, cells=dict(cells))
        report(replace(now, done=done, grid=grid))
    return grid


def _computed(value: float, how: Message) -> Quantity:
    return Quantity(value=value, unit="fraction", provenance="computed", how=how)


def _share(timings: Timings) -> Quantity:
    """Time of the smaller network over the whole one's, a pair timed in turn each."""
    value, low, high = median_interval(1 / timings.ratios)
    count = len(timings.ratios)
    how = message("median of {n} ratios, each of two timings in turn, ONNX Runtime", n=count)
    return Quantity(
        value=value, unit="fraction", provenance="measured", how=how, low=low, high=high, n=count
    )
