"""A bqplot figure in the style of the house: there only when it has something to draw."""

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

import bqplot
import ipywidgets
import numpy as np

from workbench.figures.palette import BASELINE
from workbench.locale import Message, _
from workbench.widgets.axes import MOST_TICKS, show_ticks
from workbench.widgets.page import page

Points = Sequence[tuple[float, float]]
MARGINS = {"top": 12, "bottom": 48, "left": 62, "right": 18}


class Plot:
    """Two axes, marks, and words below; `show` takes the figure in or out."""

    def __init__(
        self,
        across: Message,
        up: Message,
        name: Message,
        *,
        height: int = 300,
        counts: bool = False,
    ) -> None:
        """`counts`: what lies across is counted, so that its ticks are whole numbers."""
        self._across_text, self._up_text, self._name = across, up, name
        self._x = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        self._y = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        self._scales = {"x": self._x, "y": self._y}
        axis = {"grid_lines": "none", "color": BASELINE}
        self._across = bqplot.Axis(scale=self._x, label_offset="36px", **axis)
        self._up = bqplot.Axis(scale=self._y, orientation="vertical", label_offset="46px", **axis)
        self._counts = counts
        self._named: set[str] = set()
        self._figure = bqplot.Figure(
            marks=[],
            axes=[self._across, self._up],
            fig_margin=dict(MARGINS),
            animation_duration=0,
            display_toolbar=False,
            layout={"width": "100%", "height": f"{height}px"},
        )
        self._figure.add_class("wb-plot")
        self._words = ipywidgets.HTML()
        self._words.add_class("wb-text")
        self.widget = ipywidgets.VBox([self._words])

    def lines(self, colour: str, **look: Any) -> bqplot.Lines:
        """One more line, unseen until it has points: bqplot stumbles over lines of nothing."""
        return self._add(
            bqplot.Lines(
                x=[0.0], y=[0.0], scales=self._scales, colors=[colour], visible=False,
                **{"stroke_width": 2, **look},
            )
        )  # fmt: skip

    def dots(self, colour: str, **look: Any) -> bqplot.Scatter:
        """Some more dots, unseen until there are any."""
        return self._add(
            bqplot.Scatter(
                x=[0.0], y=[0.0], scales=self._scales, colors=[colour], visible=False,
                **{"default_size": 60, **look},
            )
        )  # fmt: skip

    def labels(self, **look: Any) -> bqplot.Label:
        """Words at points, unseen until there are any."""
        return self._add(
            bqplot.Label(
                x=[0.0], y=[0.0], text=[""], scales=self._scales, align="middle", visible=False,
                **look,
            )
        )  # fmt: skip

    def _add(self, mark: Any) -> Any:
        self._figure.marks = [*self._figure.marks, mark]
        return mark

    def put(self, mark: Any, points: Points, **look: Any) -> None:
        """Draw a mark through or at these points; none hide it. `look`: further traits."""
        if not points:  # what was drawn before need not be sent anew to be hidden
            mark.visible = False
            return
        values = np.array(list(points), float)
        with mark.hold_sync():
            mark.x, mark.y, mark.visible = values[:, 0], values[:, 1], True
            for name, value in look.items():
                setattr(mark, name, value)

    def segments(self, mark: Any, ends: Sequence[tuple[float, float, float]]) -> None:
        """Upright segments, (x, low, high) each; none hide them.

        Rows of an array: bqplot draws gaps in one line too, but not without an error in the log.
        """
        values = np.array(list(ends) or [(0.0, 0.0, 0.0)], float)
        with mark.hold_sync():
            mark.x, mark.y, mark.visible = values[:, [0, 0]], values[:, 1:], bool(ends)

    def polylines(self, mark: Any, lines: Sequence[Points]) -> None:
        """Several lines as one mark; shorter ones stay at their last point, none hide it."""
        # At least two points: bqplot takes a column of single ones for one line.
        longest = max([2, *map(len, lines)])
        rows = np.array(
            [[*line, *[line[-1]] * (longest - len(line))] for line in lines or [[(0.0, 0.0)]]],
            float,
        )
        with mark.hold_sync():
            mark.x, mark.y, mark.visible = rows[:, :, 0], rows[:, :, 1], bool(lines)

    def limits(
        self, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None
    ) -> None:
        """The ends of the axes."""
        if x is not None:
            self._x.min, self._x.max = x
        if y is not None:
            self._y.min, self._y.max = y

    def name_ticks(self, *, x: Sequence[str] = (), y: Sequence[str] = ()) -> None:
        """Axes whose places 0, 1, 2 ... have names instead of numbers."""
        for axis, names in ((self._across, x), (self._up, y)):
            if names:
                axis.tick_labels = {str(place): name for place, name in enumerate(names)}
                axis.tick_values = np.arange(len(names), dtype=float)
                self._named.add(axis.model_id)

    def name_axes(self, across: str = "", up: str = "") -> None:
        """Say the axes in the language of the moment, or as these words have it."""
        self._across.label = across or str(self._across_text)
        self._up.label = up or str(self._up_text)

    def show(self, words: str, *, is_drawn: bool, described: str = "") -> None:
        """The figure with `words` (HTML) below it, or the words alone where nothing is drawn."""
        shown = (self._figure, self._words) if is_drawn else (self._words,)
        if self.widget.children != shown:  # bqplot stumbles over figures that are there but hidden
            self.widget.children = shown
        self._words.value = words
        if not is_drawn:
            return
        for axis in (self._across, self._up):
            if axis.model_id not in self._named:
                show_ticks(axis, self._most_ticks(axis))
        told = described or _("the table below has the numbers")
        page().give_name(self._figure, f"{self._name}; {told}", role="img")

    def _most_ticks(self, axis: bqplot.Axis) -> int:
        """So few ticks that a step is one at least, where things are counted."""
        if axis is self._up or not self._counts:
            return MOST_TICKS
        low, high = float(self._x.min), float(self._x.max)
        return min(MOST_TICKS, max(2, floor(high) - ceil(low) + 1))


def caption(words: str) -> str:
    """The paragraph below a figure; `words` are HTML."""
    return f'<p class="wb-caption">{words}</p>'


def nothing(words: str) -> str:
    """What stands where a figure will be."""
    return f'<p class="wb-empty">{words}</p>'
