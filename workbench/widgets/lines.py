"""A grid of measured numbers as lines over numeric columns, each point with its interval."""

from workbench.figures.palette import BASELINE, CANDIDATE, PINNED, PRUNED, TRAIL
from workbench.locale import Message, _
from workbench.measurement import Grid, Quantity
from workbench.widgets.heatmap import how_got, table
from workbench.widgets.plot import Plot, caption, nothing
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
        self._across = across
        self._plot = Plot(across, up, name, height=280)
        self._whiskers = self._plot.lines(BASELINE, stroke_width=1.5)
        self._lines = [
            self._plot.lines(colour, marker=marker)
            for colour, marker in zip(COLOURS, MARKERS, strict=True)
        ]
        self.widget = self._plot.widget

    def draw(self, grid: Grid, words: str = "") -> None:
        """Show what is there of the grid; axes follow all of its columns. `words`: HTML above."""
        numbers = [float(column) for column in grid.columns] or [0.0, 1.0]
        spread = (max(numbers) - min(numbers)) or 1.0
        cells = list(grid.cells.values())
        tops = [_scaled(cell, cell.high if cell.high is not None else cell.value) for cell in cells]
        self._plot.limits(
            (min(numbers) - 0.04 * spread, max(numbers) + 0.04 * spread),
            (0.0, 1.08 * max(tops, default=1.0) or 1.0),
        )
        for row, line in zip(grid.rows, self._lines, strict=False):
            points = [
                (float(c), grid.cells[row, c]) for c in grid.columns if (row, c) in grid.cells
            ]
            self._plot.put(line, [(x, _scaled(cell, cell.value)) for x, cell in points])
        self._plot.segments(self._whiskers, self._ends(grid))
        self._plot.name_axes()
        self._plot.show(self._told(grid, words), is_drawn=bool(grid.cells))

    def _ends(self, grid: Grid) -> list[tuple[float, float, float]]:
        return [
            (float(column), _scaled(cell, cell.low), _scaled(cell, cell.high))
            for (_row, column), cell in grid.cells.items()
            if cell.low is not None and cell.high is not None
        ]

    def _told(self, grid: Grid, words: str) -> str:
        if not grid.cells:
            return nothing(words or _("not measured yet: press the button"))
        keys = ", ".join(
            f'<span style="color:{colour}">{shape}</span> {name_text(row)}'
            for row, colour, shape in zip(grid.rows, COLOURS, SHAPES, strict=False)
        )
        return (
            f"<p>{words}</p>{caption(f'{keys}. {how_got(grid)}')}<details>"
            f"<summary>{_('the numbers')}</summary>{table(grid, self._across)}</details>"
        )


def _scaled(cell: Quantity, value: float) -> float:
    return value * SCALED.get(cell.unit, 1.0)
