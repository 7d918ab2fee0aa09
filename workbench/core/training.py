"""fit: a network learns from a data set, seeded, batch by batch, stoppable between any two."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.core.accuracy import validation_accuracy
from workbench.core.data import Dataset
from workbench.core.models import build
from workbench.core.pictures import normalized
from workbench.locale import Message, _, message
from workbench.measurement import Progress, Report
from workbench.setting import Setting

SHIFT = 2
WARM_UP = 0.2


class Diverged(ValueError):
    """The loss is no longer a number: the steps were too large."""


@torch.inference_mode(mode=False)  # else a caller's would make weights that cannot learn
def fit(setting: Setting, data: Dataset, report: Report) -> nn.Module:
    """The network of `setting` after training on `data`, from random weights of its seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(setting.seed)
        model = build(setting, data.image_shape, len(data.classes))
    model = model.to(memory_format=torch.channels_last)
    course = Course(epochs=setting.epochs, rate=setting.learning_rate)
    for progress in learning(model, setting, course, data, report):
        if progress.done % course.batches(setting, data) == 0:
            stop = partial(report, progress)
            found = validation_accuracy(model, data, stop)
            report(replace(progress, quantities={"validation_accuracy": found}))
    return model.eval()


@dataclass(frozen=True, kw_only=True)
class Course:
    """How long and with which largest step a network learns; `stage` tells epoch and epochs."""

    epochs: int
    rate: float
    stage: str = "training: epoch {epoch} of {epochs}"

    def batches(self, setting: Setting, data: Dataset) -> int:
        """Updates of the weights in one epoch."""
        return -(-len(data.train_labels) // setting.batch_size)


STAGES = (
    message("training: epoch {epoch} of {epochs}"),
    message("fine-tuning: epoch {epoch} of {epochs}"),
)
"""The stages of a Course, marked for the catalogues."""


def learning(
    model: nn.Module, setting: Setting, course: Course, data: Dataset, report: Report
) -> Iterator[Progress]:
    """Train in place, yielding after every update: SGD with Nesterov momentum, one cycle.

    The rate rises to the course's for a fifth of the steps and falls to nearly 0 (Smith 2018).
    """
    setting = replace(setting, learning_rate=course.rate)
    generator = torch.Generator().manual_seed(setting.seed)
    batches = course.batches(setting, data)
    total = batches * course.epochs
    optimizer = torch.optim.SGD(
        model.parameters(), course.rate, momentum=0.9, nesterov=True, weight_decay=5e-4
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, course.rate, total_steps=max(2, total), pct_start=WARM_UP
    )
    for epoch in range(1, course.epochs + 1):
        stage = Message(course.stage, {"epoch": epoch, "epochs": course.epochs})
        start = (epoch - 1) * batches
        for done, batch in enumerate(training_batches(setting, data, generator), start=start):
            report(Progress(stage=stage, done=done, total=total))
            step(model, optimizer, batch, setting)
            schedule.step()
            if done + 1 < epoch * batches:
                yield Progress(stage=stage, done=done + 1, total=total)
        yield Progress(stage=stage, done=epoch * batches, total=total)


@torch.enable_grad()
def step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor],
    setting: Setting,
) -> None:
    """One update of the weights; raises Diverged where the loss is not finite."""
    pictures, labels = batch
    model.train()
    try:
        scores = model(pictures)
    except ValueError as error:  # a batch norm after maps of 1 x 1 pixel
        if len(pictures) > 1:
            raise
        rule = _(
            "batch_size is at least 2 for {model} on these pictures, since batch normalization"
            " cannot learn from a single value, got {value}"
        )
        raise ValueError(rule.format(model=setting.model, value=setting.batch_size)) from error
    loss = functional.cross_entropy(scores, labels)
    if not isfinite(loss.item()):
        raise Diverged(
            _("the loss is no longer a number: the learning rate {rate} is too large").format(
                rate=setting.learning_rate
            )
        )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def training_batches(
    setting: Setting, data: Dataset, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch of shuffled, augmented, normalized batches: float32 pictures and int64 labels."""
    order = torch.randperm(len(data.train_labels), generator=generator).numpy()
    for start in range(0, len(order), setting.batch_size):
        chosen = np.sort(order[start : start + setting.batch_size])
        if len(chosen) < min(2, setting.batch_size):
            continue  # batch norm cannot learn from one picture that is left over
        pictures = augmented(torch.from_numpy(data.train_images[chosen]), setting, generator)
        labels = torch.from_numpy(data.train_labels[chosen].astype(np.int64))
        batch = torch.from_numpy(normalized(pictures.numpy(), data))
        yield batch.contiguous(memory_format=torch.channels_last), labels


def augmented(pictures: Tensor, setting: Setting, generator: torch.Generator) -> Tensor:
    """uint8 pictures, each shifted by up to 2 pixels, and flipped left to right or not."""
    if setting.augmentation == "none":
        return pictures
    count, _channels, height, width = pictures.shape
    offsets = torch.randint(0, 2 * SHIFT + 1, (2, count, 1), generator=generator)
    rows = torch.arange(height) + offsets[0]
    columns = torch.arange(width) + offsets[1]
    if setting.augmentation == "shift_flip":
        flips = torch.rand(count, 1, generator=generator) < 0.5
        columns = torch.where(flips, columns.flip(1), columns)
    padded = functional.pad(pictures, (SHIFT,) * 4)
    moved = padded[torch.arange(count)[:, None, None], :, rows[:, :, None], columns[:, None, :]]
    return moved.permute(0, 3, 1, 2)
