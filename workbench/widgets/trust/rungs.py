"""A grid of numbers as lines over columns that are named, not spaced: 1, 2, 4, 8 or 50, 100, 200.

Rows stand a little beside each other, so that their intervals can be compared.
"""

from collections.abc import Sequence
from html import escape

from workbench.figures.palette import BASELINE
from workbench.locale import Message, _, decimal
from workbench.measurement import Grid, Quantity
from workbench.widgets.axes import MOST_TICKS
from workbench.widgets.heatmap import how_got, table
from workbench.widgets.lines import COLOURS, MARKERS, SCALED, SHAPES
from workbench.widgets.plot import Plot, caption, nothing
from workbench.wording import name_text

APART = 0.08


class Rungs:
    """Some rows of a grid, each point with its interval; `from_zero` where lengths are compared."""

    def __init__(
        self,
        across: Message,
        up: Message,
        name: Message,
        *,
        rows: Sequence[str],
        from_zero: bool = True,
        scale: float = 1.0,
    ) -> None:
        """`scale`: by what numbers are multiplied before they are drawn; the table has them all."""
        self._across, self._rows = across, tuple(rows)
        self._from_zero, self._scale = from_zero, scale
        self._plot = Plot(across, up, name, height=260)
        self._levels = self._plot.lines(BASELINE, stroke_width=1.5, line_style="dashed")
        pairs = list(zip(self._rows, COLOURS, MARKERS, strict=False))
        self._whiskers = {row: self._plot.lines(colour) for row, colour, _mark in pairs}
        self._lines = {
            row: self._plot.lines(colour, marker=mark, stroke_width=1.5)
            for row, colour, mark in pairs
        }
        self.widget = self._plot.widget

    def draw(self, grid: Grid, words: str = "", levels: Sequence[float] = ()) -> None:
        """Show what is there; `words`: HTML above, `levels`: values at which dashed lines lie."""
        shown = [row for row in self._rows if row in grid.rows]
        for at, row in enumerate(shown):
            self._put(grid, row, APART * (at - (len(shown) - 1) / 2))
        cells = [cell for row in shown for cell in _cells(grid, row).values()]
        ends = [
            self._scaled(cell, end)
            for cell in cells
            for end in (cell.low, cell.value, cell.high)
            if end is not None
        ]
        right = len(grid.columns) - 0.5
        heights = [self._scaled(cells[0], level) for level in levels] if cells else []
        self._limit(right, [*ends, *heights])
        self._plot.polylines(
            self._levels, [[(-0.5, height), (right, height)] for height in heights]
        )
        self._plot.name_ticks(x=_apart([_number(column) for column in grid.columns]))
        self._plot.name_axes()
        self._plot.show(self._told(grid, shown, words), is_drawn=bool(ends))

    def _put(self, grid: Grid, row: str, beside: float) -> None:
        cells = {grid.columns.index(c) + beside: cell for c, cell in _cells(grid, row).items()}
        points = [(at, self._scaled(cell, cell.value)) for at, cell in cells.items()]
        self._plot.put(self._lines[row], points)
        self._plot.segments(
            self._whiskers[row],
            [
                (at, self._scaled(cell, cell.low), self._scaled(cell, cell.high))
                for at, cell in cells.items()
                if cell.low is not None and cell.high is not None
            ],
        )

    def _scaled(self, cell: Quantity, value: float) -> float:
        return value * self._scale * SCALED.get(cell.unit, 1.0)

    def _limit(self, right: float, ends: Sequence[float]) -> None:
        low, high = min(ends, default=0.0), max(ends, default=1.0) or 1.0
        bottom = 0.0 if self._from_zero else low - 0.05 * (high - low)
        self._plot.limits((-0.5, right), (bottom, high + 0.05 * (high - bottom)))

    def _told(self, grid: Grid, shown: Sequence[str], words: str) -> str:
        if not grid.cells:
            return nothing(escape(_("not measured yet: press the button")))
        keys = ", ".join(
            f'<span style="color:{colour}">{shape}</span> {escape(name_text(row))}'
            for row, colour, shape in zip(shown, COLOURS, SHAPES, strict=False)
        )
        above = f"<p>{words}</p>" if words else ""
        return (
            f"{above}{caption(f'{keys}. {how_got(grid)}')}<details>"
            f"<summary>{escape(_('the numbers'))}</summary>{table(grid, self._across)}</details>"
        )


def _cells(grid: Grid, row: str) -> dict[str, Quantity]:
    return {c: grid.cells[row, c] for c in grid.columns if (row, c) in grid.cells}


def _apart(names: Sequence[str]) -> list[str]:
    """Every second name left out where there are many: they would run together on a telephone."""
    step = 1 if len(names) <= MOST_TICKS else 2
    last = len(names) - 1
    # A blank, not "": bqplot writes the number of the place where a label is empty.
    return [name if (last - at) % step == 0 else "\N{NO-BREAK SPACE}"
            for at, name in enumerate(names)]  # fmt: skip


def _number(column: str) -> str:
    return decimal(int(column)) if column.isdigit() else column
