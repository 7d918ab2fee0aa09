"""What a study keeps of itself, and why a worker or another plan may be refused."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import optuna

from workbench import __version__
from workbench.locale import _
from workbench.search.axes import setting_of
from workbench.search.plans import Goal, Plan
from workbench.setting import SPACE
from workbench.wording import FIELDS, name_text

RECORD = "workbench"
PARTS = ("plan", "directions", "space", "data")
MOST_SHOWN = 160
Told = dict[str, str]


def here(plan: Plan, goal: Goal) -> dict[str, Any]:
    """What a worker must have in common with a study: version, space, data, and what is sought."""
    settings = [setting_of(plan, {"dataset": name}) for name in plan.axes.get("dataset", ())]
    return {
        "version": __version__,
        "space": as_told(SPACE),
        "data": {one.dataset: goal.identity(one) for one in settings or [plan.setting]},
        "directions": dict(goal.directions),
    }


def as_told(value: Any) -> Any:
    """The same as it comes back from JSON."""
    return json.loads(json.dumps(value))


def record_of(plan: Plan, goal: Goal, grace_seconds: float) -> dict[str, Any]:
    """What a study keeps of itself, all of it JSON."""
    told = {**here(plan, goal), "plan": plan.as_dict(), "grace_seconds": grace_seconds}
    read: dict[str, Any] = as_told(told)
    return read


def record(study: optuna.Study) -> dict[str, Any]:
    """What the study keeps of itself; a study of anybody else has nothing like it."""
    told = study.user_attrs.get(RECORD)
    if not isinstance(told, dict) or not {"version", "plan", "directions"} <= told.keys():
        raise ValueError(_not_ours(study.study_name))
    return told


def _not_ours(name: str) -> str:
    rule = _("the study {name} was not made by this workbench: a search needs a new name")
    return rule.format(name=name)


def digest(value: Any) -> str:
    """Twelve digits that differ for any other value."""
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def check_same(name: str, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> None:
    """Refuse a study of another version, space, data or plan, and say in words what differs."""
    if theirs["version"] != ours["version"]:
        rule = _("the study {name} was made by workbench {theirs}, this one is {ours}")
        raise ValueError(rule.format(name=name, theirs=theirs["version"], ours=ours["version"]))
    if not all(isinstance(theirs.get(part), dict) for part in PARTS):
        raise ValueError(_not_ours(name))
    data = [one for one, found in ours["data"].items() if theirs["data"].get(one, found) != found]
    if data:
        rule = _("the study {name} was made with other pictures of {data} than there are here")
        raise ValueError(rule.format(name=name, data=", ".join(data)))
    for rule, told, what in (
        (_("the study {name} was made where there is {theirs}, and here there is {ours}"),
         _choices, "space"),
        (_("the study {name} seeks {theirs}, and here {ours} is sought"), _goals, "directions"),
        (_("the study {name} was made for {theirs}, and you ask for {ours}: give this search"
           " another name"), _plan, "plan"),
    ):  # fmt: skip
        before, now = told(theirs[what]), told(ours[what])
        if before != now:
            apart = {"theirs": _apart(before, now), "ours": _apart(now, before)}
            raise ValueError(rule.format(name=name, **apart))


def _apart(told: Told, other: Told) -> str:
    """Of what is told only what differs from the other."""
    names = [name for name in {**told, **other} if told.get(name) != other.get(name)]
    missing = _("no {name}")
    text = "; ".join(
        f"{name} {told[name]}" if name in told else missing.format(name=name) for name in names
    )
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


def _choices(values: Mapping[str, Any]) -> Told:
    """Fields, each with the values that it is offered with, as a command names them."""
    return {
        str(FIELDS.get(name, name)): ", ".join(_value(value) for value in offered)
        for name, offered in values.items()
    }


def _value(value: Any) -> str:
    return _("none") if value is None else str(value)


def _goals(directions: Mapping[str, str]) -> Told:
    words = {"maximize": _("as high as can be"), "minimize": _("as low as can be")}
    return {name_text(name): words.get(told, told) for name, told in directions.items()}


def _plan(plan: Mapping[str, Any]) -> Told:
    """Every part of a plan by its name in words; of a field that is searched only the axis."""
    words = {
        "strategy": _("strategy"), "trials": _("trials"), "pruning": _("pruning of trials"),
        "objective": _("objective"), "seed": _("seed of the strategy"), "offset": _("offset"),
        "seconds": _("seconds"),
    }  # fmt: skip
    told = {label: _value(plan.get(name)) for name, label in words.items()}
    fixed = {name: [v] for name, v in plan["setting"].items() if name not in plan["axes"]}
    parameters = {name: json.dumps(value) for name, value in plan["parameters"].items()}
    return {**told, **_choices(plan["axes"]), **_choices(fixed), **parameters}
