"""What a search is, and what has become of it, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from workbench.locale import Message, message
from workbench.measurement import Quantities, Quantity
from workbench.search.plans import (
    SOUGHT,
    Direction,
    Goal,
    Objective,
    Plan,
    Pruning,
    Strategy,
)

__all__ = [
    "SOUGHT",
    "Direction",
    "Goal",
    "Objective",
    "Plan",
    "Pruning",
    "Race",
    "Standing",
    "Strategy",
    "Surrogate",
    "Trial",
    "TrialState",
]

TrialState = Literal["waiting", "running", "complete", "pruned", "failed"]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One try: which values (`chosen`, by field), how far it came, and what was measured.

    `curve`: validation accuracy by epoch, as far as the trial came. `reason`: why it failed.
    `seconds`: from its start to its end; `sampler_seconds`: of it, choosing the values.
    `beat`: the last sign of life of its worker, in seconds of the worker's clock since 1970.
    """

    number: int
    key: str
    state: TrialState
    chosen: Mapping[str, Any]
    quantities: Quantities = field(default_factory=dict)
    curve: tuple[tuple[int, Quantity], ...] = ()
    worker: str = ""
    reason: str = ""
    seconds: float = 0.0
    sampler_seconds: float = 0.0
    beat: float | None = None

    @property
    def is_diverged(self) -> bool:
        """Its training diverged: measured to its end, and no better than a guess."""
        return "diverged_epoch" in self.quantities


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What has become of a plan: its trials in the order of their numbers, and the count of keys.

    `complete`: keys measured to their end, or pruned; `live`: keys that wait or run; `missing`:
    keys neither complete nor live; `given_up`: keys that failed too often. `seconds`: of all trials
    together. `grace_seconds`: so long a worker may be silent.
    """

    plan: Plan
    trials: tuple[Trial, ...]
    wanted: int
    complete: int
    live: int
    missing: int
    given_up: int
    directions: Mapping[str, Direction] = field(default_factory=lambda: SOUGHT)
    seconds: float = 0.0
    grace_seconds: float = 30.0

    @property
    def done(self) -> tuple[Trial, ...]:
        """Trials that were measured to their end, each key once."""
        return tuple(trial for trial in self.trials if trial.state == "complete")

    @property
    def running(self) -> tuple[Trial, ...]:
        """Trials that a worker has taken and not brought to an end."""
        return tuple(trial for trial in self.trials if trial.state == "running")

    @property
    def counts(self) -> Mapping[str, int]:
        """Every wanted key in one place: together they are `wanted`.

        A key is measured if its trial was neither pruned nor diverged.
        """
        ends = {trial.key for trial in self.trials if trial.state in ("complete", "pruned")}
        running = len({trial.key for trial in self.running} - ends)
        pruned = sum(trial.state == "pruned" for trial in self.trials)
        diverged = sum(trial.is_diverged for trial in self.done)
        return {
            "measured": self.complete - pruned - diverged,
            "pruned": pruned,
            "diverged": diverged,
            "running": running,
            "waiting": self.live - running,
            "missing": self.missing,
            "given_up": self.given_up,
        }

    @property
    def is_spent(self) -> bool:
        """The seconds of the plan are used up, so that no further trial begins."""
        return self.plan.seconds is not None and self.seconds >= self.plan.seconds

    @property
    def is_open(self) -> bool:
        """A trial waits to be taken, and may begin."""
        return not self.is_spent and any(trial.state == "waiting" for trial in self.trials)

    @property
    def is_over(self) -> bool:
        """Nothing is left to do: every key is complete or given up, or the seconds are used up."""
        return not self.running if self.is_spent else self.live == self.missing == 0


@dataclass(frozen=True, kw_only=True)
class Surrogate:
    """The densities from which TPE guesses along one axis (Bergstra et al. 2011).

    `good`, `bad`: of each of `values`, in their order, the share among the best trials and among
    the others, smoothed; each adds up to 1. TPE tries next where good over bad is highest.
    """

    axis: str
    values: tuple[Any, ...]
    good: tuple[float, ...]
    bad: tuple[float, ...]
    n_good: int
    n_bad: int


@dataclass(frozen=True, kw_only=True)
class Race:
    """Searches by several strategies with several seeds, as far as they came.

    `runs`: the best after each trial, in the order in which the trials ended, by strategy and seed;
    `winners`: the best trial of each search that came to its end; `means`: of all its trials.
    `sampler_seconds`: mean seconds in which a strategy chose the trials of one search.
    """

    plan: Plan
    strategies: tuple[Strategy, ...]
    seeds: tuple[int, ...]
    runs: Mapping[tuple[Strategy, int], tuple[Quantity, ...]] = field(default_factory=dict)
    winners: Mapping[tuple[Strategy, int], Trial] = field(default_factory=dict)
    means: Mapping[tuple[Strategy, int], Quantity] = field(default_factory=dict)
    sampler_seconds: Mapping[Strategy, Quantity] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """Searches that came to their end."""
        return len(self.winners)

    @property
    def total(self) -> int:
        """Searches in all."""
        return len(self.strategies) * len(self.seeds)

    def band(self, strategy: Strategy) -> tuple[Quantity, ...]:
        """The best after k trials over the seeds that are done: median, 10th to 90th percentile."""
        runs = [self.runs[key] for key in self.winners if key[0] == strategy]
        if not runs:
            return ()
        how = message("best so far, median over the seeds of a race")
        return tuple(_middle([run[k] for run in runs], how) for k in range(min(map(len, runs))))


def _middle(found: list[Quantity], how: Message) -> Quantity:
    values = [quantity.value for quantity in found]
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    return replace(
        found[0], value=float(middle), low=float(low), high=float(high), n=len(values), how=how,
        interval="percentiles",
    )  # fmt: skip
