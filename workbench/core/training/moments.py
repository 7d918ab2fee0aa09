"""What is known at a moment of a training: means over the updates since the last one."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic

import numpy as np
import torch
from torch import Tensor, nn

from workbench.core.accuracy import accuracy, mean_loss
from workbench.core.training.learning import Update
from workbench.locale import message
from workbench.measurement import Moment, Quantities, Quantity

EVERY_S = 0.05
"""How often a moment is told: about as often as an eye can follow."""
HELD_S = 0.02
"""From here on a report was held by somebody; to draw one takes less where there is time."""

TIMED = 200
"""How many updates tell the time of an epoch: the last ones, so that telling stays as quick."""


@dataclass
class Moments:
    """Gathers updates, and makes a moment of them when one is due."""

    batches: int
    clock: Callable[[], float] = monotonic
    told: list[Moment] = field(default_factory=list)
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=TIMED))
    _since: list[Update] = field(default_factory=list)
    _epoch: list[Update] = field(default_factory=list)
    _last: float = float("-inf")
    _was_held: bool = False

    def add(self, update: Update) -> None:
        """Take note of one update."""
        self.seconds.append(update.seconds)
        self._since.append(update)

    @property
    def is_due(self) -> bool:
        """The first update, the end of an epoch, or enough time since the last moment.

        Also the update after a report that took its time: somebody held the training to step it.
        Time alone leaves at least as many updates to the end of the epoch as were gathered: a mean
        over the few that are left would be a tooth in the curve.
        """
        if self.ends_epoch or self._was_held or not self.told:
            return True
        left = -self._since[-1].done % self.batches
        return left >= len(self._since) and self.clock() - self._last >= EVERY_S

    @property
    def ends_epoch(self) -> bool:
        """Whether the last update was the last of an epoch."""
        return self._since[-1].done % self.batches == 0

    def tell(self, report: Callable[[], None]) -> None:
        """Report the last moment, and notice whether that was held."""
        began = self.clock()
        report()
        self._last = self.clock()  # drawing takes none of the time until the next moment
        self._was_held = self._last - began >= HELD_S

    def take(self, model: nn.Module, found: Quantities) -> Moment:
        """The moment after the last update, with what was `found` on validation images."""
        last = self._since[-1]
        self._epoch = [] if self.ends_epoch else [*self._epoch, *self._since]
        moment = Moment(
            updates=last.done,
            epochs=last.done / self.batches,
            quantities={
                "training_loss": _loss(self._since),
                "training_accuracy": seen_accuracy(self._since),
                "gradient_norm": gradient_norm(model),
                "rate": _rate(last),
                **found,
                **({"guessing": guessing(last.scores.shape[1])} if found else {}),
            },
        )
        self.told.append(moment)
        self._since = []
        return moment

    def finish(self, model: nn.Module) -> None:
        """A last moment of what is left over."""
        if self._since:
            self.take(model, {})

    @property
    def of_epoch(self) -> list[Update]:
        """The updates since an epoch ended last."""
        return [*self._epoch, *self._since]


def guessing(classes: int) -> Quantity:
    """The share of right answers of who looks at no image."""
    how = message("one class of {n} by chance", n=classes)
    return Quantity(value=1 / classes, unit="fraction", provenance="computed", how=how)


def seen_accuracy(updates: list[Update]) -> Quantity:
    """Share of the training images that were answered rightly, each just before its update."""
    right = torch.cat([u.scores.argmax(dim=1) == u.labels for u in updates]).numpy()
    how = message(
        "right answers on the {n} training images of the last updates ({updates}), each before its"
        " update; 95 % Wilson interval",
        n=len(right), updates=len(updates),
    )  # fmt: skip
    return accuracy(right, "measured", how)


def _loss(updates: list[Update]) -> Quantity:
    values = np.array([update.loss for update in updates])
    how = message("mean over the last updates ({n}), each before it", n=len(values))
    found = mean_loss(values, how)
    # No loss is below 0, whatever a symmetric interval says of a few wild ones.
    return found if found.low is None else replace(found, low=max(found.low, 0.0))


@torch.no_grad()
def gradient_norm(model: nn.Module) -> Quantity:
    """Euclidean length of the last batch's gradient over all weights."""
    gradients: list[Tensor] = [p.grad for p in model.parameters() if p.grad is not None]
    value = float(torch.nn.utils.get_total_norm(gradients))
    how = message("length of the gradient of the last batch, over all weights")
    return Quantity(value=value, unit="number", provenance="measured", how=how)


def _rate(update: Update) -> Quantity:
    how = message("the schedule's learning rate of the last update")
    return Quantity(value=float(update.rate), unit="number", provenance="computed", how=how)
