"""Repair after pruning: batch norms measured anew, or the network trained on."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from workbench.core.accuracy import validation_accuracy
from workbench.core.data import Dataset
from workbench.core.pictures import normalized
from workbench.core.pruning import prunable
from workbench.core.training import Course, learning
from workbench.locale import _, message
from workbench.measurement import Progress, Quantity, Report
from workbench.setting import Setting

RECALIBRATION_IMAGES = 1024
AT_ONCE = 64
LOOKED_AT = 1000
LOOKS_AN_EPOCH = 4

Tell = Callable[[float, Quantity], None]
"""Hears of epochs done and of the accuracy then."""


@torch.no_grad()
def recalibrate(model: nn.Module, data: Dataset, report: Report) -> None:
    """Measure means and variances of every batch norm anew, in place, on training images.

    No label is used and no weight changes. Source: Li et al. 2020, "EagleEye" (adaptive batch
    normalization of pruned networks).
    """
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    if not norms:
        raise ValueError(
            _(
                "re-calibration needs batch normalization, and this network has none; repair"
                " finetune is possible, got {value}"
            ).format(value="batch_norm")
        )
    momenta = [norm.momentum for norm in norms]
    was_training = model.training
    model.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over all batches
    try:
        for done, pictures in _parts(data):
            report(Progress(stage=message("re-calibrating the batch norms"), done=done,
                            total=RECALIBRATION_IMAGES))  # fmt: skip
            model(pictures)
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        model.train(was_training)


def _parts(data: Dataset) -> Iterator[tuple[int, Tensor]]:
    images = data.train_images[:RECALIBRATION_IMAGES]
    for start in range(0, len(images) - 1, AT_ONCE):
        pictures = torch.from_numpy(normalized(images[start : start + AT_ONCE], data))
        yield start, pictures.contiguous(memory_format=torch.channels_last)


@torch.inference_mode(mode=False)
def finetune(
    model: nn.Module,
    setting: Setting,
    epochs: int,
    data: Dataset,
    report: Report,
    tell: Tell,
    rounding: AbstractContextManager[Any] | None = None,
) -> None:
    """Train on for `epochs`, in place; weights that are 0 stay 0. `tell` hears some looks an epoch.

    `rounding`: under which the network computes with rounded weights (quantization-aware training).
    """
    course = Course(
        epochs=epochs,
        rate=setting.learning_rate * setting.finetune_rate,
        stage="fine-tuning: epoch {epoch} of {epochs}",
    )
    # The parameters themselves: under `rounding` a layer's weight is made anew at each look.
    kept = [(weight, (weight != 0).float()) for weight in prunable(model).values()]
    batches = course.batches(setting, data)
    looks = {round(batches * look / LOOKS_AN_EPOCH) for look in range(1, LOOKS_AN_EPOCH + 1)}
    with rounding or nullcontext():
        for update in learning(model, setting, course, data, report):
            _clear(kept)
            if (update.done - 1) % batches + 1 in looks:
                stop = partial(report, update.progress)
                found = validation_accuracy(model, data, stop, LOOKED_AT)
                tell(update.done / batches, found)
    model.eval()


@torch.no_grad()
def _clear(kept: list[tuple[Tensor, Tensor]]) -> None:
    """Set what was pruned to 0 again."""
    for weight, mask in kept:
        weight.mul_(mask)
