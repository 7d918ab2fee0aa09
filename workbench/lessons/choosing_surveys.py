"""What lesson 9 asks of core and of the search: imported when first asked for, with torch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workbench.measurement import Measurement, Quantities, Report
from workbench.search.values import Direction, Goal, Plan, Standing
from workbench.setting import Setting

Tell = Callable[[tuple[Measurement, ...]], None]
TRIALS = 20
AXES: Mapping[str, tuple[Any, ...]] = {
    "granularity": ("weight", "filter"),
    "sparsity": (0.0, 0.25, 0.5, 0.75),
    "weight_bits": (32, 8, 6, 5, 4, 3),
    "repair": ("none", "finetune"),
}
"""Channels that go make a narrower network, so that width is searched without new trainings."""
SOUGHT: Mapping[str, Direction] = {"validation_accuracy": "maximize", "deflated_bytes": "minimize"}


def measured(settings: Sequence[Setting], tell: Tell) -> tuple[Measurement, ...]:
    """Measure one setting after the other."""
    from workbench.core.choosing.recipes import measured as run

    return run(settings, tell)


def grid(setting: Setting, tell: Tell) -> tuple[Measurement, ...]:
    """25 recipes of sparsity and bits."""
    from workbench.core.choosing.recipes import grid as recipes

    return measured(recipes(setting), tell)


def orders(setting: Setting, tell: Tell) -> tuple[Measurement, ...]:
    """The blocks of the moment in every order."""
    from workbench.core.choosing.recipes import orders as recipes

    return measured(recipes(setting), tell)


def search(setting: Setting, tell: Tell) -> tuple[Measurement, ...]:
    """Trials of optuna's TPE towards accuracy on validation images and a small file at once."""
    from workbench.core.choosing.trial import trial
    from workbench.search.running import search as run

    found: tuple[Measurement, ...] = ()

    def measure(wanted: Setting, report: Report) -> Quantities:
        nonlocal found
        measurement, validation = trial(wanted, report)
        found = (*found, measurement)
        size = measurement.quantities["deflated_bytes"]
        return {"validation_accuracy": validation, "deflated_bytes": size}

    def report(_standing: Standing) -> None:
        tell(found)

    plan = Plan(setting=setting.baseline, axes=AXES, trials=TRIALS, objective="compression")
    run(plan, Goal(measure=measure, directions=SOUGHT), report)
    return found
