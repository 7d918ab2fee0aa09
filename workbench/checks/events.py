"""The olympics of versions: who is admitted to an event, and ranks that measurements can tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import comb

from workbench.locale import Message, message
from workbench.measurement.choosing import Version
from workbench.statistics import mcnemar

FLOOR = 0.8
HALF = 0.5
"""A ruin could lead where it is alone."""
CEILING = 16 * 1024


@dataclass(frozen=True, kw_only=True)
class Event:
    """What counts, who is admitted, and whether measurements say that one beats the other.

    `beats` is asked of each two of so many pairs. `is_high`: more is better; `has_floor`: only
    who is accurate is admitted.
    """

    name: str
    title: Message
    quantity: str
    is_admitted: Callable[[Version], bool]
    beats: Callable[[Version, Version, int], bool]
    is_high: bool = False
    has_floor: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """A version with the best and the worst rank that its measurements leave open."""

    version: Version
    first: int
    last: int


def places(versions: Sequence[Version], event: Event) -> tuple[Place, ...]:
    """Of all that are admitted, the best value first."""
    admitted = [version for version in versions if event.is_admitted(version)]
    sign = -1 if event.is_high else 1
    admitted.sort(key=lambda version: sign * version.quantities[event.quantity].value)
    pairs = comb(len(admitted), 2)
    return tuple(
        Place(
            version=mine,
            first=1 + sum(event.beats(other, mine, pairs) for other in admitted),
            last=len(admitted) - sum(event.beats(mine, other, pairs) for other in admitted),
        )
        for mine in admitted
    )


def is_accurate(version: Version) -> bool:
    """Four in five right, by the value itself."""
    return version.quantities["accuracy"].value >= FLOOR


def is_surely_accurate(version: Version) -> bool:
    """The whole interval is above the floor."""
    return version.quantities["accuracy"].ends[0] >= FLOOR


def _is_timed(version: Version) -> bool:
    return is_accurate(version) and not version.measurement.is_simulated


def _is_of_use(version: Version) -> bool:
    return version.quantities["accuracy"].value >= HALF


def _is_small(version: Version) -> bool:
    return _is_of_use(version) and version.quantities["deflated_bytes"].value <= CEILING


def _is_smaller(one: Version, other: Version, _pairs: int) -> bool:
    return one.quantities["deflated_bytes"].value < other.quantities["deflated_bytes"].value


def _is_faster(one: Version, other: Version, _pairs: int) -> bool:
    """By speed-ups, each timed in turn with the baseline: times of two moments say less."""
    return one.quantities["speedup"].ends[0] > other.quantities["speedup"].ends[1]


def _is_righter(one: Version, other: Version, pairs: int) -> bool:
    """By McNemar's test; of many pairs one looks sure by chance, hence Bonferroni's correction."""
    test = mcnemar(other.right, one.right)
    return replace(test, p_value=min(1.0, pairs * test.p_value)).verdict == "better"


def _is_fairer(one: Version, other: Version, _pairs: int) -> bool:
    return one.quantities["worst_class"].ends[0] > other.quantities["worst_class"].ends[1]


EVENTS: tuple[Event, ...] = (
    Event(
        name="smallest", title=message("The smallest file with 80 % right"),
        quantity="deflated_bytes", is_admitted=is_accurate, beats=_is_smaller, has_floor=True,
    ),
    Event(
        name="fastest", title=message("The fastest with 80 % right"),
        quantity="speedup", is_admitted=_is_timed, beats=_is_faster, is_high=True, has_floor=True,
    ),
    Event(
        name="under", title=message("The most right under 16 KiB, with half right"),
        quantity="accuracy", is_admitted=_is_small, beats=_is_righter, is_high=True,
    ),
    Event(
        name="fairest", title=message("The best in its worst class, with half right"),
        quantity="worst_class", is_admitted=_is_of_use, beats=_is_fairer, is_high=True,
    ),
)  # fmt: skip
