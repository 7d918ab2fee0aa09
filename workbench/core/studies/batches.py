"""What a batch size costs: time of an update and an epoch, images a second, memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from workbench.core.data import Dataset, load
from workbench.core.machine import machine, use_one_thread
from workbench.core.studies.seeds import accuracies, diverged_in
from workbench.core.studies.spread import spread
from workbench.core.training import Course, Update, learning, untrained
from workbench.core.training.batches import batches_of, learned_from
from workbench.core.training.cost import kept_for_backward
from workbench.locale import message
from workbench.measurement import Grid, Progress, Quantity, Report
from workbench.setting import Setting

SIZES = (8, 16, 32, 64, 128, 256, 512)
ROWS = ("update_ms", "epoch_updates", "epoch_seconds", "images_per_second", "kept_bytes",
        "validation_accuracy")  # fmt: skip
IMAGES = 512
"""So many images are learned from in one sample, whatever the batch size."""
ROUNDS, FEWEST = 15, 3
FOR_EVER = 10**6
EPOCHS, MOST_IMAGES = 5, 1280
"""Of the trainings that are compared after equally many epochs."""
RATE = 1e-3
"""Small, so that no batch size diverges; it changes no time."""


@torch.inference_mode(mode=False)
def batch_costs(setting: Setting, report: Report) -> Grid:
    """Rows: what an update and an epoch take, and how far some epochs lead; columns: batch sizes.

    Timed in turn, a sample of each size a round, so that noise hits all alike; nothing is validated
    meanwhile. Then each size learns for equally many epochs; one that diverges has no accuracy,
    but the row `diverged_epoch`, which is there with the first such.
    """
    use_one_thread()
    live = _Live(report)
    live.check()
    data = learned_from(replace(setting, batch_size=1), load(setting.dataset))
    sizes = [size for size in SIZES if size <= len(data.train_labels)]
    timed = {size: _Timed.of(setting, size, data, live.check) for size in sizes}
    columns = tuple(str(size) for size in sizes)
    grid = Grid(rows=ROWS, columns=columns, cells={}, machine=machine())
    for done in range(1, ROUNDS + 1):
        for one in timed.values():
            one.sample()
        cells = {
            (row, str(size)): found
            for size, one in timed.items()
            for row, found in one.quantities().items()
        }
        grid = replace(grid, cells=cells) if done >= FEWEST else grid
        live.now = replace(live.now, done=done, total=ROUNDS + len(sizes), grid=grid)
        live.check()
    for size in sizes:
        name, found = _after_epochs(replace(setting, batch_size=size), live.check)
        rows = tuple(dict.fromkeys((*grid.rows, name)))
        grid = replace(grid, rows=rows, cells={**grid.cells, (name, str(size)): found})
        live.now = replace(live.now, done=live.now.done + 1, grid=grid)
        live.check()
    return grid


def _after_epochs(setting: Setting, check: Callable[[], None]) -> tuple[str, Quantity]:
    """Validation accuracy after EPOCHS epochs of MOST_IMAGES images, or when it diverged."""
    data = load(setting.dataset)
    images = min(setting.train_images or MOST_IMAGES, MOST_IMAGES, len(data.train_labels))
    tried = replace(setting, epochs=EPOCHS, train_images=images)
    found = list(accuracies(tried, setting.seed, learned_from(tried, data), check))
    if len(found) <= EPOCHS:
        return "diverged_epoch", diverged_in(len(found))
    how = message(
        "validation accuracy after {epochs} epochs on {images} training images, each batch size"
        " with the same learning rate and seed; 95 % Wilson interval",
        epochs=EPOCHS, images=images,
    )  # fmt: skip
    return "validation_accuracy", replace(found[-1], how=how)


class _Live:
    """What is known so far, told again before every update."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.now = Progress(stage=message("timing training at many batch sizes"))

    def check(self) -> None:
        """Raises where nobody wants to know."""
        self._report(self.now)


@dataclass(kw_only=True)
class _Timed:
    """A training with one batch size that goes on a little at a time; samples are seconds."""

    size: int
    total: int
    updates: Iterator[Update]
    kept: Quantity
    by_update: list[float] = field(default_factory=list)
    by_image: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, setting: Setting, size: int, data: Dataset, check: Callable[[], None]) -> "_Timed":
        """The first update warms up and is not timed."""
        tried = replace(setting, batch_size=size, schedule="constant")
        model = untrained(tried, data)
        course = Course(epochs=FOR_EVER, rate=RATE)
        updates = learning(model, tried, course, data, lambda progress: check())
        next(updates)
        how = message("what PyTorch keeps of one batch until the way back, weights apart")
        kept = replace(kept_for_backward(model, size, data.image_shape), how=how)
        return cls(size=size, total=len(data.train_labels), updates=updates, kept=kept)

    def sample(self) -> None:
        """Learn from IMAGES images or a few more."""
        seconds, images, count = 0.0, 0, 0
        while images < IMAGES:
            update = next(self.updates)
            seconds += update.seconds
            images += len(update.labels)
            count += 1
        self.by_update.append(seconds / count)
        self.by_image.append(seconds / images)

    def quantities(self) -> dict[str, Quantity]:
        """A column of the grid."""
        updates = batches_of(self.total, self.size)
        how = message(
            "median and 10th to 90th percentile of {n} samples of {images} images, batch sizes in"
            " turn, one thread",
            n=len(self.by_image), images=IMAGES,
        )  # fmt: skip
        counted = message("batches of an epoch")
        return {
            "update_ms": spread(np.array(self.by_update) * 1e3, "ms", how),
            "epoch_updates": Quantity(
                value=updates, unit="count", provenance="computed", how=counted
            ),
            "epoch_seconds": spread(np.array(self.by_image) * self.total, "s", how),
            "images_per_second": spread(1 / np.array(self.by_image), "count", how),
            "kept_bytes": self.kept,
        }
