"""What timing the same network again and again answers: conditions, samples, bets and bands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from workbench.locale import Message, _
from workbench.measurement.quantity import Quantities, Quantity, check_quantities
from workbench.setting import Setting

Start = Literal["warm", "cold"]
Bet = Literal["A", "B", "cannot tell"]
MOST_NEIGHBOURS = 64
MOST_REPEATS = 10_000
WARM_UPS = (0, 1, 2, 5, 10, 20, 50)
REPEATS = (10, 20, 50, 100, 200)
"""What an exercise lets choose from."""


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How a network is timed: cold is the first call of a fresh engine, a fresh one each time.

    `neighbours`: other processes that compute meanwhile; `repeats`: how many calls are timed.
    """

    setting: Setting
    start: Start = "warm"
    threads: int = 1
    neighbours: int = 0
    repeats: int = 200

    def __post_init__(self) -> None:
        if self.start not in get_args(Start):
            rule = _("a network starts {known}, got {value}")
            raise ValueError(rule.format(known=" / ".join(get_args(Start)), value=self.start))
        _check("threads", self.threads, 1, 2)
        _check("neighbours", self.neighbours, 0, MOST_NEIGHBOURS)
        _check("repeats", self.repeats, 1, MOST_REPEATS)


def _check(name: str, value: object, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        rule = _("{name} is a whole number from {least} to {most}, got {value}")
        raise ValueError(rule.format(name=name, least=least, most=most, value=repr(value)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Timed:
    """Milliseconds of every single call, in order; p10_ms, p50_ms, p90_ms, band and cpu_share."""

    conditions: Conditions
    samples_ms: tuple[float, ...] = ()
    quantities: Quantities = field(default_factory=dict)
    engine: Message | None = None
    machine: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_quantities(self.quantities)


@dataclass(frozen=True, kw_only=True, eq=False)
class Twins:
    """Time of A over time of B: once one after the other, again and again, and then in turn.

    Above 1, B took less time. `fair` is there when they were timed in turn to the end.
    """

    naive: tuple[Quantity, ...] = ()
    fair: Quantity | None = None
    pairs: int = 0

    def __post_init__(self) -> None:
        found = dict(enumerate((*self.naive, *([self.fair] if self.fair else ()))))
        check_quantities({str(number): quantity for number, quantity in found.items()})


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How to time: so many calls that are thrown away, then so many that count."""

    warm_up: int
    repeats: int

    def __post_init__(self) -> None:
        _check("warm-up", self.warm_up, 0, MOST_REPEATS)
        _check("repeats", self.repeats, 10, MOST_REPEATS)


@dataclass(frozen=True, kw_only=True, eq=False)
class Retimed:
    """A plan carried out again and again on fresh engines: the band it gives, the time it takes.

    `cheapest` is the first of `tried` plans, cheapest first, that reached the band asked for, and
    `least_ms` its time; None where none did, when all is over.
    """

    plan: Plan
    band: Quantity | None = None
    took_ms: Quantity | None = None
    least_ms: Quantity | None = None
    cheapest: Plan | None = None
    tried: int = 0
    is_over: bool = False

    def __post_init__(self) -> None:
        there = {"band": self.band, "took_ms": self.took_ms, "least_ms": self.least_ms}
        check_quantities({name: value for name, value in there.items() if value is not None})
