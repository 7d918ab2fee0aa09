"""Two 3 x 3 against one 5 x 5: shares of weights, multiply-adds and time, place by place."""

from collections.abc import Mapping
from html import escape

import ipywidgets

from workbench.figures.lengths import lengths, lengths_table, provenance
from workbench.locale import Message, _, keep_translated, message
from workbench.measurement import EMPTY_GRID, Grid
from workbench.widgets.page import page

PLACES: Mapping[str, Message] = {
    "equal": message("as many channels out as in"),
    "doubled": message("twice as many channels out"),
    "halved": message("twice as many channels out, stride 2"),
    "stem": message("first layer: one channel in"),
}
SHARES: Mapping[str, Message] = {
    "weights_share": message("weights"),
    "macs_share": message("MACs"),
    "time_share": message("time"),
}
HEADS: Mapping[str, Message] = {
    "weights_one": message("weights, 5 x 5"),
    "weights_two": message("weights, two 3 x 3"),
    "macs_one": message("MACs, 5 x 5"),
    "macs_two": message("MACs, two 3 x 3"),
    "latency_one": message("time, 5 x 5"),
    "latency_two": message("time, two 3 x 3"),
}


class Stacks:
    """For each place in a network three bars with a line at 1: where the two cost as much."""

    def __init__(self) -> None:
        self._grid = EMPTY_GRID
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        keep_translated(lambda: self.draw(self._grid))

    def draw(self, grid: Grid) -> None:
        """Show what is there of the grid."""
        self._grid = grid
        page().give_name(self.widget, _("two 3 x 3 against one 5 x 5"), role="group")
        if not grid.cells:
            words = escape(_("not measured yet: press the button"))
            self.widget.value = f'<p class="wb-empty">{words}</p>'
            return
        most = max(cell.value for (_row, name), cell in grid.cells.items() if name in SHARES)
        blocks = "".join(_block(row, grid, max(most, 1.0)) for row in grid.rows)
        found = {
            str(SHARES[name]): cell for (_row, name), cell in grid.cells.items() if name in SHARES
        }
        key = escape(
            _("Bars: two 3 x 3 over one 5 x 5; the dashed line is 1, where they are even.")
        )
        numbers = lengths_table(grid, _("place"), HEADS, lambda row: escape(str(PLACES[row])))
        self.widget.value = (
            f'<div class="wb-blocks">{blocks}</div>'
            f'<p class="wb-caption">{key} {provenance(found)}</p>{numbers}'
        )


def _block(row: str, grid: Grid, most: float) -> str:
    named = [(str(title), grid.cells.get((row, name))) for name, title in SHARES.items()]
    return f"<div><h4>{escape(str(PLACES[row]))}</h4>{lengths(named, most=most, one=1.0)}</div>"
