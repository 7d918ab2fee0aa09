"""The four kernel sizes side by side: what they cost, how long they take, how often right."""

from collections.abc import Mapping
from html import escape

import ipywidgets

from workbench.figures.lengths import lengths, lengths_table, provenance
from workbench.locale import Message, _, decimal, keep_translated, message
from workbench.measurement import EMPTY_GRID, Grid
from workbench.statistics import PairedTest
from workbench.widgets.compare import ACCURACY
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.wording import QUANTITIES

TITLES: Mapping[str, Message] = {
    "parameters": QUANTITIES["parameters"],
    "macs": QUANTITIES["macs"],
    "latency_ms": QUANTITIES["latency_ms"],
    "slowdown": message("its time over that of 3 x 3"),
    "validation_accuracy": QUANTITIES["validation_accuracy"],
    "recorded_accuracy": message("validation accuracy, recorded"),
}
WHOLE = {"validation_accuracy": 1.0, "recorded_accuracy": 1.0}
"""What fills a track where it is not the largest bar."""


class KernelBars:
    """A block of bars a quantity, a bar a kernel size; the same numbers in a table below.

    Before anything is measured, what was recorded of the same trainings is shown.
    """

    def __init__(self) -> None:
        self._measured = self._recorded = EMPTY_GRID
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        keep_translated(self._write)

    def draw(self, grid: Grid) -> None:
        """Show what is there of the grid."""
        self._measured = grid
        self._write()

    def show_recorded(self, grid: Grid) -> None:
        """Take what was recorded of the form that the panel looks at."""
        self._recorded = grid
        self._write()

    def _write(self) -> None:
        page().give_name(self.widget, _("cost and accuracy by kernel size"), role="group")
        words = escape(_("not measured yet: press the button"))
        empty = "" if self._measured.cells else f'<p class="wb-empty">{words}</p>'
        grid = self._measured if self._measured.cells else self._recorded
        self.widget.value = empty + (_drawing(grid) if grid.cells else "")


def _drawing(grid: Grid) -> str:
    titles = {name: title for name, title in TITLES.items() if name in grid.columns}
    blocks = "".join(_block(name, grid) for name in titles)
    found = {
        str(titles[column]): cell
        for (_row, column), cell in sorted(grid.cells.items(), key=lambda item: item[0])
        if column in titles
    }
    numbers = lengths_table(grid, _("kernel size"), titles, _size)
    return (
        f'<div class="wb-blocks">{blocks}</div>{_comparisons(grid)}'
        f'<p class="wb-caption">{provenance(found)}</p>{numbers}'
    )


def _block(name: str, grid: Grid) -> str:
    named = [(_size(row), grid.cells.get((row, name))) for row in grid.rows]
    one = 1.0 if name == "slowdown" else None
    bars = lengths(named, most=WHOLE.get(name), one=one)
    return f"<div><h4>{escape(str(TITLES[name]))}</h4>{bars}</div>"


def _comparisons(grid: Grid) -> str:
    """Each kernel size against 3 x 3, image by image: the paired test."""
    told = [_comparison(row, grid) for row in grid.rows if (row, "p_value") in grid.cells]
    if not told:
        return ""
    test = next(cell for (_row, name), cell in grid.cells.items() if name == "p_value")
    items = "".join(f"<li>{line}</li>" for line in told)
    return f"<p>{tag(test)} {escape(str(test.how))}:</p><ul>{items}</ul>"


def _comparison(row: str, grid: Grid) -> str:
    helped, hurt, p_value = (grid.cells[row, name].value for name in ("helped", "hurt", "p_value"))
    test = PairedTest(helped=int(helped), hurt=int(hurt), p_value=p_value)
    words = _("{size} gets {helped} right that 3 × 3 misses, and misses {hurt} that 3 × 3 gets")
    told = words.format(size=_size(row), helped=decimal(test.helped), hurt=decimal(test.hurt))
    return f"{escape(told)}: <strong>{escape(str(ACCURACY[test.verdict]))}</strong>"


def _size(row: str) -> str:
    return f"{row} × {row}"
