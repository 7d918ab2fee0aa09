"""Axes of a search as optuna sees them: numbers by their place in order, names as they are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution

from workbench.search.plans import Plan
from workbench.search.rules import FIELDS
from workbench.setting import Setting


def is_ordered(values: tuple[Any, ...]) -> bool:
    """Whether these are numbers, so that some lie nearer to each other than others."""
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def distributions(plan: Plan) -> dict[str, BaseDistribution]:
    """What each axis offers: places 0 to n-1 of ordered values, or the values themselves.

    Places, since steps of floats make values that are none of the axis (0.7000000000000001).
    """
    return {
        name: IntDistribution(0, len(values) - 1)
        if is_ordered(values)
        else CategoricalDistribution(values)
        for name, values in plan.axes.items()
    }


def chosen_of(plan: Plan, params: Mapping[str, Any]) -> dict[str, Any]:
    """The values behind optuna's parameters, by field; without those not chosen yet."""
    return {
        name: sorted(values)[params[name]] if is_ordered(values) else params[name]
        for name, values in plan.axes.items()
        if name in params
    }


def params_of(plan: Plan, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """optuna's parameters of the values: the inverse of `chosen_of`."""
    return {
        name: sorted(values).index(chosen[name]) if is_ordered(values) else chosen[name]
        for name, values in plan.axes.items()
        if name in chosen
    }


def setting_of(plan: Plan, chosen: Mapping[str, Any]) -> Setting:
    """The setting of a trial; useless axes change nothing of it."""
    return replace(plan.setting, **{name: v for name, v in chosen.items() if name in FIELDS})
