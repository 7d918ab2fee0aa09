"""One trial of one worker: measured, and brought to its end."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from math import isnan

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import TrialState as State

from workbench.locale import _
from workbench.measurement import Progress, Quantities, Quantity, Superseded
from workbench.search.axes import setting_of
from workbench.search.patience import StorageProblem, patiently, reason
from workbench.search.plans import Goal
from workbench.search.pulse import Pulse
from workbench.search.reading import FOUND, QUANTITIES, REFUSED, SAMPLER_SECONDS, share
from workbench.search.reconcile import give_up
from workbench.search.records import as_json
from workbench.search.studies import Opened
from workbench.search.taking import Taken, release, running
from workbench.search.voice import Voice


class Lost(Superseded):
    """The trial was given to another worker."""


class Pruned(Superseded):
    """The trial is not worth its end."""


def measure(opened: Opened, taken: Taken, goal: Goal, voice: Voice) -> None:
    """Measure a trial and tell its end; whatever goes wrong in the objective is a failed try.

    `voice` tells how the study stands and may raise: then the trial goes back into the queue.
    """
    trial, safely = taken.trial, partial(_safely, opened, voice)
    with Pulse(opened, trial) as pulse:
        telling = Telling(opened, taken, pulse, voice)
        try:
            found = goal.measure(setting_of(opened.plan, taken.chosen), telling.hear)
            _check(goal, found)
        except Lost:
            return
        except Pruned:
            safely(partial(_finish, opened, trial, telling.last, State.PRUNED))
        except (Superseded, KeyboardInterrupt):
            release(opened, trial)
            raise
        except StorageProblem:
            raise
        except ValueError as error:  # of these values, which no further try would take
            safely(partial(give_up, opened, trial.number, reason(error), REFUSED))
        except Exception as error:  # of any objective; the search goes on
            safely(partial(give_up, opened, trial.number, reason(error)))
        else:
            safely(partial(_finish, opened, trial, found, State.COMPLETE))


class Telling:
    """Hears an objective's progress: each epoch's validation accuracy goes to the study."""

    def __init__(self, opened: Opened, taken: Taken, pulse: Pulse, voice: Voice) -> None:
        self._opened, self._trial, self._pulse, self._voice = opened, taken.trial, pulse, voice
        self._ours = running(opened, taken)
        self._found: Quantity | None = None

    @property
    def last(self) -> Quantities:
        """The last validation accuracy heard."""
        return {} if self._found is None else {"validation_accuracy": self._found}

    def hear(self, progress: Progress) -> None:
        """A Report: raises where the trial is over for this worker."""
        if self._pulse.is_lost:
            raise Lost
        found = progress.quantities.get("validation_accuracy")
        if found is not None and found is not self._found and len(self._opened.directions) == 1:
            self._found = found
            curve = (*self._ours.curve, (len(self._ours.curve) + 1, share(found.value)))
            self._ours = replace(self._ours, curve=curve)
            _safely(self._opened, self._voice, partial(self._tell, found.value))
        else:
            self._voice.say()

    def _tell(self, value: float) -> None:
        self._trial.report(value, len(self._ours.curve))
        self._voice.amend(self._ours)
        if self._opened.plan.pruning != "none" and self._trial.should_prune():
            raise Pruned


def _safely(opened: Opened, voice: Voice, action: Callable[[], None]) -> None:
    """Write to the storage, waiting for it if need be; a trial taken away meanwhile is not ours."""
    with suppress(UpdateFinishedTrialError):
        patiently(action, seconds=opened.pace.patience_seconds, check=voice.say)


def _check(goal: Goal, found: Quantities) -> None:
    """Refuse an answer without a number for everything that is sought."""
    if any(name not in found or isnan(found[name].value) for name in goal.directions):
        rule = _("an objective answers a number for each of {known}, got {value}")
        told = {name: quantity.value for name, quantity in found.items()}
        raise ValueError(rule.format(known=", ".join(goal.directions), value=told))


def _finish(opened: Opened, trial: optuna.Trial, found: Quantities, end: State) -> None:
    """Tell a result, in the order of the directions; the first of the same trial stays."""
    told = {QUANTITIES: as_json(found), SAMPLER_SECONDS: opened.sampler.seconds}
    trial.set_user_attr(FOUND, told)
    values = [float(found[name].value) for name in opened.directions]
    opened.storage.set_trial_state_values(opened.id_of(trial.number), end, values)
