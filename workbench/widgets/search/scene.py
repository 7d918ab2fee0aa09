"""What the search panel knows at one moment, and what is read out of a standing."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.locale import Message, message
from workbench.measurement import Quantity
from workbench.search.values import Plan, Standing, Trial

SCORE = "validation_accuracy"
TOP = 104.0
"""Per cent at the upper end of an axis: dots at 100 are whole."""
ENDED = ("complete", "pruned", "failed")


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A study that others work on: where it is stored, and its name."""

    storage: str
    study: str


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The plan of the controls, what has become of the last one asked for, and what to say.

    `problem` is escaped HTML, the sentence of an error; `notice` is a word to the learner.
    """

    plan: Plan
    standing: Standing | None = None
    pinned: Standing | None = None
    watched: Watch | None = None
    is_running: bool = False
    is_paused: bool = False
    problem: str = ""
    notice: Message | None = None


def score(trial: Trial) -> Quantity | None:
    """What a trial came to: of one that ended early, its last epoch."""
    found = trial.quantities.get(SCORE)
    if found is None and trial.curve:
        return trial.curve[-1][1]
    return found


def scored(standing: Standing | None) -> tuple[Trial, ...]:
    """The trials that came to an end and have a score, in the order tried."""
    trials = standing.trials if standing else ()
    return tuple(t for t in trials if t.state in ENDED and score(t) is not None)


def complete(standing: Standing | None) -> tuple[Trial, ...]:
    """The trials that were measured to their end and have a score."""
    return tuple(t for t in (standing.done if standing else ()) if SCORE in t.quantities)


def winner(trials: Sequence[Trial]) -> Trial | None:
    """The first of the trials with the highest score."""
    return max(trials, key=lambda t: t.quantities[SCORE].value, default=None)


def best_so_far(standing: Standing) -> tuple[tuple[int, Quantity], ...]:
    """The highest score after each complete trial, by the trial's number."""
    best: Quantity | None = None
    way: list[tuple[int, Quantity]] = []
    for trial in complete(standing):
        now = trial.quantities[SCORE]
        best = now if best is None or now.value > best.value else best
        way.append((trial.number, best))
    return tuple(way)


def running(standing: Standing | None) -> Trial | None:
    """The newest trial that is being measured."""
    found = [t for t in (standing.trials if standing else ()) if t.state == "running"]
    return found[-1] if found else None


def counted(value: int, what: Message) -> Quantity:
    """A count as a quantity."""
    return Quantity(value=value, unit="count", provenance="computed", how=what)


def mean_score(standing: Standing | None) -> Quantity | None:
    """The mean over all complete trials: what a search spends its time on."""
    trials = complete(standing)
    if not trials:
        return None
    first = trials[0].quantities[SCORE]
    return Quantity(
        value=sum(t.quantities[SCORE].value for t in trials) / len(trials),
        unit=first.unit,
        provenance=first.provenance,
        how=message("mean over {n} trials", n=len(trials)),
        n=len(trials),
    )
