"""The loss along one line through the weights, and gradient descent on that one number alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.locale import Message, _
from workbench.measurement.parts import Grid
from workbench.measurement.quantity import Quantity
from workbench.setting import Setting

Verdict = Literal["too small", "good", "overshoots", "too large"]
LITTLE = 0.2
"""Of the loss that could be lost along the line: who loses less, stepped too short."""
MOST_SHOWN = 2.0
"""Times the loss at the start."""


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
        """What a rate did here: whether the loss ever rose, and how much of it was lost."""
        losses = [step.loss for step in descent.steps]
        possible = losses[0] - float(self.losses.min())
        is_little = not isfinite(losses[-1]) or losses[0] - losses[-1] < LITTLE * possible
        if all(later <= sooner for sooner, later in pairwise(losses)):
            return "too small" if is_little else "good"
        return "too large" if is_little else "overshoots"

    def typical(self, verdict: Verdict) -> Descent | None:
        """Of the descents with a verdict the telling one; None where no rate earned it.

        The smallest that is too large, else the one that came lowest, first among those that
        never left the line.
        """
        found = [d for d in self.descents if self.verdict(d) == verdict]
        if verdict == "too large":
            return min(found, key=lambda d: d.rate, default=None)
        return min(found, key=lambda d: (self._leaves(d), d.steps[-1].loss), default=None)

    def _leaves(self, descent: Descent) -> bool:
        ends = self.positions[0], self.positions[-1]
        return any(not ends[0] <= step.position <= ends[1] for step in descent.steps)


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """A training of all weights with one rate, seen from the line: where it was, and its loss.

    `positions`, `losses`: shape (updates + 1,), the start first; shorter where it diverged, which
    `is_whole` denies.
    """

    rate: float
    positions: NDArray[np.float64]
    losses: NDArray[np.float64]
    is_whole: bool


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

    def nats(self, loss: float) -> Quantity:
        """A loss of this landscape with how it was got."""
        return Quantity(value=loss, unit="nat", provenance="measured", how=self.how)

    @property
    def telling_paths(self) -> tuple[Path, ...]:
        """The best of the trainings; the first whose rate is too large; the last, too small.

        Where no rate was too large, or too small, the outermost stands for it, if it is another.
        """
        best = min(self.paths, key=lambda path: path.losses[-1] if path.is_whole else np.inf)
        start = best.losses[0]
        little = start - LITTLE * (start - best.losses[-1])
        slow = [p for p in self.paths if p.rate < best.rate]
        slow = [p for p in slow if p.losses[-1] > little][-1:] or slow[:1]
        wild = [p for p in self.paths if p.rate > best.rate]
        wild = [p for p in wild if not p.is_whole or p.losses[-1] > little][:1] or wild[-1:]
        return (best, *wild, *slow)

    @property
    def trainings(self) -> Grid:
        """The losses of the telling paths: a row for each rate, a column for each update.

        What is far above the start is left out, since it would flatten all else.
        """
        most = MOST_SHOWN * self.paths[0].losses[0]
        cells = {
            (f"{path.rate:g}", str(update)): self.nats(float(loss))
            for path in self.telling_paths
            for update, loss in enumerate(path.losses)
            if loss <= most
        }
        rows = tuple(f"{path.rate:g}" for path in self.telling_paths)
        updates = range(max(len(path.losses) for path in self.telling_paths))
        return Grid(rows=rows, columns=tuple(map(str, updates)), cells=cells, machine=self.machine)

    def line(self, kind: str) -> Line:
        """The line of that kind."""
        found = {line.kind: line for line in self.lines}
        if kind not in found:
            rule = _("a line through the weights is one of {known}, got {value}")
            raise ValueError(rule.format(known=", ".join(found), value=kind))
        return found[kind]
