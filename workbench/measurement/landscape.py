"""The loss along one line through the weights, and gradient descent on that one number alone."""

from collections.abc import Callable, Mapping, Sequence
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
Role = Literal["smaller", "yours", "larger", "best"]
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
    def best(self) -> Path:
        """The training that came lowest; never one that diverged, unless all did."""
        return min(self.paths, key=lambda path: path.losses[-1] if path.is_whole else np.inf)

    @property
    def told_paths(self) -> Mapping[Role, Path]:
        """That of the setting's own rate, the best, and one with a rate below and above these.

        Of those below the largest that is too small, of those above the smallest that is too
        large; where there is none, the outermost. None stands twice.
        """
        yours = next((p for p in self.paths if p.rate == self.setting.learning_rate), self.best)
        others = [p for p in self.paths if p not in (yours, self.best)]
        slow = [p for p in others if p.rate < self.best.rate]
        wild = [p for p in others if p.rate > self.best.rate]
        found: dict[Role, Path | None] = {
            "smaller": _telling(slow[::-1], self.path_verdict, "too small"),
            "yours": yours,
            "larger": _telling(wild, self.path_verdict, "too large"),
            "best": self.best if self.best is not yours else None,
        }
        return {role: path for role, path in found.items() if path is not None}

    def path_verdict(self, path: Path) -> Verdict | None:
        """What the rate of a training did beside the best; None where it only comes down less."""
        if path is self.best:
            return "good"
        start = self.best.losses[0]
        is_little = path.losses[-1] > start - LITTLE * (start - self.best.losses[-1])
        if path.rate < self.best.rate:
            return "too small" if is_little else None
        return "too large" if is_little or not path.is_whole else None

    @property
    def trainings(self) -> Grid:
        """The losses of the told paths: a row for each rate, a column for each update.

        What is far above the start is left out, since it would flatten all else.
        """
        most, told = MOST_SHOWN * self.paths[0].losses[0], self.told_paths
        cells = {
            (f"{path.rate:g}", str(update)): self.nats(float(loss))
            for path in told.values()
            for update, loss in enumerate(path.losses)
            if loss <= most
        }
        updates = range(max(len(path.losses) for path in told.values()))
        rows = tuple(f"{path.rate:g}" for path in told.values())
        return Grid(rows=rows, columns=tuple(map(str, updates)), cells=cells, machine=self.machine)

    def line(self, kind: str) -> Line:
        """The line of that kind."""
        found = {line.kind: line for line in self.lines}
        if kind not in found:
            rule = _("a line through the weights is one of {known}, got {value}")
            raise ValueError(rule.format(known=", ".join(found), value=kind))
        return found[kind]


def _telling(
    paths: Sequence[Path], verdict: Callable[[Path], Verdict | None], wanted: Verdict
) -> Path | None:
    """The first of these paths with the wanted verdict, else the last of them."""
    return next((path for path in paths if verdict(path) == wanted), paths[-1] if paths else None)
