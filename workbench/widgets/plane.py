"""Accuracy against size: where each try of this session lies, and the way between them."""

import bqplot
import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench.figures.palette import BASELINE, CANDIDATE, PINNED, TRAIL
from workbench.locale import _
from workbench.measurement import Measurement, Quantities
from workbench.widgets.axes import show_ticks
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import QUANTITIES, setting_text, value_text

SIZE = "deflated_bytes"
GAP = (np.nan, np.nan)
MARGIN = 5.0
LEAST_RANGE = 20.0
# Where there are grid lines, bqplot writes the numbers onto the ends of the axis.
BELOW_AXIS = {"transform": "translate(0, 5px)"}
BESIDE_AXIS = {"transform": "translate(-5px, 0)"}


class Plane:
    """A live scatter in the browser; its axes only ever widen for a data set, so nothing jumps."""

    def __init__(self) -> None:
        self._x = bqplot.LinearScale(min=0.0, max=100.0, allow_padding=False)
        self._y = bqplot.LinearScale(min=100.0 - LEAST_RANGE, max=100.0, allow_padding=False)
        self._lowest: dict[str, float] = {}
        scales = {"x": self._x, "y": self._y}
        self._trail = bqplot.Lines(x=[], y=[], scales=scales, colors=[TRAIL], stroke_width=1.5)
        self._tried = bqplot.Scatter(x=[], y=[], scales=scales, colors=[TRAIL], default_size=36)
        self._pinned = bqplot.Scatter(
            x=[], y=[], scales=scales, colors=[PINNED], marker="diamond", default_size=140
        )
        self._interval = bqplot.Lines(x=[], y=[], scales=scales, colors=[CANDIDATE], stroke_width=3)
        self._now = bqplot.Scatter(x=[], y=[], scales=scales, colors=[CANDIDATE], default_size=110)
        grid = {"grid_lines": "solid", "grid_color": BASELINE + "55", "color": BASELINE}
        self._across = bqplot.Axis(
            scale=self._x, label_offset="38px", tick_style=BELOW_AXIS, **grid
        )
        self._up = bqplot.Axis(
            scale=self._y,
            orientation="vertical",
            label_offset="40px",
            tick_style=BESIDE_AXIS,
            **grid,
        )
        self._figure = bqplot.Figure(
            marks=[self._trail, self._tried, self._pinned, self._interval, self._now],
            axes=[self._across, self._up],
            fig_margin={"top": 10, "bottom": 48, "left": 56, "right": 16},
            animation_duration=0,
            display_toolbar=False,
            layout={"width": "100%", "height": "300px"},
        )
        self._figure.add_class("wb-plot")
        self._caption = ipywidgets.HTML()
        self.widget = ipywidgets.VBox([self._figure, self._caption])
        self.view = View(
            key=lambda s: (s.quantities, s.fresh, s.history, s.reference), draw=self._draw
        )

    def _draw(self, state: State) -> None:
        self._label(state)
        tried = [m for m in state.history if m.setting.dataset == state.setting.dataset]
        points = np.array([_point(m.quantities) for m in tried]).reshape(-1, 2)
        self._place(self._trail, np.array(_way(state)).reshape(-1, 2))
        self._place(self._tried, points)
        pinned = [_point(state.reference.quantities)] if state.reference else []
        self._place(self._pinned, np.array(pinned).reshape(-1, 2))
        now = [_point(state.quantities)] if _is_known(state) else []
        self._fit(state.setting.dataset, np.array([*points, *pinned, *now]).reshape(-1, 2))
        self._draw_now(state)

    def _fit(self, dataset: str, points: NDArray[np.float64]) -> None:
        """All in sight, and small losses too: from below the lowest accuracy seen, to 100 %."""
        if len(points):
            lowest = min(float(points[:, 1].min()), self._lowest.get(dataset, 100.0))
            self._lowest[dataset] = lowest
            self._y.min = max(0.0, min((lowest - MARGIN) // 10 * 10, 100.0 - LEAST_RANGE))
            self._x.max = float(points[:, 0].max()) * 1.08
        show_ticks(self._across)
        show_ticks(self._up)

    def _draw_now(self, state: State) -> None:
        """The large dot stays where it was until both numbers of the new setting are known."""
        if not _is_known(state):
            return
        self._place(self._now, np.array([_point(state.quantities)]))
        accuracy, size = state.quantities["accuracy"], state.quantities[SIZE].value / 1024
        low, high = accuracy.ends
        self._place(self._interval, np.array([[size, 100 * low], [size, 100 * high]]))

    def _place(self, mark: bqplot.Mark, points: NDArray[np.float64]) -> None:
        old = np.stack([mark.x, mark.y], axis=1)
        if np.array_equal(old, points, equal_nan=True):
            return
        with mark.hold_sync():
            mark.x, mark.y = points[:, 0], points[:, 1]

    def _label(self, state: State) -> None:
        self._across.label = _("file, deflated (KiB)")
        self._up.label = _("accuracy (%)")
        page().give_name(self._figure, self._described(state.history), role="img")
        self._caption.value = (
            '<p class="wb-caption">'
            + _(
                "Large dot: now, with its 95 % interval. Diamond: the pinned result."
                " Small dots: what you tried, in order. Better is up and to the left."
            )
            + "</p>"
        )

    def _described(self, history: tuple[Measurement, ...]) -> str:
        last = [
            f"{setting_text(m.setting)}: {QUANTITIES['accuracy']}"
            f" {value_text(m.quantities['accuracy'])},"
            f" {QUANTITIES[SIZE]} {value_text(m.quantities[SIZE])}"
            for m in history[-3:]
        ]
        return _("accuracy against size of {n} tries; the last: {last}").format(
            n=len(history), last="; ".join(last) or "-"
        )


def _is_known(state: State) -> bool:
    return {"accuracy", SIZE} <= state.fresh


def _way(state: State) -> list[tuple[float, float]]:
    """What was tried, in order, with a gap where another network or data set came next."""
    way: list[tuple[float, float]] = []
    trainings = [m.setting.training for m in state.history]
    for m, before in zip(state.history, [None, *trainings], strict=False):
        if before not in (None, m.setting.training):
            way.append(GAP)
        if m.setting.dataset == state.setting.dataset:
            way.append(_point(m.quantities))
    return way


def _point(quantities: Quantities) -> tuple[float, float]:
    return quantities[SIZE].value / 1024, 100 * quantities["accuracy"].value
