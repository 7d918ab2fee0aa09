"""A grid as a heat map with its caption: layers against sparsities, widths against batches."""

import ipywidgets

from workbench.locale import Message, _
from workbench.measurement import Grid
from workbench.widgets.heatmap import Shade, how_got, table
from workbench.widgets.page import page


class Map:
    """The coloured table and how its numbers were got."""

    def __init__(self, corner: Message, name: Message, shade: Shade) -> None:
        self._corner, self._name, self._shade = corner, name, shade
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-map")

    def draw(self, grid: Grid) -> None:
        """Show what is there of the grid."""
        page().give_name(self.widget, str(self._name), role="group")
        inside = (
            table(grid, self._corner, self._shade)
            if grid.rows
            else f'<p class="wb-empty">{_("not measured yet: press the button")}</p>'
        )
        caption = how_got(grid) if grid.cells else ""
        self.widget.value = (
            f'<div class="wb-figure">{inside}<p class="wb-caption">{caption}</p></div>'
        )
