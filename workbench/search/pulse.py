"""Signs of life: who has a trial tells so again and again, and who has fallen silent is noticed."""

from collections.abc import Callable, Sequence
from threading import Event, Thread
from time import monotonic, time
from types import TracebackType
from typing import Any, Self

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as State

from workbench.search.patience import TROUBLE
from workbench.search.reading import PULSE
from workbench.search.studies import Opened


def beat(opened: Opened, trial: optuna.Trial) -> None:
    """One sign of life; UpdateFinishedTrialError where the trial was taken away."""
    trial.set_user_attr(PULSE, {"worker": opened.worker, "at": time()})


class Pulse:
    """A thread that gives signs of life for one trial as long as it is measured.

    optuna's heartbeat would do the same from `optimize` only, and needs a first one to be missed.
    """

    def __init__(self, opened: Opened, trial: optuna.Trial) -> None:
        self._opened, self._trial = opened, trial
        self._over, self._lost = Event(), Event()
        self._thread = Thread(target=self._beat, name="workbench-pulse", daemon=True)

    @property
    def is_lost(self) -> bool:
        """The trial was given to another: this worker had been silent for too long."""
        return self._lost.is_set()

    def __enter__(self) -> Self:
        if not isinstance(self._opened.storage, InMemoryStorage):  # where nobody else could look
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._over.set()  # not waited for: a storage out of reach may hold a sign of life for long

    def _beat(self) -> None:
        while not self._over.wait(self._opened.pace.beat_seconds):
            try:
                beat(self._opened, self._trial)
            except UpdateFinishedTrialError:
                self._lost.set()
                break
            except TROUBLE:  # the next one may reach the storage again
                continue
        self._opened.storage.remove_session()


class Watch:
    """Notices which running trials show no sign of life, by how long they were the same to us.

    Clocks of other machines are not believed. Time in which we looked at nothing ourselves, being
    paused or busy, counts for no more than a few looks: our siblings may have been paused with us.
    """

    def __init__(self, grace_seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._grace, self._clock = grace_seconds, clock
        self._seen: dict[int, tuple[Any, float]] = {}
        self._looked = clock()

    def silent(self, trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
        """Those that run and gave no sign for longer than the grace, as far as we saw."""
        now = self._clock()
        passed, self._looked = min(now - self._looked, self._grace / 3), now
        running = [trial for trial in trials if trial.state == State.RUNNING]
        ages: dict[int, tuple[Any, float]] = {}
        for trial in running:
            sign = trial.user_attrs.get(PULSE)
            before, age = self._seen.get(trial.number, (sign, -passed))
            ages[trial.number] = (sign, age + passed if sign == before else 0.0)
        self._seen = ages
        return [trial for trial in running if ages[trial.number][1] > self._grace]
