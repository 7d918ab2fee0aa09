"""search, work, standing: one process in a notebook, a worker among many, and who only looks."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import TypeVar

from optuna.storages import BaseStorage

from workbench.search import studies
from workbench.search.identity import digest
from workbench.search.measuring import measure
from workbench.search.patience import patiently, rest
from workbench.search.pulse import Watch
from workbench.search.reading import standing_of
from workbench.search.reconcile import Trials, is_anything_waiting, reconcile
from workbench.search.rules import GRACE_SECONDS
from workbench.search.storage import open_storage
from workbench.search.studies import GoalOf, Opened, joined, made, watched
from workbench.search.taking import Taken, take
from workbench.search.values import Goal, Plan, Standing
from workbench.search.voice import Report, Voice

__all__ = ["name_of", "names", "search", "standing", "start", "work"]

Result = TypeVar("Result")
SHORT_PATIENCE_SECONDS = 10.0
"""For what somebody waits at a screen for."""


def search(
    plan: Plan,
    goal: Goal,
    report: Report,
    storage: BaseStorage | str | None = None,
    name: str | None = None,
    grace_seconds: float = GRACE_SECONDS,
) -> Standing:
    """Follow the plan to its end in this process; the same call again goes on where it stopped.

    `storage`: an open one, a URL, or None: in memory. `report` is called at every word of the
    objective, with the same Standing as long as nothing has changed. What it raises ends the
    search within the objective's next word; the trial under way goes back into the queue.
    """
    kept = storage if isinstance(storage, BaseStorage) else open_storage(storage)
    opened = start(plan, goal, kept, name or name_of(plan), grace_seconds)
    return Worker(opened, goal, report).work()


def start(
    plan: Plan,
    goal: Goal,
    storage: BaseStorage,
    name: str,
    grace_seconds: float = GRACE_SECONDS,
) -> Opened:
    """Make the study, or find it as the same plan made it, with all that is missing enqueued."""

    def begin() -> Opened:
        opened = made(storage, name, plan, goal, grace_seconds)
        reconcile(opened, Watch(grace_seconds))
        return opened

    return patiently(begin, seconds=SHORT_PATIENCE_SECONDS, check=_go_on)


def work(storage: BaseStorage, name: str, goal_of: GoalOf, report: Report) -> Standing:
    """Join a study that somebody has made, and work until nothing is left to do."""
    joining = partial(joined, storage, name, goal_of)
    opened = patiently(joining, seconds=SHORT_PATIENCE_SECONDS, check=_go_on)
    return Worker(opened, goal_of(opened.plan), report).work()


def standing(storage: BaseStorage, name: str) -> Standing:
    """How a study stands that others work on."""

    def look() -> Standing:
        opened = watched(storage, name)
        return standing_of(opened, opened.trials())

    return patiently(look, seconds=SHORT_PATIENCE_SECONDS, check=_go_on)


def names(storage: BaseStorage) -> tuple[str, ...]:
    """Every study of ours in the storage, the oldest first."""
    listing = partial(studies.names, storage)
    return patiently(listing, seconds=SHORT_PATIENCE_SECONDS, check=_go_on)


def _go_on() -> None:
    """Nobody asks to stop."""


def name_of(plan: Plan) -> str:
    """A study's name where nobody gave one: the same for the same plan."""
    return f"{plan.objective}-{plan.strategy}-{digest(plan.as_dict())}"


class Worker:
    """Takes trials of one study until none is left, and reconciles on the way."""

    def __init__(self, opened: Opened, goal: Goal, report: Report) -> None:
        self._opened, self._goal = opened, goal
        self._voice = Voice(opened, report)
        self._watch = Watch(opened.pace.grace_seconds)
        self._seen: Trials = ()
        self._draw = Random()  # not seeded: workers that are idle at once choose different keys

    def work(self) -> Standing:
        """Until every key is complete or given up, or the seconds of the plan are used up."""
        while not (now := self._patiently(self._look)).is_over:
            if not now.is_open:
                rest(self._opened.pace.look_seconds, self._voice.say)
            elif (taken := self._patiently(self._take)) is not None:
                measure(self._opened, taken, self._goal, self._voice)
        return now

    def _patiently(self, action: Callable[[], Result]) -> Result:
        return patiently(action, seconds=self._opened.pace.patience_seconds, check=self._voice.say)

    def _look(self) -> Standing:
        """Reconcile and tell."""
        self._seen = reconcile(self._opened, self._watch, self._for_now)
        return self._voice.renew(self._seen)

    def _take(self) -> Taken | None:
        return take(self._opened, self._voice, self._seen)

    def _for_now(self, keys: Sequence[str], trials: Trials) -> Sequence[str]:
        """One of the missing keys, and only if nothing waits: who has work does that first."""
        return [] if is_anything_waiting(trials) else [self._draw.choice(keys)]
