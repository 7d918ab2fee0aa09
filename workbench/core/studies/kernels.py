"""The same network with windows of 1, 3, 5 and 7 pixels: trained, counted and timed in turn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workbench.core.accuracy import answers_of, right_answers
from workbench.core.architecture import architecture_of
from workbench.core.data import Dataset, load
from workbench.core.engine.runners import TorchEager
from workbench.core.feature_maps import feature_maps
from workbench.core.machine import machine, use_one_thread
from workbench.core.models import SmallCNN
from workbench.core.receptive import form_costs, sights
from workbench.core.studies.rounds import ROUNDS, round_times, rounds
from workbench.core.studies.short_trainings import possible, recorded_kernels, short_training
from workbench.core.training import learned
from workbench.locale import Message, _, message
from workbench.measurement import Grid, Progress, Quantity, Report, Training, Unit
from workbench.measurement.kernels import FeatureMaps
from workbench.setting import Setting
from workbench.statistics import PairedTest, corrected, mcnemar

COLUMNS = ("parameters", "macs", "latency_ms", "slowdown", "validation_accuracy")
PAIRED = ("helped", "hurt", "p_value")
REFERENCE = 3
MOST_MACS = 60_000_000_000
"""Multiply-adds of one update beyond which Stop would not be heard for seconds."""
ASKING = Progress(stage=message("asking every validation image"), done=1, total=1)
Trained = dict[int, nn.Module]


@dataclass(frozen=True, kw_only=True)
class _Last:
    """The networks that were trained last, by their kernel size."""

    dataset: str
    networks: Mapping[int, nn.Module]


_LAST: list[_Last] = []


def kernels(setting: Setting, report: Report) -> Grid:
    """Rows: kernel sizes; columns: parameters, MACs, time, and accuracy after a short training.

    Each is compared with 3 x 3, image by image; what was recorded of the same training is told too.
    """
    use_one_thread()
    data = load(setting.dataset)
    sizes = possible(setting, data)
    known = recorded_kernels(setting)
    columns = (*COLUMNS, *known.columns, *PAIRED)
    grid = replace(known, columns=columns, machine=machine())
    for size in sizes:
        costs = _costs(short_training(setting, size), data)
        grid = _with(grid, size, costs)
    report(Progress(stage=message("counting"), grid=grid))
    networks: Trained = {}
    right: dict[int, NDArray[np.bool_]] = {}
    for done, size in enumerate(sizes):
        heard = partial(_told, report, grid, size, done / len(sizes), 1 / len(sizes))
        found = learned(short_training(setting, size), data, heard)
        networks[size] = found.model
        if found.trouble is None:
            grid = _with(grid, size, _accuracy(found.training, len(data.train_labels)))
            right[size] = _right(found.model, data, partial(heard, ASKING))
    for size, compared in _paired(right).items():
        grid = _with(grid, size, compared)
    _LAST[:] = [_Last(dataset=setting.dataset, networks=networks)]
    return _timed(grid, networks, setting, report)


def trained_maps(dataset: str, image: NDArray[np.uint8]) -> tuple[FeatureMaps, ...]:
    """What the first layers of the networks that were trained last make of `image`.

    `image`: uint8 (channels, height, width); nothing where none was trained on this data set.
    """
    if not _LAST or _LAST[-1].dataset != dataset:
        return ()
    data = load(dataset)
    found: list[FeatureMaps] = []
    for network in _LAST[-1].networks.values():
        if isinstance(network, SmallCNN):
            found += feature_maps(network, image, data)
    return tuple(found)


def _costs(setting: Setting, data: Dataset) -> dict[str, Quantity]:
    found = form_costs(sights(setting, data.image_shape), len(data.classes))
    update = 3 * found["macs"].value * setting.batch_size
    if update > MOST_MACS:
        rule = _(
            "the four are trained where one update takes at most {most} thousand million"
            " multiply-adds: choose fewer channels or blocks, or a larger stride, got {value}"
        )
        raise ValueError(rule.format(most=MOST_MACS // 10**9, value=round(update / 10**9)))
    return found


def _accuracy(training: Training, most: int) -> dict[str, Quantity]:
    """The accuracy at the end of a training, and after how much of it."""
    found = training.validated[-1].quantities["validation_accuracy"]
    how = message(
        "right answers on {n} images after {epochs} epochs of {images} training images; 95 %"
        " Wilson interval",
        n=found.n,
        epochs=training.setting.epochs,
        images=training.setting.train_images or most,
    )
    return {"validation_accuracy": replace(found, how=how)}


def _right(model: nn.Module, data: Dataset, check: Callable[[], None]) -> NDArray[np.bool_]:
    images, labels = data.validation_images, data.validation_labels
    return right_answers(answers_of(TorchEager(model, "cpu"), images, data, check), labels)


def _paired(right: Mapping[int, NDArray[np.bool_]]) -> dict[int, dict[str, Quantity]]:
    """By kernel size which images it or 3 x 3 alone gets right, and McNemar's test of that.

    With several comparisons one of them looks sure by chance more often: Holm's correction.
    """
    if REFERENCE not in right:
        return {}
    before = right[REFERENCE]
    tests = {size: mcnemar(before, after) for size, after in right.items() if size != REFERENCE}
    how = message(
        "each against 3 x 3 on the same {n} validation images, McNemar's exact test, p-values"
        " corrected for {count} comparisons (Holm)",
        n=len(before), count=len(tests),
    )  # fmt: skip
    return {
        size: _compared(test, len(before), how)
        for size, test in zip(tests, corrected(list(tests.values())), strict=True)
    }


def _compared(test: PairedTest, images: int, how: Message) -> dict[str, Quantity]:
    values: tuple[tuple[float, Unit], ...] = (
        (test.helped, "count"), (test.hurt, "count"), (test.p_value, "ratio"),
    )  # fmt: skip
    return {
        name: Quantity(value=value, unit=unit, provenance="measured", how=how, n=images)
        for name, (value, unit) in zip(PAIRED, values, strict=True)
    }


def _with(grid: Grid, size: int, found: Mapping[str, Quantity]) -> Grid:
    cells = {(str(size), name): cell for name, cell in found.items()}
    return replace(grid, cells={**grid.cells, **cells})


def _told(
    report: Report, grid: Grid, size: int, before: float, share: float, news: Progress
) -> None:
    """Pass a training's news on, its progress as a part of the whole and its accuracy so far."""
    far = news.done / news.total if news.total else 0.0
    stage = message("{k} x {k}, {stage}", k=size, stage=news.stage)
    report(Progress(stage=stage, grid=grid, done=round(900 * (before + share * far)), total=1000))


@torch.no_grad()
def _timed(grid: Grid, networks: Trained, setting: Setting, report: Report) -> Grid:
    """Every network's median time and how many times that of 3 x 3 it is, round by round."""
    stage = message("timing the networks in turn")
    pictures = architecture_of(setting).test_batch(setting.inference_batch)
    calls = {}
    for size, model in networks.items():
        report(Progress(stage=stage, grid=grid, done=900, total=1000))
        architecture = architecture_of(short_training(setting, size))
        plain = model.to(memory_format=torch.contiguous_format)
        calls[size] = architecture.build(setting.baseline, plain).engine.call(pictures)
    samples: dict[int, list[float]] = {size: [] for size in networks}
    for done in rounds(calls, samples):
        report(Progress(stage=stage, grid=grid, done=900 + 100 * done // ROUNDS, total=1000))
    for size, times in samples.items():
        grid = _with(
            grid, size, round_times(times, samples.get(REFERENCE), setting.inference_batch)
        )
    return grid
