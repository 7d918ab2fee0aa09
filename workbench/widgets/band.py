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
DIVERGED = "diverged_epoch"


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

    A training that diverged has no cells from there on, so that the count falls; the cell
    (row, DIVERGED) says in which epoch.
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
    lost = _lost(grid)
    return caption(f"{keys}. {escape(rule)} {lost}{how_got(grid)}") + _table(grid, found)


def _lost(grid: Grid) -> str:
    """A word on trainings that diverged."""
    lost = sum((row, DIVERGED) in grid.cells for row in grid.rows)
    if not lost:
        return ""
    words = _("Trainings that diverged: {lost} of {n}; from there on they have no accuracy.")
    return escape(words.format(lost=decimal(lost), n=decimal(len(grid.rows)))) + " "


def _diverged_by(grid: Grid, size: str, epoch: int) -> int:
    """How many seeds of a batch size diverged up to an epoch."""
    ends = [grid.cells.get((row, DIVERGED)) for row in grid.rows if _size(row) == size]
    return sum(end is not None and end.value <= epoch for end in ends)


def _table(grid: Grid, found: dict[str, tuple[Place, ...]]) -> str:
    heads = (_("epochs"), *(_("batch {n}").format(n=size) for size in found))
    places = {(size, place.epoch): place for size, every in found.items() for place in every}
    rows = [
        (
            decimal(epoch),
            *(_cell(places.get((size, epoch)), _diverged_by(grid, size, epoch)) for size in found),
        )
        for epoch in map(int, grid.columns)
    ]
    return f'<div class="wb-drawing-figure">{numbers_below(heads, rows)}</div>'


def _cell(place: Place | None, lost: int) -> str:
    diverged = escape(_("diverged: {n}").format(n=decimal(lost))) if lost else ""
    if place is None:
        return f"<small>{diverged}</small>" if diverged else ""
    ends = f"{decimal(100 * place.lowest, 1)}–{decimal(100 * place.highest, 1)}"
    count = escape(_("seeds: {n}").format(n=decimal(place.count)))
    told = f"<br>{diverged}" if diverged else ""
    return f"{percent(place.middle)}<br><small>{ends}<br>{count}{told}</small>"
