"""A grid of measured numbers as lines over numeric columns, each point with its interval."""

from collections.abc import Sequence

import bqplot
import ipywidgets
import numpy as np

from workbench.figures.palette import BASELINE, CANDIDATE, PINNED, PRUNED, TRAIL
from workbench.locale import Message, _
from workbench.measurement import Grid, Quantity
from workbench.widgets.axes import show_ticks
from workbench.widgets.heatmap import how_got, table
from workbench.widgets.page import page
from workbench.wording import name_text

COLOURS = (CANDIDATE, PRUNED, PINNED, TRAIL)
MARKERS = ("circle", "square", "triangle-up", "diamond")
SHAPES = (
    "\N{BLACK CIRCLE}",
    "\N{BLACK SQUARE}",
    "\N{BLACK UP-POINTING TRIANGLE}",
    "\N{BLACK DIAMOND}",
)
SCALED = {"fraction": 100.0, "bytes": 1 / 1024}


class Lines:
    """One line a row; the same numbers stand in a table below."""

    def __init__(self, across: Message, up: Message, name: Message) -> None:
        self._across_text, self._up_text, self._name = across, up, name
        self._x = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        self._y = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        scales = {"x": self._x, "y": self._y}
        # Invisible until there is something to draw: bqplot stumbles over lines of nothing.
        unseen = {"x": [0.0], "y": [0.0], "scales": scales, "visible": False}
        self._lines = [
            bqplot.Lines(colors=[colour], marker=marker, stroke_width=2, **unseen)
            for colour, marker in zip(COLOURS, MARKERS, strict=True)
        ]
        self._whiskers = bqplot.Lines(colors=[BASELINE], stroke_width=1.5, **unseen)
        axis = {"grid_lines": "none", "color": BASELINE}
        self._across = bqplot.Axis(scale=self._x, label_offset="36px", **axis)
        self._up = bqplot.Axis(scale=self._y, orientation="vertical", label_offset="46px", **axis)
        self._figure = bqplot.Figure(
            marks=[self._whiskers, *self._lines],
            axes=[self._across, self._up],
            fig_margin={"top": 12, "bottom": 48, "left": 62, "right": 18},
            animation_duration=0,
            display_toolbar=False,
            layout={"width": "100%", "height": "280px"},
        )
        self._figure.add_class("wb-plot")
        self._caption = ipywidgets.HTML()
        self._caption.add_class("wb-text")
        self.widget = ipywidgets.VBox([self._caption])

    def draw(self, grid: Grid, words: str = "") -> None:
        """Show what is there of the grid; axes follow all of its columns. `words`: HTML above."""
        shown = (self._figure, self._caption) if grid.cells else (self._caption,)
        if self.widget.children != shown:  # bqplot stumbles over figures that are there but hidden
            self.widget.children = shown
        numbers = [float(column) for column in grid.columns] or [0.0, 1.0]
        spread = (max(numbers) - min(numbers)) or 1.0
        self._x.min, self._x.max = min(numbers) - 0.04 * spread, max(numbers) + 0.04 * spread
        cells = list(grid.cells.values())
        tops = [_scaled(cell, cell.high if cell.high is not None else cell.value) for cell in cells]
        self._y.max = 1.08 * max(tops, default=1.0) or 1.0
        self._across.label, self._up.label = str(self._across_text), str(self._up_text)
        for row, line in zip(grid.rows, self._lines, strict=False):
            points = [
                (float(c), grid.cells[row, c]) for c in grid.columns if (row, c) in grid.cells
            ]
            self._put(line, [(x, _scaled(cell, cell.value)) for x, cell in points])
        self._put_ends(self._ends(grid))
        show_ticks(self._across)
        show_ticks(self._up)
        self._tell(grid, words)

    def _ends(self, grid: Grid) -> list[tuple[float, float, float]]:
        return [
            (float(column), _scaled(cell, cell.low), _scaled(cell, cell.high))
            for (_row, column), cell in grid.cells.items()
            if cell.low is not None and cell.high is not None
        ]

    def _put_ends(self, ends: Sequence[tuple[float, float, float]]) -> None:
        """Rows of an array: gaps in one line too are drawn, but not without an error in the log."""
        values = np.array(ends or [(0.0, 0.0, 0.0)], float)
        with self._whiskers.hold_sync():
            self._whiskers.x, self._whiskers.y = values[:, [0, 0]], values[:, 1:]
            self._whiskers.visible = bool(ends)

    def _put(self, mark: bqplot.Lines, points: Sequence[tuple[float, float]]) -> None:
        values = np.array(points or [(0.0, 0.0)], float)
        with mark.hold_sync():
            mark.x, mark.y, mark.visible = values[:, 0], values[:, 1], bool(points)

    def _tell(self, grid: Grid, words: str) -> None:
        page().give_name(self._figure, f"{self._name}; {_('the table below has the numbers')}",
                         role="img")  # fmt: skip
        keys = ", ".join(
            f'<span style="color:{colour}">{shape}</span> {name_text(row)}'
            for row, colour, shape in zip(grid.rows, COLOURS, SHAPES, strict=False)
        )
        if not grid.cells:
            empty = words or _("not measured yet: press the button")
            self._caption.value = f'<p class="wb-empty">{empty}</p>'
            return
        self._caption.value = (
            f'<p>{words}</p><p class="wb-caption">{keys}. {how_got(grid)}</p><details>'
            f"<summary>{_('the numbers')}</summary>{table(grid, self._across_text)}</details>"
        )


def _scaled(cell: Quantity, value: float) -> float:
    return value * SCALED.get(cell.unit, 1.0)
