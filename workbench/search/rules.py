"""What makes a plan wrong, each in one sentence: the name, the rule, the value given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from workbench.locale import _
from workbench.setting import Setting
from workbench.setting.rules import check_choice, check_whole

if TYPE_CHECKING:
    from workbench.search.plans import Plan

STRATEGIES = ("grid", "random", "tpe", "gp")
PRUNINGS = ("none", "median", "hyperband")
USELESS = "useless"
RANDOM_FIRST = 10
"""So many trials are random before a strategy that learns has something to learn from."""
GRACE_SECONDS = 30.0
"""So long a worker may be silent before its trial goes to another, if nobody says otherwise."""
FIELDS = tuple(field.name for field in fields(Setting))


def check_plan(plan: Plan) -> None:
    """Refuse a plan that no search could follow."""
    check_choice("strategy", plan.strategy, STRATEGIES)
    check_choice("pruning", plan.pruning, PRUNINGS)
    check_whole("trials", plan.trials, at_least=1)
    check_whole("seed", plan.seed, at_least=0)
    check_whole("offset", plan.offset, at_least=0)
    if plan.seconds is not None and not plan.seconds > 0:
        rule = _("seconds is how long trials may begin: a number above 0, got {value}")
        raise ValueError(rule.format(value=plan.seconds))
    check_parameters(plan.parameters)
    if not plan.axes:
        raise ValueError(_("axes are the fields to search, one or more, got none"))
    for name, values in plan.axes.items():
        check_axis(plan.setting, name, values)


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Refuse what JSON cannot hold: studies pickle nothing."""
    try:
        same = json.loads(json.dumps(dict(parameters), allow_nan=False))
    except (TypeError, ValueError):
        same = None
    if same != dict(parameters):
        rule = _("parameters are JSON: numbers, texts, lists and objects, got {value}")
        raise ValueError(rule.format(value=dict(parameters)))


def check_axis(setting: Setting, name: str, values: tuple[Any, ...]) -> None:
    """Refuse an axis that is no field, has no values or one twice, or one the field cannot take."""
    if name not in FIELDS and not name.startswith(USELESS):
        rule = _("an axis is a field of a setting, or begins with {useless}, got {value}")
        raise ValueError(rule.format(useless=USELESS, value=name))
    if not isinstance(values, tuple) or not values or len(set(values)) < len(values):
        rule = _("the axis {name} has one value or more, each once, got {value}")
        raise ValueError(rule.format(name=name, value=values))
    for value in values:
        if name in FIELDS:
            replace(setting, **{name: value})
        elif not isinstance(value, str | int | float):
            rule = _("the axis {name} has numbers or names, got {value}")
            raise ValueError(rule.format(name=name, value=value))
