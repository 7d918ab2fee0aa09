"""The four kernel sizes side by side: what they cost, how long they take, how often right."""

from collections.abc import Mapping
from html import escape

import ipywidgets

from workbench.figures.lengths import lengths, lengths_table, provenance
from workbench.locale import Message, _, keep_translated, message
from workbench.measurement import Grid
from workbench.widgets.page import page
from workbench.wording import QUANTITIES

TITLES: Mapping[str, Message] = {
    "parameters": QUANTITIES["parameters"],
    "macs": QUANTITIES["macs"],
    "latency_ms": QUANTITIES["latency_ms"],
    "slowdown": message("its time over that of 3 x 3"),
    "validation_accuracy": QUANTITIES["validation_accuracy"],
}
WHOLE = {"validation_accuracy": 1.0}
"""What fills a track where it is not the largest bar."""


class KernelBars:
    """A block of bars a quantity, a bar a kernel size; the same numbers in a table below."""

    def __init__(self) -> None:
        self._grid = Grid(rows=(), columns=(), cells={})
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        keep_translated(lambda: self.draw(self._grid))

    def draw(self, grid: Grid) -> None:
        """Show what is there of the grid."""
        self._grid = grid
        page().give_name(self.widget, _("cost and accuracy by kernel size"), role="group")
        if not grid.cells:
            words = escape(_("not measured yet: press the button"))
            self.widget.value = f'<p class="wb-empty">{words}</p>'
            return
        blocks = "".join(self._block(name, grid) for name in grid.columns)
        found = {
            str(TITLES[column]): cell
            for (_row, column), cell in sorted(grid.cells.items(), key=lambda item: item[0])
        }
        titles = {name: TITLES[name] for name in grid.columns}
        numbers = lengths_table(grid, _("kernel size"), titles, _size)
        self.widget.value = (
            f'<div class="wb-blocks">{blocks}</div>'
            f'<p class="wb-caption">{provenance(found)}</p>{numbers}'
        )

    def _block(self, name: str, grid: Grid) -> str:
        named = [(_size(row), grid.cells.get((row, name))) for row in grid.rows]
        one = 1.0 if name == "slowdown" else None
        bars = lengths(named, most=WHOLE.get(name), one=one)
        return f"<div><h4>{escape(str(TITLES[name]))}</h4>{bars}</div>"


def _size(row: str) -> str:
    return f"{row} × {row}"
