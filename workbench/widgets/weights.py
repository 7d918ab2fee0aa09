"""The trained weights by value, and which of them pruning and rounding made zero."""

import bqplot
import ipywidgets
import numpy as np

from workbench.figures.palette import BASELINE, CANDIDATE, PINNED, PRUNED
from workbench.locale import _, decimal
from workbench.measurement import WeightHistogram
from workbench.widgets.axes import show_ticks
from workbench.widgets.page import page
from workbench.widgets.state import State, View

NOTHING = WeightHistogram(edges=(-1.0, 1.0), kept=(0,), pruned=(0,), rounded=(0,))
MOST_VALUES = 7  # on the way across: zero in the middle, and as many on either side


class Weights:
    """A stacked histogram: kept weights below, those rounded to zero, pruned ones on top."""

    def __init__(self) -> None:
        # Limits from the start: bqplot cannot label an axis of nothing.
        self._x = bqplot.LinearScale(min=-1.0, max=1.0, allow_padding=False)
        self._y = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        self._bars = bqplot.Bars(
            x=[0.0],
            y=[[0.0], [0.0], [0.0]],
            scales={"x": self._x, "y": self._y},
            type="stacked",
            colors=[CANDIDATE, PINNED, PRUNED],
            padding=0.05,
        )
        self._border = bqplot.Lines(
            x=[[0.0, 0.0], [0.0, 0.0]],
            y=[[0.0, 1.0], [0.0, 1.0]],
            scales={"x": self._x, "y": self._y},
            colors=[PRUNED],
            line_style="dashed",
            visible=False,
        )
        axis = {"grid_lines": "none", "color": BASELINE}
        self._across = bqplot.Axis(scale=self._x, label_offset="36px", **axis)
        self._up = bqplot.Axis(scale=self._y, orientation="vertical", label_offset="70px", **axis)
        self._figure = bqplot.Figure(
            marks=[self._bars, self._border],
            axes=[self._across, self._up],
            fig_margin={"top": 10, "bottom": 48, "left": 86, "right": 16},
            animation_duration=0,
            display_toolbar=False,
            layout={"width": "100%", "height": "260px"},
        )
        self._figure.add_class("wb-plot")
        self._caption = ipywidgets.HTML()
        self.widget = ipywidgets.VBox([self._figure, self._caption])
        self.view = View(key=lambda s: s.answer, draw=self._draw)

    def _draw(self, state: State) -> None:
        self._across.label, self._up.label = _("value of a trained weight"), _("weights")
        weights = state.answer.weights if state.answer else NOTHING
        edges = np.array(weights.edges)
        unrounded = (0,) * len(weights.kept)
        counts = np.array([weights.kept, weights.rounded or unrounded, weights.pruned], float)
        self._x.min, self._x.max = float(edges[0]), float(edges[-1])
        self._y.max = float(counts.sum(axis=0).max()) or 1.0
        with self._bars.hold_sync():
            self._bars.x, self._bars.y = (edges[:-1] + edges[1:]) / 2, counts
        self._show_border(weights.threshold)
        show_ticks(self._across, MOST_VALUES)
        show_ticks(self._up)
        self._tell(weights)

    def _show_border(self, threshold: float | None) -> None:
        """Two lines between which all weights went; the slider moves them."""
        ends = threshold or 0.0
        with self._border.hold_sync():
            self._border.x = [[-ends, -ends], [ends, ends]]
            self._border.y = [[0.0, self._y.max]] * 2
            self._border.visible = threshold is not None

    def _tell(self, weights: WeightHistogram) -> None:
        """The numbers, and what the colours mean; nothing of zeros that nobody counted."""
        told = {
            "kept": f"{decimal(sum(weights.kept))} {_('kept')}",
            "pruned": f"{decimal(sum(weights.pruned))} {_('pruned')}",
        }
        if weights.rounded:
            told["rounded"] = f"{decimal(sum(weights.rounded))} {_('rounded to zero')}"
        name = _("histogram of the weights: {words}").format(words=", ".join(told.values()))
        page().give_name(self._figure, name, role="img")
        if weights.threshold is not None:
            border = decimal(weights.threshold, 3)
            told["border"] = _("dashed: all between ±{border} went").format(border=border)
        keys = [f'<span class="wb-key wb-key-{key}"></span>{words}' for key, words in told.items()]
        self._caption.value = f'<p class="wb-caption">{", ".join(keys)}</p>'
