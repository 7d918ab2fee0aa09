"""Grids of made-up quantities, as experiments of claims give them."""

from workbench.locale import message
from workbench.measurement import Grid, Quantity, Unit

HOW = message("made up")


def about(
    value: float, low: float | None = None, high: float | None = None, unit: Unit = "points"
) -> Quantity:
    return Quantity(value=value, unit=unit, provenance="measured", how=HOW, low=low, high=high)


def grid(cells: dict[tuple[str, str], Quantity]) -> Grid:
    """Rows and columns in the order in which they come."""
    rows, columns = (tuple(dict.fromkeys(key[side] for key in cells)) for side in (0, 1))
    return Grid(rows=rows, columns=columns, cells=cells)


def column(name: str, values: dict[str, Quantity]) -> Grid:
    return grid({(row, name): value for row, value in values.items()})
