"""Bands of several trainings: median, lowest and highest of the seeds, for each batch size."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from statistics import median

from workbench.figures.matrix import numbers_below
from workbench.figures.palette import CANDIDATE, PINNED, PRUNED
from workbench.locale import Message, _, decimal, message, percent
from workbench.measurement import Grid
from workbench.widgets.heatmap import how_got
from workbench.widgets.plot import Plot, caption, nothing

LOOKS = (
    (PRUNED, "square", "\N{BLACK SQUARE}"),
    (CANDIDATE, "circle", "\N{BLACK CIRCLE}"),
    (PINNED, "triangle-up", "\N{BLACK UP-POINTING TRIANGLE}"),
)
SEPARATOR = "/"


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the seeds of one batch size had reached after `epoch` epochs: `count` of them so far."""

    epoch: int
    lowest: float
    middle: float
    highest: float
    count: int


def bands(grid: Grid) -> dict[str, tuple[Place, ...]]:
    """For each batch size the places that any seed has reached; rows `BATCH/SEED`, columns epochs.

    A training that diverged has no cells from there on, so that the count falls.
    """
    found: dict[str, tuple[Place, ...]] = {}
    for size in dict.fromkeys(_size(row) for row in grid.rows):
        rows = [row for row in grid.rows if _size(row) == size]
        places = (_place(grid, rows, column) for column in grid.columns)
        found[size] = tuple(place for place in places if place is not None)
    return found


def _size(row: str) -> str:
    return row.partition(SEPARATOR)[0]


def _place(grid: Grid, rows: Sequence[str], column: str) -> Place | None:
    values = [grid.cells[row, column].value for row in rows if (row, column) in grid.cells]
    if not values:
        return None
    return Place(
        epoch=int(column), lowest=min(values), middle=median(values), highest=max(values),
        count=len(values),
    )  # fmt: skip


class Band:
    """A line through the medians, and around it an area from the lowest to the highest seed."""

    def __init__(self, name: Message) -> None:
        up = message("accuracy on validation images (%)")
        self._plot = Plot(message("epochs"), up, name, height=320)
        self._areas = [
            self._plot.lines(
                colour, stroke_width=0.5, fill="inside", fill_colors=[colour],
                fill_opacities=[0.22],
            )
            for colour, _marker, _shape in LOOKS
        ]  # fmt: skip
        self._medians = [
            self._plot.lines(colour, marker=marker, marker_size=44)
            for colour, marker, _shape in LOOKS
        ]
        self.widget = self._plot.widget

    def draw(self, grid: Grid) -> None:
        """Show what is there of the trainings."""
        found = bands(grid)
        marks = zip(self._areas, self._medians, strict=True)
        drawn = [*found.values(), *[()] * len(LOOKS)]
        for (area, line), places in zip(marks, drawn, strict=False):
            top = [(float(place.epoch), 100 * place.highest) for place in places]
            under = [(float(place.epoch), 100 * place.lowest) for place in reversed(places)]
            # An area needs a width: after a single place there is none yet.
            self._plot.put(area, [*top, *under] if len(places) > 1 else ())
            self._plot.put(line, [(float(p.epoch), 100 * p.middle) for p in places])
        last = max((int(column) for column in grid.columns), default=1)
        self._plot.limits((-0.1, last + 0.1), (0.0, 101.0))
        self._plot.name_axes()
        self._plot.show(_words(grid, found), is_drawn=bool(grid.cells))


def _words(grid: Grid, found: dict[str, tuple[Place, ...]]) -> str:
    if not grid.cells:
        return nothing(escape(_("not measured yet: press the button")))
    keys = "; ".join(
        f'<span style="color:{colour}" aria-hidden="true">{shape}</span>'
        f" {escape(_('batch {n}').format(n=size))}"
        for size, (colour, _marker, shape) in zip(found, LOOKS, strict=False)
    )
    rule = _("The line is the median of the seeds, the band goes from the lowest to the highest.")
    lost = _lost(found)
    return caption(f"{keys}. {escape(rule)} {lost}{how_got(grid)}") + _table(grid, found)


def _lost(found: dict[str, tuple[Place, ...]]) -> str:
    """A word on seeds that did not come as far as others."""
    if all(places[-1].count == places[0].count for places in found.values() if places):
        return ""
    words = _(
        "Where the table counts fewer seeds than at first, the others diverged or are on their way."
    )
    return escape(words) + " "


def _table(grid: Grid, found: dict[str, tuple[Place, ...]]) -> str:
    heads = (_("epochs"), *(_("batch {n}").format(n=size) for size in found))
    places = {(size, place.epoch): place for size, every in found.items() for place in every}
    rows = [
        (decimal(int(column)), *(_cell(places.get((size, int(column)))) for size in found))
        for column in grid.columns
    ]
    return f'<div class="wb-drawing-figure">{numbers_below(heads, rows)}</div>'


def _cell(place: Place | None) -> str:
    if place is None:
        return ""
    ends = f"{decimal(100 * place.lowest, 1)}–{decimal(100 * place.highest, 1)}"
    count = escape(_("seeds: {n}").format(n=decimal(place.count)))
    return f"{percent(place.middle)}<br><small>{ends}<br>{count}</small>"
