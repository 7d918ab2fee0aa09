"""Bytes of an update by part and precision, and its time against the batch size."""

from collections.abc import Mapping
from dataclasses import replace
from html import escape

import ipywidgets

from workbench.figures.lengths import provenance
from workbench.figures.palette import CANDIDATE, PINNED, PRUNED, TRAIL
from workbench.figures.tracks import track
from workbench.locale import Message, _, decimal, message
from workbench.measurement import Grid
from workbench.statistics import ratio_verdict
from workbench.widgets.heatmap import table
from workbench.widgets.html import tag
from workbench.widgets.lines import Lines
from workbench.widgets.page import page
from workbench.wording import QUANTITIES, field_text, interval_text, number_text, value_text

MEMORY: Mapping[str, tuple[Message, str]] = {
    "weight_bytes": (message("weights"), CANDIDATE),
    "gradient_bytes": (message("gradients"), PINNED),
    "optimizer_bytes": (message("optimizer"), TRAIL),
    "kept_bytes": (message("kept for the way back"), PRUNED),
}
PLAIN = "float32"
HARDWARE = ("float16", "bfloat16")
YES = message("oneDNN, which runs PyTorch’s layers on a CPU, says that it supports it here")
NO = message("oneDNN, which runs PyTorch’s layers on a CPU, says that it does not support it here")


class Costs:
    """Stacked bars of bytes, lines of milliseconds, and how many times as long 16 bits take."""

    def __init__(self) -> None:
        self._bars = ipywidgets.HTML()
        self._bars.add_class("wb-drawing")
        self._lines = Lines(
            message("batch size"), message("time of an update (ms)"),
            message("time of an update against batch size"),
        )  # fmt: skip
        self._words = ipywidgets.HTML()
        self._words.add_class("wb-drawing")
        self.widget = ipywidgets.VBox([self._lines.widget])
        self.widget.add_class("wb-figures")

    def draw(self, grid: Grid) -> None:
        """Show what is there of the grid."""
        rows = tuple(row for row in grid.rows if "/" not in row)
        times = {place: cell for place, cell in grid.cells.items() if place[0] in rows}
        self._lines.draw(replace(grid, rows=rows, cells=times))
        page().give_name(self._bars, _("memory of an update by part"), role="group")
        page().give_name(self._words, _("time over that of float32"), role="group")
        self._bars.value = _memory(grid, rows)
        self._words.value = _speed(grid, rows)
        alone = (self._lines.widget,)
        shown = (self._bars, *alone, self._words) if grid.cells else alone
        if self.widget.children != shown:
            self.widget.children = shown


def _memory(grid: Grid, rows: tuple[str, ...]) -> str:
    if not grid.cells:
        return ""
    keys = "; ".join(
        f'<span class="wb-key" style="background:{colour}"></span>{escape(str(words))}'
        for words, colour in MEMORY.values()
    )
    found = {
        str(MEMORY[part][0]): cell
        for (row, _column), cell in grid.cells.items()
        if (part := row.partition("/")[2]) in MEMORY
    }
    sums = {(row, column): _bytes(grid, row, column) for column in grid.columns for row in rows}
    most = max(sum(parts.values()) for parts in sums.values())
    blocks = "".join(
        f"<h4>{escape(_('batch {n}').format(n=decimal(int(column))))}</h4>"
        + "".join(_bar(row, sums[row, column], most) for row in rows)
        for column in grid.columns
    )
    return f'{blocks}<p class="wb-caption">{keys}. {provenance(found)}</p>{_numbers(grid)}'


def _bytes(grid: Grid, row: str, column: str) -> dict[str, float]:
    return {part: grid.cells[f"{row}/{part}", column].value for part in MEMORY}


def _bar(row: str, parts: Mapping[str, float], most: float) -> str:
    drawn = [(value / most, MEMORY[part][1]) for part, value in parts.items()]
    return track(field_text("precision", row), drawn, number_text(sum(parts.values()), "bytes"))


def _numbers(grid: Grid) -> str:
    """Every part of every precision, to unfold; named in words instead of as the grid has it."""
    named: dict[str, str] = {}
    for row in grid.rows:
        precision, _slash, part = row.partition("/")
        words = QUANTITIES[part or "update_ms"]
        named[row] = f"{field_text('precision', precision)}: {words}"
    cells = {(named[row], column): cell for (row, column), cell in grid.cells.items()}
    inside = table(replace(grid, rows=tuple(named.values()), cells=cells), message("batch size"))
    return f"<details><summary>{escape(_('the numbers'))}</summary>{inside}</details>"


def _speed(grid: Grid, rows: tuple[str, ...]) -> str:
    if not grid.cells:
        return ""
    items = "".join(_compared(grid, row) for row in rows if row != PLAIN)
    has = "".join(
        f"<li>{name}: {escape(str(YES if grid.machine.get(name) else NO))}</li>"
        for name in HARDWARE
    )
    head = escape(_("Time of an update over that of float32, at the largest batch:"))
    why = _(
        "Fewer bits are faster only where the processor multiplies them faster and the library has"
        " a fast program for both directions; where it has none, the numbers are widened, or"
        " computed one by one."
    )
    yet = _(
        "Support alone does not make both directions fast: compare what the way there takes with"
        " the whole."
    )
    return f"<p>{head}</p><ul>{items}</ul><p>{escape(why)}</p><ul>{has}</ul><p>{escape(yet)}</p>"


def _compared(grid: Grid, row: str) -> str:
    last = grid.columns[-1]
    cell, whole, there = (
        grid.cells[name, last] for name in (f"{row}/over_float32", row, f"{row}/there_ms")
    )
    # The verdict is of a speed-up: the times the other way round.
    low, high = cell.ends
    verdict = ratio_verdict(1 / high, 1 / low)
    words = {
        "better": _("faster"), "worse": _("slower"), "cannot tell": _("cannot tell"),
    }[verdict]  # fmt: skip
    told = f"{field_text('precision', row)}: {value_text(cell)}, {interval_text(cell)}"
    parts = _("of {whole} the way there takes {there}").format(
        whole=value_text(whole), there=value_text(there)
    )
    first = f"{escape(told)}: <b>{escape(words)}</b> {tag(cell)}"
    return f"<li>{first}; {escape(parts)} {tag(there)}</li>"
