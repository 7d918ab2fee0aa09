"""The loss over one number as a valley, with balls that gradient descent rolls into it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.figures.palette import BASELINE, CANDIDATE, PINNED, PRUNED, TRAIL
from workbench.locale import message
from workbench.measurement.landscape import Descent, Line, Path, Step
from workbench.widgets.plot import Plot

MARGIN = 0.08  # of the losses, above and below, so that a ball at the end is seen
COLOURS = (PINNED, CANDIDATE, PRUNED)
MARKERS = ("triangle-up", "circle", "square")
SHAPES = ("\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK CIRCLE}", "\N{BLACK SQUARE}")


@dataclass(frozen=True, kw_only=True)
class Ball:
    """A descent `taken` steps on its way; `place`: 0 too small, 1 yours, 2 too large a rate."""

    place: int
    descent: Descent
    taken: int

    @property
    def is_yours(self) -> bool:
        """Its rate is the learner's."""
        return self.place == 1

    @property
    def step(self) -> Step:
        """The step that it takes next."""
        return self.descent.steps[self.taken]

    @property
    def trail(self) -> list[tuple[float, float]]:
        """Where it has been and is, with the losses there, as far as they are numbers."""
        seen = [(step.position, step.loss) for step in self.descent.steps[: self.taken + 1]]
        return [point for point in seen if all(np.isfinite(point))]


class Valley:
    """The curve, each ball with its trail, and the path of a training of all weights."""

    def __init__(self) -> None:
        self._plot = Plot(
            message("w"),
            message("loss (nat)"),
            message("the loss over one number w, with a ball for each rate"),
            height=320,
        )
        self._curve = self._plot.lines(BASELINE, stroke_width=3)
        self._path = self._plot.lines(
            TRAIL, marker="diamond", marker_size=24, stroke_width=1, line_style="dotted"
        )
        self._trails = [
            self._plot.lines(colour, marker=marker, marker_size=36, stroke_width=1)
            for colour, marker in zip(COLOURS, MARKERS, strict=True)
        ]
        self._balls = [
            self._plot.dots(colour, marker=marker, default_size=190)
            for colour, marker in zip(COLOURS, MARKERS, strict=True)
        ]
        self._ends = (0.0, 1.0), (0.0, 1.0)
        self.widget = self._plot.widget

    def draw(
        self, line: Line, balls: Sequence[Ball], path: Path | None, *, across: str, words: str
    ) -> None:
        """Show a line, balls on it and a path seen from it; `words`: HTML below."""
        self._frame(line)
        put = self._plot.put
        put(self._curve, list(zip(line.positions, line.losses, strict=True)))
        seen = zip(path.positions, path.losses, strict=True) if path else ()
        put(self._path, [(x, y) for x, y in seen if self._held(x, y) == (x, y)])
        for place in range(len(COLOURS)):
            trail = next((ball.trail for ball in balls if ball.place == place), [])
            held = [self._held(*point) for point in trail]
            put(self._trails[place], held)
            put(self._balls[place], held[-1:])
        self._plot.name_axes(across=across)
        self._plot.show(words, is_drawn=True)

    def _frame(self, line: Line) -> None:
        losses = line.losses[np.isfinite(line.losses)]
        low, high = float(losses.min()), float(losses.max())
        spread = MARGIN * (high - low)
        self._ends = (
            (float(line.positions[0]), float(line.positions[-1])),
            (low - spread, high + spread),
        )
        self._plot.limits(*self._ends)

    def _held(self, position: float, loss: float) -> tuple[float, float]:
        """A point outside of the axes, moved to their edge: where it left is seen."""
        (left, right), (low, high) = self._ends
        return min(max(position, left), right), min(max(loss, low), high)
