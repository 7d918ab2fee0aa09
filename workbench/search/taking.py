"""One trial of one worker: taken from the queue, measured, brought to its end."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as State

from workbench.locale import _
from workbench.measurement import Progress, Quantities, Quantity, Superseded
from workbench.search.axes import chosen_of, distributions, setting_of
from workbench.search.plans import Goal
from workbench.search.pulse import Pulse, beat
from workbench.search.reading import ENDS, FOUND, LIVE, QUANTITIES, SAMPLER_SECONDS
from workbench.search.reconcile import give_up
from workbench.search.records import as_json
from workbench.search.storage import TROUBLE, StorageProblem, patiently, reason
from workbench.search.strategies import KEY
from workbench.search.studies import Opened
from workbench.search.voice import Voice


class Lost(Superseded):
    """The trial was given to another worker."""


class Pruned(Superseded):
    """The trial is not worth its end."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Taken:
    """A trial that is ours, and its values by field."""

    trial: optuna.Trial
    chosen: dict[str, Any]


def take(opened: Opened, voice: Voice) -> Taken | None:
    """The next trial of the queue, with its values chosen and told; None where there is none."""
    trial = opened.study.ask()
    if KEY not in trial.user_attrs:  # the queue is empty: optuna makes a trial of its own
        give_up(opened, trial.number, "", is_counted=False)
        return None
    try:
        return _chosen(opened, voice, trial)
    except UpdateFinishedTrialError:  # we were paused for so long that it went to another
        return None
    except (Superseded, KeyboardInterrupt):
        _release(opened, trial)
        raise


def _chosen(opened: Opened, voice: Voice, trial: optuna.Trial) -> Taken | None:
    beat(opened, trial)
    for name, offered in distributions(opened.plan).items():
        _choose(trial, name, offered)
    trials = opened.trials()
    if _is_surplus(trial, trials):
        give_up(opened, trial.number, "", is_counted=False)
        return None
    voice.renew(trials)
    return Taken(trial=trial, chosen=chosen_of(opened.plan, trial.params))


def _choose(trial: optuna.Trial, name: str, offered: BaseDistribution) -> None:
    """Let the sampler choose a value, unless it is fixed."""
    if isinstance(offered, IntDistribution):
        trial.suggest_int(name, offered.low, offered.high)
    elif isinstance(offered, CategoricalDistribution):
        trial.suggest_categorical(name, offered.choices)


def _is_surplus(trial: optuna.Trial, trials: Sequence[FrozenTrial]) -> bool:
    """Whether the key has a result, or an older trial of its own: two have enqueued it at once."""
    key = trial.user_attrs[KEY]
    return any(
        other.user_attrs.get(KEY) == key
        and (other.state in ENDS or (other.state in LIVE and other.number < trial.number))
        for other in trials
        if other.number != trial.number
    )


def measure(opened: Opened, taken: Taken, goal: Goal, voice: Voice) -> None:
    """Measure a trial and tell its end; whatever goes wrong in the objective is a failed try.

    `voice` tells how the study stands and may raise: then the trial goes back into the queue.
    """
    trial, safely = taken.trial, partial(_safely, opened, voice)
    with Pulse(opened, trial) as pulse:
        telling = Telling(opened, trial, pulse, voice)
        try:
            found = goal.measure(setting_of(opened.plan, taken.chosen), telling.hear)
            values = _values(goal, found)
        except Lost:
            return
        except Pruned:
            safely(partial(_finish, opened, trial, telling.last, None))
        except (Superseded, KeyboardInterrupt):
            _release(opened, trial)
            raise
        except StorageProblem:
            raise
        except Exception as error:  # of any objective; the search goes on
            safely(partial(give_up, opened, trial.number, reason(error)))
        else:
            safely(partial(_finish, opened, trial, found, values))


class Telling:
    """Hears an objective's progress: each epoch's validation accuracy goes to the study."""

    def __init__(self, opened: Opened, trial: optuna.Trial, pulse: Pulse, voice: Voice) -> None:
        self._opened, self._trial, self._pulse, self._voice = opened, trial, pulse, voice
        self._epochs = 0
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
            self._epochs += 1
            _safely(self._opened, self._voice, partial(self._tell, found.value))
        else:
            self._voice.say()

    def _tell(self, value: float) -> None:
        self._trial.report(value, self._epochs)
        self._voice.renew()
        if self._trial.should_prune():
            raise Pruned


def _safely(opened: Opened, voice: Voice, action: Callable[[], None]) -> None:
    """Write to the storage, waiting for it if need be; a trial taken away meanwhile is not ours."""
    with suppress(UpdateFinishedTrialError):
        patiently(action, seconds=opened.pace.patience_seconds, check=voice.say)


def _values(goal: Goal, found: Quantities) -> list[float]:
    """What is sought, in the order of the directions."""
    values = [found[name].value for name in goal.directions if name in found]
    if len(values) < len(goal.directions) or any(isnan(value) for value in values):
        rule = _("an objective answers a number for each of {known}, got {value}")
        told = {name: quantity.value for name, quantity in found.items()}
        raise ValueError(rule.format(known=", ".join(goal.directions), value=told))
    return values


def _finish(
    opened: Opened, trial: optuna.Trial, found: Quantities, values: list[float] | None
) -> None:
    """Tell a result; a second one of the same trial is passed over."""
    told = {QUANTITIES: as_json(found), SAMPLER_SECONDS: opened.sampler.seconds}
    trial.set_user_attr(FOUND, told)
    state = State.PRUNED if values is None else State.COMPLETE
    opened.study.tell(trial, values, state=state, skip_if_finished=True)


def _release(opened: Opened, trial: optuna.Trial) -> None:
    """Give a trial back that nobody wants from us any more; its key is missing again."""
    with suppress(*TROUBLE):  # who is stopped does not wait; the others notice the silence
        give_up(opened, trial.number, "", is_counted=False)
