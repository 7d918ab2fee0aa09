"""Reconciling: what is wanted and neither complete nor live is put back into the queue."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, create_trial
from optuna.trial import TrialState as State

from workbench.locale import _
from workbench.search.axes import distributions, params_of
from workbench.search.pulse import Watch
from workbench.search.reading import REASON, missing
from workbench.search.strategies import KEY
from workbench.search.studies import Opened

Trials = Sequence[FrozenTrial]
Choose = Callable[[Sequence[str], Trials], Sequence[str]]


def all_of(keys: Sequence[str], trials: Trials) -> Sequence[str]:
    """Every missing key: for who makes or resumes a study."""
    return keys


def reconcile(opened: Opened, watch: Watch, choose: Choose = all_of) -> Trials:
    """Fail the trials whose worker is silent, and enqueue those keys of the missing that `choose`.

    Doing it twice, or two at the same time, loses nothing: a key that waits twice is dropped by
    whoever takes the second (`taking.take`). The trials as they are then.
    """
    trials = opened.trials()
    silent = watch.silent(trials)
    for trial in silent:
        give_up(opened, trial.number, _("its worker was silent for too long"))
    trials = opened.trials() if silent else trials
    absent = missing(opened, trials)
    chosen = choose(absent, trials) if absent else ()
    for key in chosen:
        enqueue(opened, key)
    return opened.trials() if chosen else trials


def enqueue(opened: Opened, key: str) -> None:
    """Put a key into the queue, with the values that are fixed from the start."""
    params = params_of(opened.plan, opened.keys[key])
    offered = {name: d for name, d in distributions(opened.plan).items() if name in params}
    trial = create_trial(
        state=State.WAITING, params=params, distributions=offered, user_attrs={KEY: key}
    )
    opened.study.add_trial(trial)


def give_up(opened: Opened, number: int, reason: str, *marks: str) -> None:
    """End a trial without a result, unless it has ended already.

    `marks`: UNCOUNTED, if it is no try of its key; REFUSED, if no further try would end otherwise.
    """
    storage, trial_id = opened.storage, opened.id_of(number)
    with suppress(UpdateFinishedTrialError):
        if reason:
            storage.set_trial_user_attr(trial_id, REASON, reason)
        for mark in marks:
            storage.set_trial_user_attr(trial_id, mark, True)
        storage.set_trial_state_values(trial_id, State.FAIL)


def is_anything_waiting(trials: Trials) -> bool:
    """Whether a trial is in the queue."""
    return any(trial.state == State.WAITING for trial in trials)
