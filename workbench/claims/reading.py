"""How a judge reads numbers: a side is taken only where the whole interval lies on it."""

from workbench.claims import Case
from workbench.locale import Message
from workbench.measurement import Grid, Quantity
from workbench.statistics import SESSION_SPREAD

FASTER = 1 + SESSION_SPREAD
"""What a network may seem faster than itself: a ratio has to be above it."""
LESS = 1 - SESSION_SPREAD
"""Less by 5 % at least."""
SLACK = 0.01
"""One point of accuracy: what a sentence that promises “hardly any loss” is granted."""


def is_above(quantity: Quantity, limit: float) -> bool | None:
    """Whether it is above the limit; None where the limit lies within its interval."""
    low, high = ends(quantity)
    return True if low > limit else False if high <= limit else None


def is_below(quantity: Quantity, limit: float) -> bool | None:
    """Whether it is below the limit; None where the limit lies within its interval."""
    low, high = ends(quantity)
    return True if high < limit else False if low >= limit else None


def is_less(one: Quantity, other: Quantity) -> bool | None:
    """Whether one is less than the other; None where their intervals overlap."""
    (low, high), (other_low, other_high) = ends(one), ends(other)
    return True if high < other_low else False if low >= other_high else None


def ends(quantity: Quantity) -> tuple[float, float]:
    """The interval; of an exact value the value twice."""
    low, high = quantity.low, quantity.high
    return (quantity.value if low is None else low, quantity.value if high is None else high)


def cell(grid: Grid, row: str, column: str) -> Quantity | None:
    """What stands there, if anything does."""
    return grid.cells.get((row, column))


def case(name: Message, holds: bool | None, *shown: tuple[Message, Quantity]) -> Case:
    """A case with the numbers that decide it."""
    return Case(name=name, holds=holds, shown=shown)
