"""One trial of one worker: taken from the queue, its values chosen."""

from collections.abc import Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from time import time
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as State

from workbench.measurement import Superseded
from workbench.search.axes import chosen_of, distributions
from workbench.search.patience import TROUBLE
from workbench.search.pulse import beat
from workbench.search.reading import ENDS, LIVE, UNCOUNTED
from workbench.search.reconcile import give_up
from workbench.search.strategies import KEY
from workbench.search.studies import Opened
from workbench.search.values import Trial
from workbench.search.voice import Voice


@dataclass(frozen=True, kw_only=True, eq=False)
class Taken:
    """A trial that is ours, and its values by field."""

    trial: optuna.Trial
    chosen: dict[str, Any]


def take(opened: Opened, voice: Voice, trials: Sequence[FrozenTrial]) -> Taken | None:
    """The next trial of the queue, with its values chosen and told; None where there is none.

    `trials`: as they were a moment ago. Nothing that happened since can make a trial surplus that
    was none: an older one of its key would be among them, and a younger one gives way to it.
    """
    for queued in trials:
        if queued.state != State.WAITING or KEY not in queued.user_attrs:
            continue
        if _is_surplus(queued, trials):
            give_up(opened, queued.number, "", UNCOUNTED)
        elif (trial := _claimed(opened, queued)) is not None:
            return _chosen(opened, voice, trial)
    return None


def _claimed(opened: Opened, queued: FrozenTrial) -> optuna.Trial | None:
    """The trial, if nobody was faster: what `Study.ask` does, without reading all trials again."""
    trial_id = opened.id_of(queued.number)
    with suppress(UpdateFinishedTrialError):
        if opened.storage.set_trial_state_values(trial_id, State.RUNNING):
            study = copy(opened.study)  # a sampler looks again at the trials of a fresh study only
            return optuna.Trial(study, trial_id)
    return None


def _chosen(opened: Opened, voice: Voice, trial: optuna.Trial) -> Taken | None:
    try:
        beat(opened, trial)
        for name, offered in distributions(opened.plan).items():
            _choose(trial, name, offered)
        taken = Taken(trial=trial, chosen=chosen_of(opened.plan, trial.params))
        voice.amend(running(opened, taken))
    except UpdateFinishedTrialError:  # we were paused for so long that it went to another
        return None
    except (Superseded, KeyboardInterrupt):
        release(opened, trial)
        raise
    return taken


def running(opened: Opened, taken: Taken) -> Trial:
    """The trial as it is from now on."""
    return Trial(
        number=taken.trial.number,
        key=taken.trial.user_attrs[KEY],
        state="running",
        chosen=taken.chosen,
        worker=opened.worker,
        beat=time(),
    )


def _choose(trial: optuna.Trial, name: str, offered: BaseDistribution) -> None:
    """Let the sampler choose a value, unless it is fixed."""
    if isinstance(offered, IntDistribution):
        trial.suggest_int(name, offered.low, offered.high)
    elif isinstance(offered, CategoricalDistribution):
        trial.suggest_categorical(name, offered.choices)


def _is_surplus(trial: FrozenTrial, trials: Sequence[FrozenTrial]) -> bool:
    """Whether the key has a result, or an older trial of its own: two have enqueued it at once."""
    key = trial.user_attrs[KEY]
    return any(
        other.user_attrs.get(KEY) == key
        and (other.state in ENDS or (other.state in LIVE and other.number < trial.number))
        for other in trials
        if other.number != trial.number
    )


def release(opened: Opened, trial: optuna.Trial) -> None:
    """Give a trial back that nobody wants from us any more; its key is missing again."""
    with suppress(*TROUBLE):  # who is stopped does not wait; the others notice the silence
        give_up(opened, trial.number, "", UNCOUNTED)
