"""From optuna's trials to a Standing: what has become of each key."""

from collections.abc import Mapping, Sequence
from typing import Any

from optuna.trial import FrozenTrial
from optuna.trial import TrialState as State

from workbench.locale import message
from workbench.measurement import Quantity
from workbench.search.axes import chosen_of
from workbench.search.records import from_json
from workbench.search.strategies import KEY
from workbench.search.studies import Opened
from workbench.search.values import Plan, Standing, Trial, TrialState

MOST_TRIES = 5
PULSE, REASON, UNCOUNTED, REFUSED, FOUND = "pulse", "reason", "uncounted", "refused", "found"
"""Names of a trial's user attributes.

`uncounted`: its end says nothing about its key; `refused`: its values are wrong, today as tomorrow.
"""
QUANTITIES, SAMPLER_SECONDS = "quantities", "sampler_seconds"
"""Names within `found`."""
STATES: Mapping[State, TrialState] = {
    State.WAITING: "waiting",
    State.RUNNING: "running",
    State.COMPLETE: "complete",
    State.PRUNED: "pruned",
    State.FAIL: "failed",
}
ENDS = (State.COMPLETE, State.PRUNED)
LIVE = (State.WAITING, State.RUNNING)


def standing_of(opened: Opened, trials: Sequence[FrozenTrial]) -> Standing:
    """What has become of the study by its trials."""
    keys = by_key(trials)
    results = {key: result_of(found) for key, found in keys.items()}
    complete = {key for key, result in results.items() if result is not None}
    live = {key for key, found in keys.items() if key not in complete and is_live(found)}
    absent = [key for key in opened.keys if key not in complete and key not in live]
    given_up = [key for key in absent if tries_of(keys.get(key, [])) >= MOST_TRIES]
    return Standing(
        plan=opened.plan,
        trials=tuple(trial_of(opened, trial) for trial in trials if is_told(trial, results)),
        wanted=len(opened.keys),
        complete=len(complete),
        live=len(live),
        missing=len(absent) - len(given_up),
        given_up=len(given_up),
        directions=opened.directions,
        seconds=sum(seconds_of(trial) for trial in trials),
        grace_seconds=opened.pace.grace_seconds,
    )


def by_key(trials: Sequence[FrozenTrial]) -> dict[str, list[FrozenTrial]]:
    """The trials of each key, in the order of their numbers."""
    found: dict[str, list[FrozenTrial]] = {}
    for trial in trials:
        if KEY in trial.user_attrs:
            found.setdefault(trial.user_attrs[KEY], []).append(trial)
    return found


def result_of(trials: Sequence[FrozenTrial]) -> FrozenTrial | None:
    """The first of one key's trials that was measured to its end or pruned: its result."""
    ends = [trial for trial in trials if trial.state in ENDS]
    return min(ends, key=lambda trial: (trial.datetime_complete, trial.number), default=None)


def is_live(trials: Sequence[FrozenTrial]) -> bool:
    """Whether one of a key's trials waits or runs."""
    return any(trial.state in LIVE for trial in trials)


def tries_of(trials: Sequence[FrozenTrial]) -> int:
    """How often a key failed, or its worker fell silent; what is refused once, always will be."""
    failed = [t for t in trials if t.state == State.FAIL and UNCOUNTED not in t.user_attrs]
    return MOST_TRIES if any(REFUSED in t.user_attrs for t in failed) else len(failed)


def missing(opened: Opened, trials: Sequence[FrozenTrial]) -> list[str]:
    """Keys neither complete nor live nor given up."""
    keys = by_key(trials)
    return [
        key
        for key in opened.keys
        if not (found := keys.get(key, []))
        or (
            result_of(found) is None
            and not is_live(found)
            and tries_of(found) < MOST_TRIES
        )
    ]  # fmt: skip


def is_told(trial: FrozenTrial, results: Mapping[str, FrozenTrial | None]) -> bool:
    """Whether the trial says something: no surplus, and no second result of its key."""
    if KEY not in trial.user_attrs or UNCOUNTED in trial.user_attrs:
        return False
    result = results[trial.user_attrs[KEY]]
    return trial.state not in (*ENDS, State.WAITING) or result in (None, trial)


def trial_of(opened: Opened, trial: FrozenTrial) -> Trial:
    """One trial in our words; one that has ended is read once."""
    if trial.number in opened.ended:
        return opened.ended[trial.number]
    found = _read(opened.plan, trial)
    if trial.state.is_finished():
        opened.ended[trial.number] = found
    return found


def _read(plan: Plan, trial: FrozenTrial) -> Trial:
    pulse: Mapping[str, Any] = trial.user_attrs.get(PULSE, {})
    found: Mapping[str, Any] = trial.user_attrs.get(FOUND, {})
    return Trial(
        number=trial.number,
        key=trial.user_attrs[KEY],
        state=STATES[trial.state],
        chosen=chosen_of(plan, trial.params),
        quantities=from_json(found.get(QUANTITIES, {})),
        curve=tuple((epoch, share(v)) for epoch, v in sorted(trial.intermediate_values.items())),
        worker=pulse.get("worker", ""),
        reason=trial.user_attrs.get(REASON, ""),
        seconds=seconds_of(trial),
        sampler_seconds=found.get(SAMPLER_SECONDS, 0.0),
        beat=pulse.get("at"),
    )


def seconds_of(trial: FrozenTrial) -> float:
    """From the trial's start to its end; 0 before its end."""
    if trial.datetime_start is None or trial.datetime_complete is None:
        return 0.0
    return (trial.datetime_complete - trial.datetime_start).total_seconds()


def share(value: float) -> Quantity:
    """A point of a trial's curve."""
    how = message("right answers on validation images after this epoch")
    return Quantity(value=value, unit="fraction", provenance="measured", how=how)
