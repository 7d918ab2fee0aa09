"""Accuracy against size: where each try of this session lies, and the way between them."""

import bqplot
import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench.figures.palette import BASELINE, CANDIDATE, PINNED, TRAIL
from workbench.locale import _
from workbench.measurement import Measurement, Quantities
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import QUANTITIES, setting_text, value_text

SIZE = "deflated_bytes"


class Plane:
    """A live scatter in the browser; the pinned result sets the axes, so that nothing jumps."""

    def __init__(self) -> None:
        self._x = bqplot.LinearScale(min=0.0, max=100.0, allow_padding=False)
        self._y = bqplot.LinearScale(min=0.0, max=100.0, allow_padding=False)
        scales = {"x": self._x, "y": self._y}
        self._trail = bqplot.Lines(x=[], y=[], scales=scales, colors=[TRAIL], stroke_width=1.5)
        self._tried = bqplot.Scatter(x=[], y=[], scales=scales, colors=[TRAIL], default_size=36)
        self._pinned = bqplot.Scatter(
            x=[], y=[], scales=scales, colors=[PINNED], marker="diamond", default_size=140
        )
        self._interval = bqplot.Lines(x=[], y=[], scales=scales, colors=[CANDIDATE], stroke_width=3)
        self._now = bqplot.Scatter(x=[], y=[], scales=scales, colors=[CANDIDATE], default_size=110)
        grid = {"grid_lines": "solid", "grid_color": BASELINE + "55", "color": BASELINE}
        self._across = bqplot.Axis(scale=self._x, tick_format="d", **grid)
        self._up = bqplot.Axis(
            scale=self._y,
            orientation="vertical",
            tick_values=np.arange(0.0, 101.0, 20.0),
            tick_format="d",
            **grid,
        )
        self._figure = bqplot.Figure(
            marks=[self._trail, self._tried, self._pinned, self._interval, self._now],
            axes=[self._across, self._up],
            fig_margin={"top": 10, "bottom": 48, "left": 56, "right": 16},
            animation_duration=0,
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
        self._place(self._trail, points)
        self._place(self._tried, points)
        pinned = [_point(state.reference.quantities)] if state.reference else []
        self._place(self._pinned, np.array(pinned).reshape(-1, 2))
        sizes = [point[0] for point in (*points, *pinned)]
        if sizes:
            self._x.max = float(max(sizes)) * 1.08
        self._draw_now(state)

    def _draw_now(self, state: State) -> None:
        """The large dot stays where it was until both numbers of the new setting are known."""
        if not {"accuracy", SIZE} <= state.fresh:
            return
        self._place(self._now, np.array([_point(state.quantities)]))
        accuracy, size = state.quantities["accuracy"], state.quantities[SIZE].value / 1024
        low, high = accuracy.low or accuracy.value, accuracy.high or accuracy.value
        self._place(self._interval, np.array([[size, 100 * low], [size, 100 * high]]))

    def _place(self, mark: bqplot.Mark, points: NDArray[np.float64]) -> None:
        if np.array_equal(mark.x, points[:, 0]) and np.array_equal(mark.y, points[:, 1]):
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


def _point(quantities: Quantities) -> tuple[float, float]:
    return quantities[SIZE].value / 1024, 100 * quantities["accuracy"].value
