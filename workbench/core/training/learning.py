"""Updates of the weights, one after the other, each a chance to stop."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite, log
from time import perf_counter
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.hooks import RemovableHandle

from workbench.core.data import Dataset
from workbench.core.devices import device_of
from workbench.core.training.batches import batches_of, room_for, training_batches
from workbench.core.training.interruptible import SLOW_S, Asking
from workbench.core.training.optimizers import optimizer_of, schedule_of
from workbench.core.training.precisions import Scaler, casting
from workbench.locale import Message, _, message
from workbench.measurement import Progress, Report
from workbench.setting import Setting

BOUND = 100
"""Times the loss of a guess, ln(classes): beyond it a training has left for good."""


class Diverged(ValueError):
    """The loss is no longer a number, or far beyond a guess's: the steps were too large."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """How long and with which largest step a network learns; `stage` tells epoch and epochs."""

    epochs: int
    rate: float
    stage: str = "training: epoch {epoch} of {epochs}"

    def batches(self, setting: Setting, data: Dataset) -> int:
        """Updates of the weights in one epoch."""
        return batches_of(len(data.train_labels), setting.batch_size)

    def scaler(self, setting: Setting, optimizer: torch.optim.Optimizer) -> Scaler | None:
        """What scales the loss, if anything does."""
        return Scaler.of(setting, optimizer)


STAGES = (
    message("training: epoch {epoch} of {epochs}"),
    message("fine-tuning: epoch {epoch} of {epochs}"),
)
"""The stages of a Course, marked for the catalogues."""


class Update(NamedTuple):
    """One update of the weights: how far, the loss and scores before it, its rate and time.

    `scale`: what the loss was multiplied by; a skipped update left the weights as they were.
    """

    stage: Message
    done: int
    total: int
    loss: float
    scores: Tensor
    labels: Tensor
    rate: float
    seconds: float
    scale: float = 1.0
    is_skipped: bool = False

    @property
    def progress(self) -> Progress:
        """How far it is, in the words of a report."""
        return Progress(stage=self.stage, done=self.done, total=self.total)


def learning(
    model: nn.Module, setting: Setting, course: Course, data: Dataset, report: Report
) -> Iterator[Update]:
    """Train in place by the optimizer and the schedule of `setting`, yielding after every update.

    `report` hears before every update, in slow ones also between layers; the seconds of an update
    are its batch and its step alone.
    """
    setting = replace(setting, learning_rate=course.rate)
    generator = torch.Generator().manual_seed(setting.seed)
    batches = course.batches(setting, data)
    total = batches * course.epochs
    optimizer = optimizer_of(model, setting)
    schedule = schedule_of(optimizer, setting, total)
    scaler, room = course.scaler(setting, optimizer), room_for(setting, data, device_of(model))
    now = Progress(stage=Message(""))
    asking = Asking(lambda: report(now))
    hooks = asking.between_layers(model)
    try:
        for epoch in range(1, course.epochs + 1):
            stage = Message(course.stage, {"epoch": epoch, "epochs": course.epochs})
            done = (epoch - 1) * batches
            began = perf_counter()
            for batch in training_batches(setting, data, generator, room):
                ready = perf_counter() - began
                now = Progress(stage=stage, done=done, total=total)
                report(now)
                began, asking.seconds = perf_counter(), 0.0
                loss, scores = step(model, optimizer, batch, setting, scaler)
                rate = float(schedule.get_last_lr()[0])
                schedule.step()
                done += 1
                seconds = ready + perf_counter() - began - asking.seconds
                if hooks and seconds < SLOW_S:  # the next update is soon enough to stop
                    _remove(hooks)
                told = scaler.told if scaler else ()
                yield Update(stage, done, total, loss, scores, batch[1], rate, seconds, *told)
                began = perf_counter()
    finally:
        _remove(hooks)


def _remove(hooks: list[RemovableHandle]) -> None:
    while hooks:
        hooks.pop().remove()


def check_loss(value: float, classes: int, setting: Setting) -> None:
    """Raise Diverged where a loss has left for good."""
    if not isfinite(value):
        rule = _("the loss is no longer a number: the learning rate {rate} is too large")
        if "float16" in setting.precision.split("_"):
            rule = _(
                "the loss is no longer a number: the learning rate {rate} is too large, or"
                " something overflowed in float16"
            )
        raise Diverged(rule.format(rate=setting.learning_rate))
    if value > BOUND * log(classes):
        rule = _(
            "the loss is beyond {bound} times that of a guess: the learning rate {rate} is too"
            " large"
        )
        raise Diverged(rule.format(bound=BOUND, rate=setting.learning_rate))


@torch.enable_grad()
def step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor],
    setting: Setting,
    scaler: Scaler | None = None,
) -> tuple[float, Tensor]:
    """One update of the weights; the loss and the scores before it. Raises Diverged.

    `scaler` scales the loss, and may skip the update.
    """
    pictures, labels = batch[0], batch[1].to(batch[0].device)
    if not model.training:
        model.train()
    try:
        scores, loss = forward(model, pictures, labels, setting)
    except ValueError as error:  # a batch norm after maps of 1 x 1 pixel
        if len(pictures) > 1:
            raise
        rule = _(
            "batch_size is at least 2 for {model} on these pictures, since batch normalization"
            " cannot learn from a single value, got {value}"
        )
        raise ValueError(rule.format(model=setting.model, value=setting.batch_size)) from error
    value = loss.item()
    check_loss(value, scores.shape[1], setting)
    optimizer.zero_grad()
    if scaler is None:
        loss.backward()
        optimizer.step()
    else:
        scaler.step(loss)
    return value, scores.detach().cpu()


def forward(
    model: nn.Module, pictures: Tensor, labels: Tensor, setting: Setting
) -> tuple[Tensor, Tensor]:
    """Scores and loss in the number formats of `setting`."""
    if setting.precision == "float32":
        scores = model(pictures)
        return scores, functional.cross_entropy(scores, labels)
    with casting(setting, pictures.device.type):
        scores = model(pictures)
        loss = functional.cross_entropy(scores, labels)
    return scores.float(), loss
