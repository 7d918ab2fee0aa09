"""Watches a training: tells its moments, asks validation images, remembers the best epoch."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

from torch import nn

from workbench.core.accuracy import validated
from workbench.core.data import Dataset
from workbench.core.devices import device_of
from workbench.core.machine import machine
from workbench.core.training.batches import batches_of
from workbench.core.training.cost import epoch_costs, kept_for_backward
from workbench.core.training.learning import Update, check_loss
from workbench.core.training.moments import Moments, seen_accuracy
from workbench.core.training.precisions import casting
from workbench.locale import message
from workbench.measurement import (
    Moment,
    Outcome,
    Quantities,
    Quantity,
    Report,
    Training,
)
from workbench.setting import Setting


class Watcher:
    """Hears of every update of `model` and reports a moment where one is due."""

    def __init__(self, setting: Setting, model: nn.Module, data: Dataset, report: Report) -> None:
        self._setting, self._model, self._data, self._report = setting, model, data, report
        self._moments = Moments(batches_of(len(data.train_labels), setting.batch_size))
        self._best: Moment | None = None
        self._best_weights: dict[str, Any] = {}
        self._kept: Quantity | None = None
        self._gap: Quantities = {}
        self._skipped = 0

    def see(self, update: Update) -> None:
        """Take note of an update, and tell the moment where one is due.

        Raises Diverged where the validation loss has left for good.
        """
        self._moments.add(update)
        self._skipped += update.is_skipped
        if not self._moments.is_due:
            return
        found = self._looked(update) if self._moments.ends_epoch else {}
        loss = found.get("validation_loss")
        if loss is not None:
            check_loss(loss.value, len(self._data.classes), self._setting)
        moment = self._moments.take(self._model, found)
        if loss is not None and self._is_better(loss):
            self._best = moment
            if self._setting.patience:
                self._best_weights = deepcopy(self._model.state_dict())
        told = {k: v for k, v in found.items() if k == "validation_accuracy"}
        news = replace(update.progress, training=self.training("running"), quantities=told)
        self._moments.tell(lambda: self._report(news))

    def _is_better(self, loss: Quantity) -> bool:
        best = self._best
        return best is None or loss.value < best.quantities["validation_loss"].value

    @property
    def is_patience_over(self) -> bool:
        """Whether the validation loss was no better for as many epochs as the setting allows."""
        if not self._setting.patience or self._best is None:
            return False
        return self._moments.told[-1].epochs - self._best.epochs >= self._setting.patience

    def restore_best(self) -> None:
        """Give the network the weights of the best epoch."""
        self._model.load_state_dict(self._best_weights)

    def training(self, outcome: Outcome) -> Training:
        """The training so far; at its end also the updates since the last moment."""
        if outcome != "running":
            self._moments.finish(self._model)
        return Training(
            setting=self._setting,
            moments=tuple(self._moments.told),
            outcome=outcome,
            quantities=self._quantities(),
            machine=machine(),
        )

    def _looked(self, update: Update) -> Quantities:
        """What validation images say at the end of an epoch, and how far training images are off.

        Superseded ends it: the report is asked between two parts of the images.
        """
        found = validated(self._model, self._data, lambda: self._report(update.progress))
        seen = seen_accuracy(self._moments.of_epoch)
        self._gap = {"overfitting_gap": _gap(seen, found["validation_accuracy"])}
        return found

    def _quantities(self) -> Quantities:
        size = self._setting.batch_size
        if not self._moments.seconds:
            return {}
        if self._kept is None:
            batch = min(size, len(self._data.train_labels))
            with casting(self._setting, device_of(self._model)):
                self._kept = kept_for_backward(self._model, batch, self._data.image_shape)
        found = epoch_costs(self._moments.seconds, self._moments.batches)
        if self._setting.precision == "mixed_float16":
            found = {**found, "skipped_updates": _counted(self._skipped)}
        return {**found, "kept_bytes": self._kept, **self._gap, **_best(self._best)}


def _best(best: Moment | None) -> Quantities:
    if best is None:
        return {}
    how = message("the epoch with the least loss on validation images so far")
    value = round(best.epochs)
    return {"best_epoch": Quantity(value=value, unit="count", provenance="measured", how=how)}


def _counted(skipped: int) -> Quantity:
    how = message("updates with an infinite gradient: left out")
    return Quantity(value=skipped, unit="count", provenance="measured", how=how)


def _gap(seen: Quantity, asked: Quantity) -> Quantity:
    """How much better images are known that were learned from; the interval of independent ones."""
    parts = [(q.value - (q.low or 0), (q.high or 0) - q.value) for q in (seen, asked)]
    value = seen.value - asked.value
    return Quantity(
        value=value,
        unit="points",
        provenance="measured",
        how=message(
            "accuracy on the training images of the last epoch, each before its update, minus"
            " that on validation images"
        ),
        low=value - (parts[0][0] ** 2 + parts[1][1] ** 2) ** 0.5,
        high=value + (parts[0][1] ** 2 + parts[1][0] ** 2) ** 0.5,
    )
