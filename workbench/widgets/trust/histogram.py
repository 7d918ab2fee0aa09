"""Histograms of single calls, some runs over each other, with percentiles of the last."""

from collections.abc import Sequence
from html import escape

import ipywidgets
import numpy as np

from workbench.figures.palette import BASELINE, CANDIDATE, PINNED, PRUNED
from workbench.locale import _, message, percent
from workbench.measurement import Grid
from workbench.measurement.noise import Conditions, Timed
from workbench.widgets.heatmap import how_got, table
from workbench.widgets.plot import Plot, Points, caption, nothing

COLUMNS = ("p10_ms", "p50_ms", "p90_ms", "band", "cpu_share")
PERCENTILES = {"p10_ms": "p10", "p50_ms": "p50", "p90_ms": "p90"}
BINS = 60
SHOWN_UP_TO = 0.95
OTHERS = ((BASELINE, "dashed"), (PINNED, "dotted"), (PRUNED, "dash_dotted"))
LOOKS = ((CANDIDATE, "solid"), (BASELINE, "dashed"), (PINNED, "dotted"), (PRUNED, "dashed"))
NUMBERS = ("①", "②", "③", "④")


class Histogram:
    """The last run filled, others as outlines; what lies far to the right is counted in words."""

    def __init__(self) -> None:
        self._plot = Plot(
            message("milliseconds of one call"),
            message("share of the calls (%)"),
            message("histogram of the time of single calls"),
        )
        self._others = [self._plot.lines(colour, line_style=style) for colour, style in OTHERS]
        self._last = self._plot.lines(CANDIDATE, fill="bottom", fill_opacities=[0.25])
        self._marks = self._plot.lines(CANDIDATE, stroke_width=1.5, line_style="dashed")
        self._labels = self._plot.labels(colors=[CANDIDATE], default_size=12)
        self._table = ipywidgets.HTML()
        self._table.add_class("wb-map")
        self.widget = ipywidgets.VBox([self._plot.widget, self._table])
        self.widget.add_class("wb-figures")

    def draw(self, last: Timed | None, others: Sequence[Timed] = ()) -> None:
        """Show the last run over others, of which three at most are drawn."""
        runs = [run for run in (last, *others[: len(OTHERS)]) if run is not None and run.quantities]
        self._plot.name_axes()
        self._table.value = _table(runs)
        if last is None or not last.quantities:
            self._plot.show(nothing(escape(_("not measured yet: press the button"))),
                            is_drawn=False)  # fmt: skip
            return
        left, right = _limits(runs)
        edges = np.linspace(left, right, BINS + 1)
        steps = [_steps(run, edges) for run in runs]
        top = 1.18 * max(height for line in steps for _x, height in line)
        self._plot.limits((left, right), (0.0, top))
        self._plot.put(self._last, steps[0])
        for at, mark in enumerate(self._others):
            self._plot.put(mark, steps[at + 1] if at + 1 < len(steps) else [])
        self._put_percentiles(last, top)
        self._plot.show(
            _told(runs, right), is_drawn=True, described=_("its percentiles are in the table below")
        )

    def _put_percentiles(self, run: Timed, top: float) -> None:
        found = {label: run.quantities[name].value for name, label in PERCENTILES.items()}
        self._plot.segments(self._marks, [(value, 0.0, 0.9 * top) for value in found.values()])
        # One above the other: in a narrow histogram they would cover each other.
        heights = (0.8 * top, 0.86 * top, 0.92 * top)
        points = list(zip(found.values(), heights, strict=True))
        self._plot.put(self._labels, points, text=list(found))


def run_name(conditions: Conditions) -> str:
    """The conditions of a run in one line."""
    setting = conditions.setting
    beside = _("busy neighbours: {n}").format(n=conditions.neighbours)
    parts = [
        setting.model,
        setting.engine if setting.device == "cpu" else f"{setting.engine} ({setting.device})",
        _("batch of {n}").format(n=setting.inference_batch),
        _("warm") if conditions.start == "warm" else _("cold"),
        _("threads: {n}").format(n=conditions.threads),
        *([beside] if conditions.neighbours else []),
    ]
    return ", ".join(parts)


def _limits(runs: Sequence[Timed]) -> tuple[float, float]:
    """From the fastest call to where hardly any is; a little room on both sides."""
    fastest = min(min(run.samples_ms) for run in runs)
    slow = max(float(np.quantile(run.samples_ms, SHOWN_UP_TO)) for run in runs)
    room = 0.15 * (slow - fastest) or 0.1 * slow
    return max(0.0, fastest - room), slow + 2 * room


def _steps(run: Timed, edges: np.ndarray) -> Points:
    """The outline of the histogram, in per cent of all calls of the run."""
    counts, _edges = np.histogram(run.samples_ms, edges)
    heights = np.repeat(100 * counts / len(run.samples_ms), 2)
    places = np.repeat(edges, 2)
    return list(zip(places.tolist(), [0.0, *heights.tolist(), 0.0], strict=True))


def _told(runs: Sequence[Timed], right: float) -> str:
    keys = "<br>".join(
        _key(number, colour, style, run, right)
        for number, run, (colour, style) in zip(NUMBERS, runs, LOOKS, strict=False)
    )
    return caption(keys)


def _table(runs: Sequence[Timed]) -> str:
    if not runs:
        return ""
    names = NUMBERS[: len(runs)]
    grid = Grid(
        rows=names,
        columns=COLUMNS,
        cells={
            (name, column): run.quantities[column]
            for name, run in zip(names, runs, strict=True)
            for column in COLUMNS
        },
    )
    return f"{table(grid, message('run'))}{caption(how_got(grid))}"


def _key(number: str, colour: str, style: str, run: Timed, right: float) -> str:
    line = f'<span class="wb-line" style="border-top-style:{style};border-color:{colour}"></span>'
    engine = f" ({escape(str(run.engine))})" if run.engine else ""
    return f"{line}{number} {escape(run_name(run.conditions))}{engine}{_beyond(run, right)}"


def _beyond(run: Timed, right: float) -> str:
    share = float(np.mean(np.array(run.samples_ms) > right))
    if share == 0:
        return ""
    words = _("{share} of its calls took longer than the axis reaches")
    return f"; {escape(words.format(share=percent(share, 1)))}"
