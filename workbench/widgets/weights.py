"""The trained weights by value, and which of them pruning took."""

import bqplot
import ipywidgets
import numpy as np

from workbench.figures.palette import BASELINE, CANDIDATE, PRUNED
from workbench.locale import _, decimal
from workbench.widgets.page import page
from workbench.widgets.state import State, View


class Weights:
    """A stacked histogram: kept weights below, pruned ones on top."""

    def __init__(self) -> None:
        # Limits from the start: bqplot cannot label an axis of nothing.
        self._x = bqplot.LinearScale(min=-1.0, max=1.0, allow_padding=False)
        self._y = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        self._bars = bqplot.Bars(
            x=[0.0],
            y=[[0.0], [0.0]],
            scales={"x": self._x, "y": self._y},
            type="stacked",
            colors=[CANDIDATE, PRUNED],
            padding=0.05,
        )
        axis = {"grid_lines": "none", "color": BASELINE}
        self._across = bqplot.Axis(scale=self._x, tick_format=".2f", **axis)
        self._up = bqplot.Axis(
            scale=self._y,
            orientation="vertical",
            tick_format=",d",
            num_ticks=5,
            label_offset="4.2em",
            **axis,
        )
        self._figure = bqplot.Figure(
            marks=[self._bars],
            axes=[self._across, self._up],
            fig_margin={"top": 10, "bottom": 48, "left": 64, "right": 16},
            animation_duration=0,
            layout={"width": "100%", "height": "260px"},
        )
        self._figure.add_class("wb-plot")
        self._caption = ipywidgets.HTML()
        self.widget = ipywidgets.VBox([self._figure, self._caption])
        self.view = View(key=lambda s: s.answer, draw=self._draw)

    def _draw(self, state: State) -> None:
        self._across.label, self._up.label = _("value of a trained weight"), _("weights")
        kept, pruned = 0, 0
        if state.answer is not None:
            weights = state.answer.weights
            edges = np.array(weights.edges)
            kept, pruned = sum(weights.kept), sum(weights.pruned)
            counts = np.array([weights.kept, weights.pruned], float)
            self._x.min, self._x.max = float(edges[0]), float(edges[-1])
            self._y.max = float(counts.sum(axis=0).max())
            with self._bars.hold_sync():
                self._bars.x, self._bars.y = (edges[:-1] + edges[1:]) / 2, counts
        words = _("{kept} weights kept, {pruned} set to zero").format(
            kept=decimal(kept), pruned=decimal(pruned)
        )
        page().give_name(
            self._figure, _("histogram of the weights: {words}").format(words=words), role="img"
        )
        self._caption.value = (
            f'<p class="wb-caption"><span class="wb-key wb-key-kept"></span>{_("kept")} '
            f'<span class="wb-key wb-key-pruned"></span>{_("pruned")}. {words}.</p>'
        )
