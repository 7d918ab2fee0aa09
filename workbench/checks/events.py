"""The olympics of versions: who is admitted to an event, and ranks that measurements can tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.locale import Message, message
from workbench.measurement.choosing import Version
from workbench.statistics import mcnemar

FLOOR = 0.8
CEILING = 16 * 1024


@dataclass(frozen=True, kw_only=True)
class Event:
    """What counts, who is admitted, and whether measurements say that one beats the other.

    `is_high`: more is better; `has_floor`: only who is accurate is admitted.
    """

    name: str
    title: Message
    quantity: str
    is_admitted: Callable[[Version], bool]
    beats: Callable[[Version, Version], bool]
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
    return tuple(
        Place(
            version=mine,
            first=1 + sum(event.beats(other, mine) for other in admitted),
            last=len(admitted) - sum(event.beats(mine, other) for other in admitted),
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


def _is_small(version: Version) -> bool:
    return version.quantities["deflated_bytes"].value <= CEILING


def _is_smaller(one: Version, other: Version) -> bool:
    return one.quantities["deflated_bytes"].value < other.quantities["deflated_bytes"].value


def _is_faster(one: Version, other: Version) -> bool:
    return one.quantities["latency_ms"].ends[1] < other.quantities["latency_ms"].ends[0]


def _is_righter(one: Version, other: Version) -> bool:
    return mcnemar(other.right, one.right).verdict == "better"


def _is_fairer(one: Version, other: Version) -> bool:
    return one.quantities["worst_class"].ends[0] > other.quantities["worst_class"].ends[1]


EVENTS: tuple[Event, ...] = (
    Event(
        name="smallest", title=message("The smallest file with 80 % right"),
        quantity="deflated_bytes", is_admitted=is_accurate, beats=_is_smaller, has_floor=True,
    ),
    Event(
        name="fastest", title=message("The fastest with 80 % right"),
        quantity="latency_ms", is_admitted=_is_timed, beats=_is_faster, has_floor=True,
    ),
    Event(
        name="under", title=message("The most right under 16 KiB"),
        quantity="accuracy", is_admitted=_is_small, beats=_is_righter, is_high=True,
    ),
    Event(
        name="fairest", title=message("The best in its worst class"),
        quantity="worst_class", is_admitted=lambda version: True, beats=_is_fairer, is_high=True,
    ),
)  # fmt: skip
