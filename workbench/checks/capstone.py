"""The check of lesson 10: a loop that was gone through, sentences tested, a result to take home."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.checks.events import EVENTS, places
from workbench.checks.finding import Finding
from workbench.locale import message
from workbench.measurement import Measurement
from workbench.measurement.choosing import Version


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a learner has: versions of one data set, how many sentences got which ruling, an export.

    `history`: all that was measured. `held`, `refuted`: sentences that were bet on and run, and
    hold, or do not hold everywhere.
    """

    versions: Sequence[Version]
    history: Sequence[Measurement]
    held: int
    refuted: int
    taken_home: Measurement | None


def is_complete(work: Work) -> tuple[Finding, ...]:
    """Each condition of the exercise."""
    compressed = [v for v in work.versions if v.measurement.setting.effective !=
                  v.measurement.setting.baseline]  # fmt: skip
    won = [event for event in EVENTS if _leads(compressed, work.versions, event.name)]
    again = _again(work)
    return (
        Finding(
            is_met=len(compressed) >= FEWEST,
            told=message("compressed versions measured: {n} of {asked}",
                         n=len(compressed), asked=FEWEST),
        ),
        Finding(
            is_met=bool(won),
            told=message("events that a compressed version leads, alone or not to be told apart"
                         " from the first: {n}", n=len(won)),
        ),
        Finding(
            is_met=work.held > 0 and work.refuted > 0,
            told=message("sentences that hold: {held}; that do not, or not everywhere: {refuted}",
                         held=work.held, refuted=work.refuted),
        ),
        Finding(
            is_met=again is True,
            told=message("the network that was taken home, measured once more, is as accurate as"
                         " on the panel")
            if again is not None
            else message("nothing that was measured on the panel is taken home yet"),
        ),
    )  # fmt: skip


FEWEST = 3


def _leads(compressed: Sequence[Version], every: Sequence[Version], name: str) -> bool:
    event = next(event for event in EVENTS if event.name == name)
    return any(
        place.first == 1 and place.version in compressed for place in places(every, event)
    )  # fmt: skip


def _again(work: Work) -> bool | None:
    """Whether the export's own measurement lies within the panel's interval; None: no such pair."""
    taken = work.taken_home
    if taken is None:
        return None
    panel = [measurement for measurement in work.history if measurement.setting == taken.setting]
    if not panel:
        return None
    accuracy, now = panel[-1].quantities["accuracy"], taken.quantities["accuracy"].value
    low, high = accuracy.low, accuracy.high
    return (low if low is not None else now) <= now <= (high if high is not None else now)
