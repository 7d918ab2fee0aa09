"""A grid of measured numbers as a coloured table: whoever cannot see the colours reads it."""

from collections.abc import Callable
from functools import partial
from html import escape

from workbench.locale import Message, _, message
from workbench.measurement import Grid, Quantity
from workbench.statistics import Verdict, ratio_verdict
from workbench.wording import PROVENANCES, interval_text, name_text, value_text

BLUE, ORANGE, GREY = "0,114,178", "213,94,0", "128,128,128"
Shade = Callable[[Quantity], str]

VERDICTS = {
    "better": message("faster"),
    "worse": message("slower"),
    "cannot tell": message("cannot tell"),
}


def by_value(quantity: Quantity) -> str:
    """The more, the bluer; for shares between 0 and 1."""
    return f"background:rgba({BLUE},{0.04 + 0.5 * min(max(quantity.value, 0), 1):.2f})"


def by_verdict(quantity: Quantity) -> str:
    """Blue where a speed-up is sure, orange where a slow-down is, grey where neither is."""
    colour = {"better": BLUE, "worse": ORANGE, "cannot tell": GREY}[_verdict(quantity)]
    return f"background:rgba({colour},0.3)"


def _verdict(quantity: Quantity) -> Verdict:
    return ratio_verdict(*quantity.ends)


def plain(quantity: Quantity) -> str:
    """No colour."""
    return ""


def table(grid: Grid, corner: Message, shade: Shade = plain) -> str:
    """Rows and columns as HTML; what is not there yet is an empty cell of the same height."""
    has_ends = any(cell.low is not None for cell in grid.cells.values())
    heads = "".join(f'<th scope="col">{_spoken(column)}</th>' for column in grid.columns)
    cell = partial(_cell, shade=shade, has_ends=has_ends)
    rows = "".join(
        f'<tr><th scope="row">{_spoken(row)}</th>'
        + "".join(cell(grid.cells.get((row, column))) for column in grid.columns)
        + "</tr>"
        for row in grid.rows
    )
    return (
        f'<div class="wb-scroll" tabindex="0"><table class="wb-heat"><thead><tr>'
        f'<th scope="col">{escape(str(corner))}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _spoken(name: str) -> str:
    return escape(name_text(name))


def _cell(quantity: Quantity | None, *, shade: Shade, has_ends: bool) -> str:
    room = "<small>&nbsp;</small>" if has_ends else ""
    if quantity is None:
        return f"<td>&nbsp;{room}</td>"
    how = escape(f"{PROVENANCES[quantity.provenance]}: {quantity.how}", quote=True)
    told = escape(interval_text(quantity).partition(" (")[0])
    if shade is by_verdict:
        told = f"{told} {escape(str(VERDICTS[_verdict(quantity)]))}"
    inside = escape(value_text(quantity)) + (f"<small>{told}</small>" if told else room)
    return f'<td style="{shade(quantity)}" title="{how}">{inside}</td>'


def how_got(grid: Grid) -> str:
    """How the numbers of a grid were got, each way once, with its label."""
    ways = {(cell.provenance, cell.how.text): cell.how for cell in grid.cells.values()}
    return " ".join(
        f'<span class="wb-tag wb-{provenance}">{escape(str(PROVENANCES[provenance]))}</span>'
        f" {escape(str(how))}."
        for (provenance, _text), how in ways.items()
    ) or escape(_("nothing measured yet"))
