"""How a search stands, in words for a terminal and as JSON."""

import sys
from collections.abc import Mapping
from time import time
from typing import Any

from workbench.locale import _
from workbench.search.racing import winner
from workbench.search.values import Standing, Trial
from workbench.wording import value_text

Cells = tuple[str, ...]


def heads() -> Cells:
    """Of the columns of `row`."""
    return (
        _("study"), _("strategy"), _("complete"), _("live"), _("missing"), _("given up"), _("best"),
    )  # fmt: skip


def row(name: str, standing: Standing) -> Cells:
    """One study in a line."""
    counts = (standing.live, standing.missing, standing.given_up)
    complete = _("{done} of {total}").format(done=standing.complete, total=standing.wanted)
    return (name, standing.plan.strategy, complete, *map(str, counts), best_text(standing))


def best_text(standing: Standing) -> str:
    """The best trial: what was measured, and with which values."""
    if not standing.done:
        return "-"
    best = winner(standing)
    return f"{measured_text(standing, best)} ({chosen_text(best)})"


def measured_text(standing: Standing, trial: Trial) -> str:
    """What is sought, as it was measured."""
    found = [trial.quantities[name] for name in standing.directions if name in trial.quantities]
    return ", ".join(value_text(quantity) for quantity in found)


def chosen_text(trial: Trial) -> str:
    """The values of a trial."""
    return ", ".join(f"{name} {value}" for name, value in trial.chosen.items())


def trial_text(standing: Standing, trial: Trial) -> str:
    """How a trial ended, in a line."""
    words = {
        "complete": _("trial {number}: {measured} ({chosen})"),
        "pruned": _("trial {number}: pruned after {epochs} epochs ({chosen})"),
        "failed": _("trial {number}: failed, {reason} ({chosen})"),
    }
    return words[trial.state].format(
        number=trial.number,
        measured=measured_text(standing, trial),
        epochs=len(trial.curve),
        reason=trial.reason,
        chosen=chosen_text(trial),
    )


def signs_of_life(standing: Standing) -> Mapping[str, float]:
    """Seconds since the last sign of life of each worker that has a trial, by the clocks."""
    now = time()
    return {
        trial.worker: max(0.0, now - trial.beat)
        for trial in standing.running
        if trial.beat is not None
    }


def as_json(name: str, standing: Standing) -> dict[str, Any]:
    """One study as an object: its plan, its counts, its workers, its trials."""
    return {
        "study": name,
        "plan": standing.plan.as_dict(),
        "wanted": standing.wanted,
        "complete": standing.complete,
        "live": standing.live,
        "missing": standing.missing,
        "given_up": standing.given_up,
        "seconds": standing.seconds,
        "over": standing.is_over,
        "best": winner(standing).number if standing.done else None,
        "workers": dict(signs_of_life(standing)),
        "trials": [_trial(trial) for trial in standing.trials],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "number": trial.number,
        "key": trial.key,
        "state": trial.state,
        "chosen": dict(trial.chosen),
        "quantities": {name: q.as_dict() for name, q in trial.quantities.items()},
        "worker": trial.worker,
        "reason": trial.reason,
    }


class Talking:
    """Tells each trial that ended on standard error, once."""

    def __init__(self) -> None:
        self._last: Standing | None = None
        self._told: set[int] = set()

    def __call__(self, standing: Standing) -> None:
        """Hear how the search stands; what had ended before we came is not told."""
        if standing is self._last:
            return
        ended = [t for t in standing.trials if t.state in ("complete", "pruned", "failed")]
        if self._last is None:
            self._told = {trial.number for trial in ended}
        self._last = standing
        for trial in ended:
            if trial.number not in self._told:
                self._told.add(trial.number)
                print(trial_text(standing, trial), file=sys.stderr)
