"""Small plans and goals for the tests of searches."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workbench.core.objectives import OBJECTIVES
from workbench.locale import message
from workbench.measurement import Progress, Quantities, Quantity, Report
from workbench.search.plans import Goal, Plan
from workbench.search.values import Standing
from workbench.setting import SPACE, Setting

AXES: dict[str, tuple[Any, ...]] = {
    "learning_rate": SPACE["learning_rate"],
    "batch_size": SPACE["batch_size"],
}


def plan(**changed: Any) -> Plan:
    """A search of the arithmetic objective; one epoch, no work."""
    start = Plan(
        setting=Setting(dataset="digits", epochs=1), axes=AXES, strategy="random", trials=6,
        objective="arithmetic",
    )  # fmt: skip
    return replace(start, **changed)


def goal(measure: Callable[[Setting, Report], Quantities] | None = None) -> Goal:
    """The arithmetic objective, or another measured the same way."""
    known = OBJECTIVES["arithmetic"]
    return Goal(
        measure=measure or known.measure, directions=known.directions, identity=known.identity
    )


def goal_of(asked: Plan) -> Goal:
    """The arithmetic objective, as a registry gives it."""
    return goal()


def share(value: float) -> Quantity:
    """A validation accuracy."""
    return Quantity(value=value, unit="fraction", provenance="computed", how=message("a test"))


def told(value: float) -> Quantities:
    """What an objective answers."""
    return {"validation_accuracy": share(value)}


def epoch(value: float) -> Progress:
    """What an objective says after an epoch."""
    return Progress(stage=message("a test"), quantities=told(value))


def silent(standing: Standing) -> None:
    """A report that tells nobody."""
