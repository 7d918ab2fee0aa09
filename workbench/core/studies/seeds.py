"""The noise of training: the same setting from several seeds, and gradients of single batches."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional

from workbench.core.accuracy import validated
from workbench.core.data import Dataset, load
from workbench.core.machine import machine, use_one_thread
from workbench.core.studies.spread import spread
from workbench.core.studies.surface import Surface
from workbench.core.training import Course, Diverged, learning, untrained
from workbench.core.training.batches import learned_from
from workbench.core.training.interruptible import Asking
from workbench.locale import message
from workbench.measurement import Grid, Progress, Quantity, Report
from workbench.setting import Setting

SEEDS = 5
BATCHES = (8, 32, 256)
EPOCHS = 5
GRADIENT_BATCHES = (8, 32, 128, 512)
DRAWN = 30
MOST_IMAGES = 1024
NOISE = ("along_gradient", "gradient_ratio")


def batch_band(setting: Setting, report: Report) -> Grid:
    """Validation accuracy after each epoch; rows `BATCH/SEED`, columns epochs, 0 untrained.

    All that is random, the start and the order of the images, follows from the seed. A training
    that diverged has no cells from there on, but a cell `diverged_epoch` beside the columns.
    """
    return _band(setting, report, lambda seed: seed)


def order_band(setting: Setting, report: Report) -> Grid:
    """The same from one start, that of the setting's seed: only the order of the images differs."""
    return _band(setting, report, lambda _seed: setting.seed)


class _Growing:
    """A grid that grows cell by cell, told before every piece of work."""

    def __init__(self, grid: Grid, report: Report) -> None:
        self.grid, self._report = grid, report
        self._total = len(grid.rows) * len(grid.columns)

    def check(self) -> None:
        """Tell how far it is; raises where nobody wants to know."""
        stage = message("training from several seeds")
        done = len(self.grid.cells)
        self._report(Progress(stage=stage, done=done, total=self._total, grid=self.grid))

    def add(self, row: str, column: str, found: Quantity) -> None:
        """One more cell."""
        self.grid = replace(self.grid, cells={**self.grid.cells, (row, column): found})
        self.check()


@torch.inference_mode(mode=False)
def _band(setting: Setting, report: Report, start: Callable[[int], int]) -> Grid:
    """Seed by seed, each with every batch size, so that all bands grow alike."""
    use_one_thread()
    data = learned_from(replace(setting, batch_size=1), load(setting.dataset))
    sizes = [size for size in BATCHES if size <= len(data.train_labels)]
    epochs = min(setting.epochs, EPOCHS)
    rows = tuple(f"{size}/{seed}" for size in sizes for seed in range(SEEDS))
    columns = tuple(str(epoch) for epoch in range(epochs + 1))
    growing = _Growing(Grid(rows=rows, columns=columns, cells={}, machine=machine()), report)
    growing.check()
    for seed in range(SEEDS):
        for size in sizes:
            tried = replace(setting, seed=seed, batch_size=size, epochs=epochs)
            row, reached = f"{size}/{seed}", 0
            for accuracy in accuracies(tried, start(seed), data, growing.check):
                growing.add(row, str(reached), accuracy)
                reached += 1
            if reached <= epochs:
                growing.add(row, "diverged_epoch", diverged_in(reached))
    return growing.grid


def diverged_in(epoch: int) -> Quantity:
    """In which epoch a training diverged: the first that it did not end."""
    how = message("the epoch in which the loss was no number, or 100 times that of a guess")
    return Quantity(value=epoch, unit="count", provenance="measured", how=how)


def accuracies(
    setting: Setting, start: int, data: Dataset, check: Callable[[], None]
) -> Iterator[Quantity]:
    """Validation accuracy of the untrained network and after each epoch, until it diverges."""
    model = untrained(replace(setting, seed=start), data)
    course = Course(epochs=setting.epochs, rate=setting.learning_rate)
    batches = course.batches(setting, data)
    yield validated(model, data, check)["validation_accuracy"]
    try:
        for update in learning(model, setting, course, data, lambda progress: check()):
            if update.done % batches == 0:
                yield validated(model, data, check)["validation_accuracy"]
    except Diverged:
        return


@torch.inference_mode(mode=False)
def gradient_noise(setting: Setting, report: Report) -> Grid:
    """How far the gradients of single batches agree with the full one, all at the same weights.

    Columns: batch sizes. Rows: `along_gradient`, the cosine between the two; `gradient_ratio`, the
    batch's length over the full one's. Median, 10th and 90th percentile of 30 batches each; the
    full gradient is that of 1,024 training images, or all, in the untrained network.
    """
    use_one_thread()
    stage = message("gradients of single batches")
    report(Progress(stage=stage))
    data = learned_from(replace(setting, batch_size=1), load(setting.dataset))
    surface = Surface(setting, data, MOST_IMAGES)
    Asking(lambda: report(Progress(stage=stage))).between_layers(surface.model)
    sizes = [size for size in GRADIENT_BATCHES if size < len(surface.labels)]
    grid = Grid(rows=NOISE, columns=tuple(map(str, sizes)), cells={}, machine=machine())
    _loss, full = surface.descend(surface.start)
    generator = torch.Generator().manual_seed(setting.seed)
    for size in sizes:
        seen: list[tuple[float, float]] = []
        for drawn in range(DRAWN):
            done = len(grid.cells) // len(NOISE) * DRAWN + drawn
            report(Progress(stage=stage, done=done, total=len(sizes) * DRAWN, grid=grid))
            seen.append(_compared(_drawn(surface, size, generator), full))
        how = message(
            "gradients of {n} batches of each size against that of {images} images, all at the"
            " untrained weights; median and 10th to 90th percentile",
            n=DRAWN, images=len(surface.labels),
        )  # fmt: skip
        by_row = zip(NOISE, zip(*seen, strict=True), strict=True)
        found = {(row, str(size)): spread(values, "number", how) for row, values in by_row}
        grid = replace(grid, cells={**grid.cells, **found})
    return grid


def _drawn(surface: Surface, size: int, generator: torch.Generator) -> Tensor:
    """The gradient of one batch, drawn without putting back, as an epoch draws it."""
    chosen = torch.randperm(len(surface.labels), generator=generator)[:size]
    pictures, labels = surface.pictures[chosen], surface.labels[chosen]
    return surface.on_batch(surface.start, pictures, labels)[1]


def _compared(gradient: Tensor, full: Tensor) -> tuple[float, float]:
    """Cosine and ratio of lengths."""
    along = float(functional.cosine_similarity(gradient, full, dim=0))
    return along, float(gradient.norm() / full.norm())
