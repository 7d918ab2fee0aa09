"""Latency against throughput: a batch's time, the time an image, and images a second."""

from dataclasses import replace

import ipywidgets

from workbench.locale import message
from workbench.measurement import Grid
from workbench.widgets.trust.rungs import Rungs
from workbench.wording import QUANTITIES

ROWS = {
    "batch_ms": message("ms a batch"),
    "image_ms": message("ms an image"),
    "images_per_second": message("thousands of images a second"),
}


class Throughput:
    """Three figures of one grid, each over the batch; one empty one before there is anything."""

    def __init__(self) -> None:
        batch = message("images in a batch")
        self._figures = {
            row: Rungs(
                batch, up, QUANTITIES[row], rows=[row],
                scale=0.001 if row == "images_per_second" else 1.0,
            )
            for row, up in ROWS.items()
        }  # fmt: skip
        self.widget = ipywidgets.VBox()
        self.widget.add_class("wb-pair")

    def draw(self, grid: Grid) -> None:
        """Show what is there of the grid."""
        shown = self._figures if grid.cells else {"batch_ms": self._figures["batch_ms"]}
        for row, figure in shown.items():
            figure.draw(_only(grid, row))
        children = tuple(figure.widget for figure in shown.values())
        if self.widget.children != children:
            self.widget.children = children


def _only(grid: Grid, row: str) -> Grid:
    cells = {place: cell for place, cell in grid.cells.items() if place[0] == row}
    return replace(grid, rows=(row,), cells=cells)
