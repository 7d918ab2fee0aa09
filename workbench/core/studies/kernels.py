"""The same network with windows of 1, 3, 5 and 7 pixels: trained, counted and timed in turn."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workbench.core.architecture import architecture_of
from workbench.core.data import Dataset, load
from workbench.core.feature_maps import feature_maps
from workbench.core.machine import machine, use_one_thread
from workbench.core.models import SmallCNN
from workbench.core.receptive import form_costs, sights
from workbench.core.studies.rounds import ROUNDS, round_times, rounds
from workbench.core.training import learned
from workbench.locale import _, message
from workbench.measurement import Grid, Progress, Quantity, Report, Training
from workbench.measurement.kernels import FeatureMaps
from workbench.setting import Setting

KERNELS = (1, 3, 5, 7)
COLUMNS = ("parameters", "macs", "latency_ms", "slowdown", "validation_accuracy")
SHORT: Mapping[str, Mapping[str, Any]] = {
    "fashion_mnist": {"train_images": 8000, "epochs": 2, "batch_size": 64},
    "digits": {"train_images": 0, "epochs": 10, "batch_size": 32},
}
"""A training of seconds on one core, by data set; others are learned like Fashion-MNIST."""
FEWEST_IMAGES, AFFORDABLE_MACS = 2000, 600_000_000_000
"""Large forms learn from fewer images: as many as the multiply-adds of half a minute allow."""
MOST_MACS = 60_000_000_000
"""Multiply-adds of one update beyond which Stop would not be heard for seconds."""
Trained = dict[int, nn.Module]


@dataclass(frozen=True, kw_only=True)
class _Last:
    """The networks that were trained last, by their kernel size."""

    dataset: str
    networks: Mapping[int, nn.Module]


_LAST: list[_Last] = []


def short_training(setting: Setting, kernel_size: int) -> Setting:
    """The form of `setting` with another window, and a training of seconds."""
    fields: dict[str, Any] = {"learning_rate": 0.1, "augmentation": "none"}
    fields |= SHORT.get(setting.dataset, SHORT["fashion_mnist"])
    if fields["train_images"]:
        data = load(setting.dataset)
        forms = [replace(setting, kernel_size=size) for size in possible(setting, data)]
        costs = [
            form_costs(sights(form, data.image_shape), len(data.classes))["macs"].value
            for form in forms
        ]
        affordable = int(AFFORDABLE_MACS / (3 * fields["epochs"] * sum(costs)))
        most = min(fields["train_images"], len(data.train_labels))
        fields["train_images"] = min(most, max(FEWEST_IMAGES, affordable))
    return replace(setting.training, kernel_size=kernel_size, **fields)


def possible(setting: Setting, data: Dataset) -> tuple[int, ...]:
    """The kernel sizes that fit every map; raises the reason of the last where none does."""
    found: list[int] = []
    for kernel_size in KERNELS:
        try:
            sights(replace(setting, kernel_size=kernel_size), data.image_shape)
        except ValueError:
            if not found and kernel_size == KERNELS[-1]:
                raise
            continue
        found.append(kernel_size)
    return tuple(found)


def kernels(setting: Setting, report: Report) -> Grid:
    """Rows: kernel sizes; columns: parameters, MACs, time, and accuracy after a short training."""
    use_one_thread()
    data = load(setting.dataset)
    sizes = possible(setting, data)
    grid = Grid(rows=tuple(map(str, sizes)), columns=COLUMNS, cells={}, machine=machine())
    for size in sizes:
        costs = _costs(short_training(setting, size), data)
        grid = _with(grid, size, costs)
    report(Progress(stage=message("counting"), grid=grid))
    networks: Trained = {}
    for done, size in enumerate(sizes):
        heard = partial(_told, report, grid, size, done / len(sizes), 1 / len(sizes))
        found = learned(short_training(setting, size), data, heard)
        networks[size] = found.model
        if found.trouble is None:
            grid = _with(grid, size, _accuracy(found.training, len(data.train_labels)))
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
        compiler = architecture_of(short_training(setting, size)).compiler
        plain = model.to(memory_format=torch.contiguous_format)
        calls[size] = compiler.float32(plain).call(pictures)
    samples: dict[int, list[float]] = {size: [] for size in networks}
    for done in rounds(calls, samples):
        report(Progress(stage=stage, grid=grid, done=900 + 100 * done // ROUNDS, total=1000))
    for size, times in samples.items():
        grid = _with(grid, size, round_times(times, samples.get(3), setting.inference_batch))
    return grid
