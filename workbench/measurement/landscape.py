"""The loss along one line through the weights, and gradient descent on that one number alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.locale import Message, _
from workbench.setting import Setting

Verdict = Literal["too small", "good", "overshoots", "too large"]
LITTLE = 0.2
"""Of the loss that could be lost along the line: who loses less, stepped too short."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One update of one number w: it was at `position`, it goes to `after` = w - rate * gradient.

    `loss` and `gradient` are those at `position`.
    """

    position: float
    loss: float
    gradient: float
    after: float


@dataclass(frozen=True, kw_only=True)
class Descent:
    """Gradient descent with one rate; it ends early where the loss is no longer a number."""

    rate: float
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError(_("a descent has at least one step, got {value}").format(value=0))


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """The loss over one number w, all else frozen at the start, where w is `start`.

    `positions`, `losses`: shape (points,), rising positions. `trained`: w after the training.
    """

    kind: Literal["direction", "weight"]
    name: Message
    start: float
    trained: float
    positions: NDArray[np.float64]
    losses: NDArray[np.float64]
    descents: tuple[Descent, ...]

    def verdict(self, descent: Descent) -> Verdict:
        """What a rate did here: whether it rose, how far down it came of what could be had."""
        losses = [step.loss for step in descent.steps]
        if not isfinite(losses[-1]) or losses[-1] >= losses[0]:
            return "too large"
        if any(later > sooner for sooner, later in zip(losses, losses[1:], strict=False)):
            return "overshoots"
        possible = losses[0] - float(self.losses.min())
        return "too small" if losses[0] - losses[-1] < LITTLE * possible else "good"

    def typical(self, verdict: Verdict) -> Descent | None:
        """Of the descents with a verdict the telling one; None where no rate earned it.

        The smallest that is too large, else the one that came lowest.
        """
        found = [d for d in self.descents if self.verdict(d) == verdict]
        if verdict == "too large":
            return min(found, key=lambda d: d.rate, default=None)
        return min(found, key=lambda d: d.steps[-1].loss, default=None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """A training of all weights with one rate, seen from the line: where it was, and its loss.

    `positions`, `losses`: shape (updates + 1,), the start first; shorter where it diverged.
    """

    rate: float
    positions: NDArray[np.float64]
    losses: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Landscape:
    """Lines through the weights of one network, and real trainings from the same start.

    `how` says how the losses were measured. `paths` are seen from the line of kind `direction`.
    """

    setting: Setting
    lines: tuple[Line, ...]
    paths: tuple[Path, ...]
    how: Message
    machine: Mapping[str, str] = field(default_factory=dict)

    def line(self, kind: str) -> Line:
        """The line of that kind."""
        found = {line.kind: line for line in self.lines}
        if kind not in found:
            rule = _("a line through the weights is one of {known}, got {value}")
            raise ValueError(rule.format(known=", ".join(found), value=kind))
        return found[kind]
