"""Quantities of the same kind as bars below each other, with their intervals, as HTML."""

from collections.abc import Callable, Mapping, Sequence
from html import escape

from workbench.figures.matrix import numbers_below
from workbench.locale import Message
from workbench.measurement import Grid, Quantity
from workbench.wording import PROVENANCES, interval_text, value_text

Named = Sequence[tuple[str, Quantity | None]]


def lengths(named: Named, *, most: float | None = None, one: float | None = None) -> str:
    """A bar for each name; `most`: what fills the track; `one`: a value to mark with a line.

    Bars beyond `one` have another colour; what is not known yet keeps its place.
    """
    known = [quantity for _name, quantity in named if quantity is not None]
    top = most or max((_end(quantity) for quantity in known), default=1.0) or 1.0
    return "".join(_row(name, quantity, top, one) for name, quantity in named)


def _end(quantity: Quantity) -> float:
    return max(quantity.value, quantity.high or 0.0)


def _row(name: str, quantity: Quantity | None, top: float, one: float | None) -> str:
    if quantity is None:
        return (
            f'<div class="wb-length"><span>{escape(name)}</span>'
            '<div class="wb-length-track"></div><span>–<small>&nbsp;</small></span></div>'
        )
    shares = {"bar": 100 * min(quantity.value / top, 1)}
    more = " wb-more" if one is not None and quantity.value > one else ""
    inside = f'<span class="wb-length-bar{more}" style="width:{shares["bar"]:.1f}%"></span>'
    if quantity.low is not None and quantity.high is not None:
        left, right = (100 * min(end / top, 1) for end in (quantity.low, quantity.high))
        inside += (
            f'<span class="wb-length-ends" style="left:{left:.1f}%;width:{right - left:.1f}%">'
            "</span>"
        )
    if one is not None:
        inside += f'<span class="wb-length-one" style="left:{100 * one / top:.1f}%"></span>'
    told = escape(interval_text(quantity)) or "&nbsp;"
    return (
        f'<div class="wb-length"><span>{escape(name)}</span>'
        f'<div class="wb-length-track">{inside}</div>'
        f"<span><b>{escape(value_text(quantity))}</b><small>{told}</small></span></div>"
    )


def lengths_table(
    grid: Grid, corner: str, titles: Mapping[str, Message], named: Callable[[str], str]
) -> str:
    """The numbers behind the bars, to unfold: a row of `grid` as `named` tells it in HTML."""
    cells = [[grid.cells.get((row, name)) for name in titles] for row in grid.rows]
    rows = [[named(row), *map(_told, found)] for row, found in zip(grid.rows, cells, strict=True)]
    return numbers_below([corner, *map(str, titles.values())], rows)


def _told(quantity: Quantity | None) -> str:
    if quantity is None:
        return ""
    return escape(f"{value_text(quantity)} {interval_text(quantity)}".strip())


def provenance(found: Mapping[str, Quantity]) -> str:
    """How the numbers were got, each way once, with its label and the names it stands for."""
    ways: dict[tuple[str, str], tuple[list[str], Quantity]] = {}
    for name, quantity in found.items():
        ways.setdefault((quantity.provenance, quantity.how.text), ([], quantity))[0].append(name)
    return " ".join(
        f'<span class="wb-tag wb-{quantity.provenance}">'
        f"{escape(str(PROVENANCES[quantity.provenance]))}</span>"
        f" {escape(', '.join(dict.fromkeys(names)))}: {escape(str(quantity.how))}."
        for names, quantity in ways.values()
    )
