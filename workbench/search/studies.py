"""A study of ours in its storage: made, joined, or looked at."""

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import Any

import optuna
from optuna.exceptions import DuplicatedStudyError
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial

from workbench import __version__
from workbench.locale import _
from workbench.search.axes import setting_of
from workbench.search.identity import RECORD, check_same, here, record, record_of
from workbench.search.keys import wanted
from workbench.search.plans import SOUGHT, Direction, Goal, Plan
from workbench.search.rules import FIELDS, GRACE_SECONDS
from workbench.search.strategies import SlotSampler, pruner_of
from workbench.search.values import Trial

GoalOf = Callable[[Plan], Goal]


def worker_name() -> str:
    """This process, as its trials name it."""
    return f"{platform.node()}:{os.getpid()}"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long a worker may be silent before its trial goes to another, and a storage be away.

    A worker gives six signs of life in that time.
    """

    grace_seconds: float = GRACE_SECONDS
    patience_seconds: float = 120.0

    def __post_init__(self) -> None:
        if not 0 < self.grace_seconds < inf:
            rule = _("grace is how many seconds a worker may be silent: above 0, got {value}")
            raise ValueError(rule.format(value=self.grace_seconds))

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
    """A study of ours in its storage, as one worker sees it.

    `keys`: what the plan wants; `ended`: trials that nothing will change, as they were read.
    """

    storage: BaseStorage
    study: optuna.Study
    study_id: int
    sampler: SlotSampler
    plan: Plan
    directions: Mapping[str, Direction]
    pace: Pace
    keys: Mapping[str, Mapping[str, Any]]
    ended: dict[int, Trial] = field(default_factory=dict)
    worker: str = field(default_factory=worker_name)

    def id_of(self, number: int) -> int:
        """By what the storage knows the trial of this number."""
        return self.storage.get_trial_id_from_study_id_trial_number(self.study_id, number)

    def trials(self) -> list[FrozenTrial]:
        """Every trial by now, to be read only; what has ended is read from the storage once."""
        return self.study.get_trials(deepcopy=False)


def made(
    storage: BaseStorage, name: str, plan: Plan, goal: Goal, grace_seconds: float = GRACE_SECONDS
) -> Opened:
    """The study `name`, made now or made before by the same plan; any other is refused."""
    pace = checked(plan, goal, grace_seconds)
    with suppress(DuplicatedStudyError):
        optuna.create_study(
            storage=storage, study_name=name, directions=list(goal.directions.values())
        )
    study = optuna.load_study(study_name=name, storage=storage)
    if RECORD not in study.user_attrs and not study.get_trials(deepcopy=False):
        study.set_user_attr(RECORD, record_of(plan, goal, pace.grace_seconds))
    told = record(study)
    check_same(name, told, record_of(plan, goal, pace.grace_seconds))
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
        raise ValueError(_unknown(names(storage), name)) from error


def _unknown(known: Sequence[str], name: str) -> str:
    if not known:
        return _("there is no study in this storage yet: make one with workbench search")
    rule = _("a study in this storage is one of {known}, got {value}")
    return rule.format(known=", ".join(known), value=name)


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
        keys=wanted(plan),
    )


def checked(plan: Plan, goal: Goal, grace_seconds: float) -> Pace:
    """The pace of a study that can be made; refuses what cannot, without any storage."""
    pace = Pace(grace_seconds=grace_seconds)
    check_pruning(plan, goal)
    check_settings(plan, goal)
    return pace


def check_pruning(plan: Plan, goal: Goal) -> None:
    """Refuse to prune by validation accuracy what seeks something else, or more than that."""
    if plan.pruning != "none" and tuple(goal.directions) != tuple(SOUGHT):
        rule = _("pruning is for objectives that seek validation accuracy alone, got {value}")
        raise ValueError(rule.format(value=", ".join(goal.directions)))


def check_settings(plan: Plan, goal: Goal) -> None:
    """Refuse values that the objective could not measure, each beside the first of other axes."""
    first = {
        name: getattr(plan.setting, name) if getattr(plan.setting, name) in values else values[0]
        for name, values in plan.axes.items()
        if name in FIELDS
    }
    for name in first:
        for value in plan.axes[name]:
            goal.check(setting_of(plan, {**first, name: value}))
