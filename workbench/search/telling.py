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
        _("study"), _("strategy"), _("trials"), _("measured"), _("pruned"), _("diverged"),
        _("running"), _("waiting"), _("missing"), _("given up"), _("best"),
    )  # fmt: skip


def row(name: str, standing: Standing) -> Cells:
    """One study in a line; its counts together are its trials."""
    counts = (standing.wanted, *standing.counts.values())
    return (name, standing.plan.strategy, *map(str, counts), best_text(standing))


def over_text(name: str, standing: Standing) -> str:
    """A study in which nothing is left to do, and who won."""
    if not standing.done:
        return _("the study {name} is over: no trial came to its end").format(name=name)
    rule = _(
        "the study {name} is over: {complete} of {wanted} trials are done, the best is trial"
        " {number}: {best}"
    )
    return rule.format(
        name=name, complete=standing.complete, wanted=standing.wanted,
        number=winner(standing).number, best=best_text(standing),
    )  # fmt: skip


def given_up_text(name: str, standing: Standing) -> str:
    """How many keys were given up, and why the last of them."""
    reason = next((t.reason for t in reversed(standing.trials) if t.state == "failed"), "")
    rule = _("the study {name} gave up {count} of {wanted} trials: {reason}")
    return rule.format(name=name, count=standing.given_up, wanted=standing.wanted, reason=reason)


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
        "diverged": _("trial {number}: diverged, {measured} ({chosen})"),
        "complete": _("trial {number}: {measured} ({chosen})"),
        "pruned": _("trial {number}: pruned after epoch {epoch} ({chosen})"),
        "failed": _("trial {number}: failed, {reason} ({chosen})"),
    }
    return words["diverged" if trial.is_diverged else trial.state].format(
        number=trial.number,
        measured=measured_text(standing, trial),
        epoch=len(trial.curve),
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
        **standing.counts,
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
        "diverged": trial.is_diverged,
        "chosen": dict(trial.chosen),
        "quantities": {name: q.as_dict() for name, q in trial.quantities.items()},
        "worker": trial.worker,
        "reason": trial.reason,
    }


class Talking:
    """Tells each trial of this process that ended on standard error, once, and how far all are.

    Why one failed is told once: the next may have failed by the same.
    """

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._last: Standing | None = None
        self._told: set[int] = set()
        self._reasons: set[str] = set()

    def __call__(self, standing: Standing) -> None:
        """Hear how the search stands; what had ended before we came is not told."""
        if standing is self._last:
            return
        ended = [
            trial for trial in standing.trials
            if trial.worker == self._worker and trial.state in ("complete", "pruned", "failed")
        ]  # fmt: skip
        if self._last is None:
            self._told = {trial.number for trial in ended}
        self._last = standing
        for trial in ended:
            if trial.number not in self._told:
                self._told.add(trial.number)
                if trial.state != "failed" or trial.reason not in self._reasons:
                    self._tell(trial, standing)

    def _tell(self, trial: Trial, standing: Standing) -> None:
        self._reasons.add(trial.reason)
        told = _("{told}; {complete} of {wanted} done").format(
            told=trial_text(standing, trial), complete=standing.complete, wanted=standing.wanted
        )
        print(told, file=sys.stderr, flush=True)
