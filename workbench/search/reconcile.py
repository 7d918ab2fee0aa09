"""Reconciling: what is wanted and neither complete nor live is put back into the queue."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as State

from workbench.locale import _
from workbench.search.axes import params_of
from workbench.search.keys import wanted
from workbench.search.pulse import Watch
from workbench.search.reading import REASON, UNCOUNTED, missing
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
    absent = missing(opened.plan, trials)
    chosen = choose(absent, trials) if absent else ()
    fixed = wanted(opened.plan) if chosen else {}
    for key in chosen:
        params = params_of(opened.plan, fixed[key])
        opened.study.enqueue_trial(params, user_attrs={KEY: key})
    return opened.trials() if chosen else trials


def give_up(opened: Opened, number: int, reason: str, *, is_counted: bool = True) -> None:
    """End a trial without a result, unless it has ended already.

    `is_counted`: whether it counts as a try of its key.
    """
    storage = opened.storage
    trial_id = storage.get_trial_id_from_study_id_trial_number(opened.study_id, number)
    with suppress(UpdateFinishedTrialError):
        if reason:
            storage.set_trial_user_attr(trial_id, REASON, reason)
        if not is_counted:
            storage.set_trial_user_attr(trial_id, UNCOUNTED, True)
        storage.set_trial_state_values(trial_id, State.FAIL)


def is_anything_waiting(trials: Trials) -> bool:
    """Whether a trial is in the queue."""
    return any(trial.state == State.WAITING for trial in trials)
