"""What a search is, and what has become of it, as frozen values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.measurement import Quantities, Quantity, Report
from workbench.setting import Setting

Strategy = Literal["grid", "random", "tpe", "gp"]
Pruning = Literal["none", "median", "hyperband"]
Direction = Literal["maximize", "minimize"]
TrialState = Literal["waiting", "running", "complete", "pruned", "failed"]

Objective = Callable[[Setting, Report], Quantities]
"""Measures one setting; speaks of each epoch's validation_accuracy on the way."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """An objective by its name in a registry: how it is measured, and what of it is sought."""

    measure: Objective
    directions: Mapping[str, Direction]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A search: which values of which fields, by which strategy, how many trials, towards what.

    `axes`: values to try by field name; `setting` tells everything else. Fields that `axes` names
    and a setting does not have are useless axes: they change nothing. `offset`: where along each
    axis a grid that has fewer trials than points begins, in steps.
    """

    setting: Setting
    axes: Mapping[str, tuple[Any, ...]]
    strategy: Strategy = "tpe"
    trials: int = 16
    pruning: Pruning = "none"
    objective: str = "training"
    seed: int = 0
    offset: int = 0


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One try: which values (`chosen`, by field), how far it came, and what was measured.

    `curve`: validation accuracy by epoch, as far as the trial came.
    """

    number: int
    key: str
    state: TrialState
    chosen: Mapping[str, Any]
    quantities: Quantities = field(default_factory=dict)
    curve: tuple[tuple[int, Quantity], ...] = ()
    worker: str = ""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What has become of a plan: its trials in the order of their numbers, and the count of keys.

    `missing`: keys neither complete nor live; `given_up`: keys that failed too often.
    """

    plan: Plan
    trials: tuple[Trial, ...]
    wanted: int
    complete: int
    live: int
    missing: int
    given_up: int

    @property
    def done(self) -> tuple[Trial, ...]:
        """Trials that were measured to their end, each key once."""
        return tuple(trial for trial in self.trials if trial.state == "complete")
