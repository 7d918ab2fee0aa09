"""What a storage raises that is away or full, and waiting for one that comes back."""

from collections.abc import Callable
from functools import partial
from threading import Event
from time import monotonic
from typing import TypeVar

from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from workbench.locale import _

Result = TypeVar("Result")
TROUBLE = (StorageInternalError, DBAPIError, PoolTimeout)
"""What a storage raises that is out of reach, full, or busy."""
FULL = ("database or disk is full", "No space left on device")
SLICE_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 2.0


class StorageProblem(ValueError):  # what the learner is told, not a fault of ours
    """A storage that cannot be had; its text is one sentence for the reader."""


def reason(error: BaseException) -> str:
    """Why, in one line, without the links and the SQL that SQLAlchemy adds."""
    cause = error
    while (below := getattr(cause, "orig", None) or cause.__cause__) is not None:
        cause = below
    return (
        next((line.strip() for line in str(cause).splitlines() if line.strip()), "")
        or type(cause).__name__
    )


def is_full(error: Exception) -> bool:
    """Whether no more can be written: SQLite says it of its disk, a server of its own."""
    words = reason(error)
    return any(told in words for told in FULL)


def patiently(action: Callable[[], Result], *, seconds: float, check: Callable[[], None]) -> Result:
    """The action's answer; tried again, ever more seldom, while the storage is out of reach.

    `check` is called while waiting, and may raise. After `seconds`: StorageProblem.
    """
    began, pause = monotonic(), SLICE_SECONDS
    while True:
        try:
            return action()
        except TROUBLE as error:
            if is_full(error):  # which no waiting mends
                rule = _(
                    "the storage is full ({reason}); nothing is lost: make room, and the same"
                    " command goes on"
                )
                raise StorageProblem(rule.format(reason=reason(error))) from error
            if monotonic() - began > seconds:
                rule = _(
                    "the storage has not answered for {seconds} seconds ({reason}); nothing is"
                    " lost, the same command goes on later"
                )
                told = rule.format(seconds=round(seconds), reason=reason(error))
                raise StorageProblem(told) from error
        rest(pause, check)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def rest(seconds: float, check: Callable[[], None]) -> None:
    """Wait, asking `check` often enough to be stopped at once."""
    until = monotonic() + seconds
    pause = partial(Event().wait, SLICE_SECONDS)
    while monotonic() < until:
        check()
        pause()
