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

    @property
    def shown(self) -> Plan:
        """The plan of the search that is shown; of the controls where there is none yet."""
        return self.standing.plan if self.standing else self.plan


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
    """The mean over all trials that ended: what a search spends its time on."""
    found = [q for q in map(score, scored(standing)) if q is not None]
    if not found:
        return None
    return Quantity(
        value=sum(q.value for q in found) / len(found),
        unit=found[0].unit,
        provenance=next((q.provenance for q in found if q.provenance != "computed"), "computed"),
        how=message(
            "mean over {n} trials: a trial that ended early counts by its last epoch, one that"
            " diverged by a guess",
            n=len(found),
        ),
        n=len(found),
    )
