"""A study: the record of what it searches, and why a worker may refuse it."""

import json
import os
import platform
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import optuna
from optuna.exceptions import DuplicatedStudyError
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial

from workbench import __version__
from workbench.locale import _
from workbench.search.axes import setting_of
from workbench.search.plans import SOUGHT, Direction, Goal, Plan
from workbench.search.strategies import SlotSampler, pruner_of
from workbench.setting import SPACE

RECORD = "workbench"
GRACE_SECONDS = 30.0
GoalOf = Callable[[Plan], Goal]
MOST_SHOWN = 80


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long a worker may be silent before its trial goes to another, and a storage be away.

    A worker gives six signs of life in that time.
    """

    grace_seconds: float = GRACE_SECONDS
    patience_seconds: float = 120.0

    @property
    def beat_seconds(self) -> float:
        """From one sign of life to the next."""
        return self.grace_seconds / 6

    @property
    def look_seconds(self) -> float:
        """How often a worker without a trial looks for one."""
        return min(1.0, self.beat_seconds)


@dataclass(frozen=True, kw_only=True, eq=False)
class Opened:
    """A study of ours in its storage, as one worker sees it."""

    storage: BaseStorage
    study: optuna.Study
    study_id: int
    sampler: SlotSampler
    plan: Plan
    directions: Mapping[str, Direction]
    pace: Pace
    worker: str = field(default_factory=lambda: f"{platform.node()}:{os.getpid()}")

    def trials(self) -> list[FrozenTrial]:
        """Every trial by now, to be read only; what has ended is read from the storage once."""
        return self.study.get_trials(deepcopy=False)


def made(
    storage: BaseStorage, name: str, plan: Plan, goal: Goal, grace_seconds: float = GRACE_SECONDS
) -> Opened:
    """The study `name`, made now or made before by the same plan; any other is refused."""
    check_pruning(plan, goal)
    with suppress(DuplicatedStudyError):
        optuna.create_study(
            storage=storage, study_name=name, directions=list(goal.directions.values())
        )
    study = optuna.load_study(study_name=name, storage=storage)
    if RECORD not in study.user_attrs and not study.get_trials(deepcopy=False):
        study.set_user_attr(RECORD, record_of(plan, goal, grace_seconds))
    told = record(study)
    check_same(name, told, record_of(plan, goal, grace_seconds))
    return _opened(storage, study, told)


def joined(storage: BaseStorage, name: str, goal_of: GoalOf) -> Opened:
    """The study `name` that somebody else made, if this package can work on it."""
    study = _loaded(storage, name)
    told = record(study)
    check_same(name, told, {**told, "version": __version__})  # first: others' plans may differ
    opened = _opened(storage, study, told)
    check_same(name, told, {**told, **here(opened.plan, goal_of(opened.plan))})
    return opened


def watched(storage: BaseStorage, name: str) -> Opened:
    """The study `name`, to look at only."""
    study = _loaded(storage, name)
    return _opened(storage, study, record(study))


def _loaded(storage: BaseStorage, name: str) -> optuna.Study:
    try:
        return optuna.load_study(study_name=name, storage=storage)
    except KeyError as error:
        rule = _("a study in this storage is one of {known}, got {value}")
        known = ", ".join(names(storage)) or _("none")
        raise ValueError(rule.format(known=known, value=name)) from error


def names(storage: BaseStorage) -> tuple[str, ...]:
    """Every study of ours in the storage, the oldest first."""
    found = storage.get_all_studies()
    return tuple(study.study_name for study in found if RECORD in study.user_attrs)


def _opened(storage: BaseStorage, study: optuna.Study, told: Mapping[str, Any]) -> Opened:
    plan = Plan.from_dict(told["plan"])
    study.sampler = sampler = SlotSampler(plan)
    study.pruner = pruner_of(plan)
    return Opened(
        storage=storage,
        study=study,
        study_id=storage.get_study_id_from_name(study.study_name),
        sampler=sampler,
        plan=plan,
        directions=told["directions"],
        pace=Pace(grace_seconds=told.get("grace_seconds", GRACE_SECONDS)),
    )


def check_pruning(plan: Plan, goal: Goal) -> None:
    """Refuse to prune by validation accuracy what seeks something else, or more than that."""
    if plan.pruning != "none" and tuple(goal.directions) != tuple(SOUGHT):
        rule = _("pruning is for objectives that seek validation accuracy alone, got {value}")
        raise ValueError(rule.format(value=", ".join(goal.directions)))


def here(plan: Plan, goal: Goal) -> dict[str, Any]:
    """What a worker must have in common with a study: version, space, data, and what is sought."""
    settings = [setting_of(plan, {"dataset": name}) for name in plan.axes.get("dataset", ())]
    data = [goal.identity(setting) for setting in settings or [plan.setting]]
    return {
        "version": __version__,
        "space": digest(SPACE),
        "data": digest(data),
        "directions": dict(goal.directions),
    }


def record_of(plan: Plan, goal: Goal, grace_seconds: float) -> dict[str, Any]:
    """What a study keeps of itself, all of it JSON."""
    told = {**here(plan, goal), "plan": plan.as_dict(), "grace_seconds": grace_seconds}
    read: dict[str, Any] = json.loads(json.dumps(told))
    return read


def record(study: optuna.Study) -> dict[str, Any]:
    """What the study keeps of itself; a study of anybody else has nothing like it."""
    told = study.user_attrs.get(RECORD)
    if not isinstance(told, dict) or not {"version", "plan", "directions"} <= told.keys():
        rule = _("the study {name} was not made by this workbench: a search needs a new name")
        raise ValueError(rule.format(name=study.study_name))
    return told


def digest(value: Any) -> str:
    """Twelve digits that differ for any other value."""
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def check_same(name: str, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> None:
    """Refuse a study of another version, space, data or plan, and name both."""
    rules = {
        "version": _("the study {name} was made by workbench {theirs}, this one is {ours}"),
        "space": _("the study {name} was made for the space {theirs}, this workbench has {ours}"),
        "data": _("the study {name} was made with the data {theirs}, here they are {ours}"),
        "directions": _("the study {name} seeks {theirs}, this workbench {ours}"),
    }
    for what, rule in rules.items():
        if theirs.get(what) != ours[what]:
            raise ValueError(rule.format(name=name, theirs=theirs.get(what), ours=ours[what]))
    for what, value in ours["plan"].items():
        if theirs["plan"].get(what) != value:
            rule = _("the study {name} has {what} {theirs}; with {ours} it is a new study")
            told = {"theirs": _differing(theirs["plan"].get(what), value)}
            told["ours"] = _differing(value, theirs["plan"].get(what))
            raise ValueError(rule.format(name=name, what=what, **told))


def _differing(value: Any, other: Any) -> str:
    """As JSON, of an object only what differs from the other."""
    if isinstance(value, dict) and isinstance(other, dict):
        value = {name: v for name, v in value.items() if name not in other or other[name] != v}
    text = json.dumps(value)
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"
