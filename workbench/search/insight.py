"""What the trials of a search tell: which axes matter, who beats whom, where TPE looks next."""

from collections.abc import Callable, Mapping
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import TrialState as State
from optuna.trial import create_trial

from workbench.locale import message
from workbench.measurement import Quantity
from workbench.search.axes import distributions, is_ordered, params_of
from workbench.search.plans import Plan
from workbench.search.values import Standing, Trial

ENDS: Mapping[str, State] = {"complete": State.COMPLETE, "pruned": State.PRUNED}
ParamsOf = Callable[[Plan, Mapping[str, Any]], dict[str, Any]]
STEEP = 100
"""How many times the smallest value the largest is, for an axis to be drawn by magnitudes."""


def importances(standing: Standing) -> Mapping[str, Quantity]:
    """The share of each axis in how the best tenth differs from all trials, the largest first.

    Empty where nothing can be told: fewer than two trials, or all came to the same. PED-ANOVA
    (Watanabe et al. 2023); of several goals, in how the trials near their front differ.
    """
    done = standing.done
    name = next(iter(standing.directions))
    if len({trial.quantities[name].value for trial in done}) < 2:
        return {}
    study = _study(standing, distributions(standing.plan), params_of)
    shares = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
    how = message("share by PED-ANOVA of {n} trials", n=len(done))
    return {
        axis: Quantity(value=share, unit="fraction", provenance="computed", how=how, n=len(done))
        for axis, share in shares.items()
    }


def front(standing: Standing) -> tuple[Trial, ...]:
    """The trials that no other equals in every goal and beats in one: Pareto's front."""
    return tuple(
        one
        for one in standing.done
        if not any(_beats(other, one, standing) for other in standing.done)
    )


def _beats(one: Trial, other: Trial, standing: Standing) -> bool:
    pairs = [
        (sign * one.quantities[name].value, sign * other.quantities[name].value)
        for name, direction in standing.directions.items()
        for sign in ((1 if direction == "maximize" else -1),)
    ]
    return all(ours >= theirs for ours, theirs in pairs) and any(a > b for a, b in pairs)


def as_study(standing: Standing) -> optuna.Study:
    """The trials with their true values in a study of optuna's own, for optuna's own plots."""
    return _study(standing, _true_axes(standing.plan), lambda plan, chosen: dict(chosen))


def _true_axes(plan: Plan) -> dict[str, BaseDistribution]:
    """Numbers from the least to the greatest, by magnitudes where they span many; names as such."""
    return {
        name: FloatDistribution(
            min(values), max(values), log=min(values) > 0 and max(values) >= STEEP * min(values)
        )
        if is_ordered(values) and len(values) > 1
        else CategoricalDistribution(values)
        for name, values in plan.axes.items()
    }


def _study(
    standing: Standing, axes: Mapping[str, BaseDistribution], params: ParamsOf
) -> optuna.Study:
    study = optuna.create_study(directions=list(standing.directions.values()))
    for trial in standing.trials:
        if trial.state not in ENDS:
            continue
        values = [trial.quantities[name].value for name in standing.directions]
        study.add_trial(
            create_trial(
                state=ENDS[trial.state],
                values=values,
                params=params(standing.plan, trial.chosen),
                distributions=dict(axes),
                intermediate_values={epoch: found.value for epoch, found in trial.curve},
            )
        )
    return study
