"""One layer's activations by value, and the range that quantization keeps of them."""

from html import escape

import bqplot
import ipywidgets
import numpy as np

from workbench.figures.matrix import numbers_below
from workbench.figures.palette import BASELINE, CANDIDATE, PINNED, PRUNED
from workbench.locale import _, decimal, percent
from workbench.measurement import ActivationHistogram
from workbench.widgets.axes import show_ticks
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import QUANTITIES, signed, value_text

MARGIN = 0.04  # of the range, so that a limit at its end is seen


class Activations:
    """A histogram, its counts by powers of ten, with a line where the range begins and ends."""

    def __init__(self) -> None:
        self._x = bqplot.LinearScale(min=-1.0, max=1.0, allow_padding=False)
        self._y = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        scales = {"x": self._x, "y": self._y}
        self._bars = bqplot.Bars(
            x=[0.0], y=[[0.0], [0.0]], scales=scales, type="stacked",
            colors=[CANDIDATE, PRUNED], padding=0.05,
        )  # fmt: skip
        self._limits = bqplot.Lines(
            x=[[0.0, 0.0]], y=[[0.0, 0.0]], scales=scales, colors=[PINNED], stroke_width=3,
            line_style="dashed",
        )  # fmt: skip
        axis = {"grid_lines": "none", "color": BASELINE}
        self._across = bqplot.Axis(scale=self._x, label_offset="36px", **axis)
        self._up = bqplot.Axis(scale=self._y, orientation="vertical", label_offset="70px", **axis)
        self._figure = bqplot.Figure(
            marks=[self._bars, self._limits],
            axes=[self._across, self._up],
            fig_margin={"top": 10, "bottom": 48, "left": 86, "right": 16},
            animation_duration=0,
            display_toolbar=False,
            layout={"width": "100%", "height": "260px"},
        )
        self._figure.add_class("wb-plot")
        self._caption = ipywidgets.HTML()
        self._caption.add_class("wb-drawing")
        self.widget = ipywidgets.VBox([self._caption])
        self.view = View(key=lambda s: s.answer, draw=self._draw)

    def _draw(self, state: State) -> None:
        closeup = state.answer.closeup if state.answer else None
        found = closeup.activations if closeup else None
        shown = (self._figure, self._caption) if found else (self._caption,)
        if self.widget.children != shown:  # bqplot stumbles over figures that are there but hidden
            self.widget.children = shown
        if found is not None:
            self._put(found)
            self._tell(found, state)
            return
        words = (
            _("the activations come with the first answer")
            if state.answer is None
            else _("Activations stay floating-point numbers here: choose fewer activation bits.")
        )
        self._caption.value = f'<p class="wb-empty">{escape(words)}</p>'

    def _put(self, found: ActivationHistogram) -> None:
        self._across.label = _("value of an activation of {layer}").format(layer=found.layer)
        self._up.label = _("activations")
        edges, counts = np.array(found.edges), np.array(found.counts)
        heights = _heights(counts)
        clipped = _is_clipped(found)
        low, high = min(edges[0], found.low), max(edges[-1], found.high)
        margin = MARGIN * (high - low)
        self._x.min, self._x.max = float(low - margin), float(high + margin)
        self._y.max = float(np.ceil(heights.max(initial=1)))
        with self._bars.hold_sync():
            self._bars.x = (edges[:-1] + edges[1:]) / 2
            self._bars.y = np.where([~clipped, clipped], heights, 0.0)
        with self._limits.hold_sync():
            self._limits.x = np.array([[found.low] * 2, [found.high] * 2])
            self._limits.y = np.array([[0.0, self._y.max]] * 2)
        show_ticks(self._across)
        self._show_powers()

    def _show_powers(self) -> None:
        """Ticks where the counts are 0, 1, 10, 100, ..."""
        most = int(self._y.max)
        self._up.tick_labels = {
            str(height): decimal(10 ** (height - 1) if height else 0) for height in range(most + 1)
        }
        self._up.tick_values = np.arange(most + 1)

    def _tell(self, found: ActivationHistogram, state: State) -> None:
        share = _share(found)
        words = _(
            "Layer {layer}: {bits} bits from {low} to {high}; {share} of its activations lie in"
            " clipped bars."
        ).format(
            layer=found.layer, bits=found.bits, low=signed(found.low, 2),
            high=signed(found.high, 2), share=percent(share, 2),
        )  # fmt: skip
        page().give_name(self._figure, words, role="img")
        self._caption.value = (
            f'<p class="wb-caption">{escape(words)}{_everywhere(state)}<br>{_keys()}</p>'
            f"{_table(found)}"
        )


def _heights(counts: np.ndarray) -> np.ndarray:
    """0 for none, then 1 for one, 2 for ten: after ReLU one bar would flatten all others."""
    return np.where(counts > 0, 1 + np.log10(np.maximum(counts, 1)), 0.0)


def _is_clipped(found: ActivationHistogram) -> np.ndarray:
    """Which bars have their middle outside of the range."""
    middles = (np.array(found.edges[:-1]) + np.array(found.edges[1:])) / 2
    outside: np.ndarray = (middles < found.low) | (middles > found.high)
    return outside


def _share(found: ActivationHistogram) -> float:
    counts = np.array(found.counts)
    return float(counts[_is_clipped(found)].sum() / max(1, counts.sum()))


def _everywhere(state: State) -> str:
    """The share over all layers, counted exactly, where it is known."""
    known = state.answer.quantities.get("clipped_share") if state.answer else None
    if known is None:
        return ""
    told = _("In all layers: {name} {value}.").format(
        name=QUANTITIES["clipped_share"], value=value_text(known)
    )
    return " " + escape(told)


def _keys() -> str:
    return (
        f'<span class="wb-key wb-key-kept"></span>{escape(_("within the range"))},'
        f' <span class="wb-key wb-key-pruned"></span>{escape(_("clipped to its end"))},'
        f' <span class="wb-line wb-dashed" style="border-color:{PINNED}"></span>'
        f"{escape(_('ends of the range'))}. {escape(_('Each tick upwards is ten times as many.'))}"
    )


def _table(found: ActivationHistogram) -> str:
    heads = (_("value of an activation"), _("activations"), _("clipped"))
    clipped = _is_clipped(found)
    rows = [
        (f"{signed(low, 3)} … {signed(high, 3)}", decimal(count), escape(_("yes")) if out else "–")
        for low, high, count, out in zip(
            found.edges[:-1], found.edges[1:], found.counts, clipped, strict=True
        )
    ]
    return numbers_below(heads, rows)
