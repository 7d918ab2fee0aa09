"""Loss and accuracy over the epochs: the run of the moment, its recorded one, and those kept."""

from collections.abc import Sequence
from html import escape
from typing import Any

from workbench.figures.palette import BASELINE, CANDIDATE, PRUNED
from workbench.locale import Message, _, message
from workbench.measurement import Training
from workbench.widgets.learning.legend import legend, look_of
from workbench.widgets.learning.scene import LearningView, Scene
from workbench.widgets.plot import Plot, caption, nothing

HEIGHT = 260
TOP_OF_LOSS = 1.6
"""Times the loss of a guess: what lies beyond is cut off, so that the rest stays legible."""

Curve = tuple[tuple[float, float], ...]


def curve(training: Training, name: str) -> Curve:
    """The moments at which a quantity is known, as (epochs, value); percent for shares."""
    return tuple(
        (moment.epochs, moment.quantities[name].value * (100 if "accuracy" in name else 1))
        for moment in training.moments
        if name in moment.quantities
    )


class Curves:
    """One of the two plots: `seen` of training images (thin), `asked` of validation images."""

    def __init__(self, seen: str, asked: str, up: Message, name: Message) -> None:
        self._seen, self._asked = seen, asked
        self._tells = "accuracy" in asked  # which line is which is told once, below the second plot
        self._plot = Plot(message("epochs"), up, name, height=HEIGHT)
        self._whiskers = self._plot.lines(CANDIDATE, stroke_width=1.5)
        self._recorded = self._plot.lines(
            BASELINE, line_style="dashed", marker="circle", marker_size=20
        )
        self._kept: list[Any] = []
        self._live_seen = self._plot.lines(CANDIDATE, stroke_width=1, opacities=[0.65])
        self._live = self._plot.lines(CANDIDATE, stroke_width=2.5, marker="circle", marker_size=36)
        self._best = self._plot.dots(CANDIDATE, marker="diamond", default_size=170)
        self._ends = self._plot.dots(PRUNED, marker="cross", default_size=110)
        self.widget = self._plot.widget
        self.view = LearningView(
            key=lambda s: (s.training, s.recorded, s.kept, s.setting.epochs), draw=self._draw
        )

    def _draw(self, scene: Scene) -> None:
        put, live = self._plot.put, scene.training
        for mark in self._kept[len(scene.kept) :]:
            put(mark, ())
        for number, training in enumerate(scene.kept):
            put(self._mark(number), self._shown(training))
        put(self._recorded, curve(scene.recorded, self._asked) if scene.recorded else ())
        put(self._live_seen, curve(live, self._seen) if live else ())
        put(self._live, curve(live, self._asked) if live else ())
        self._plot.segments(self._whiskers, _whiskers(live, self._asked) if live else [])
        put(self._best, _best(live, self._asked) if live else ())
        put(self._ends, [e for t in scene.runs if (e := self._end(t))])
        self._limit(scene)
        is_drawn = bool(scene.runs or scene.recorded)
        self._plot.name_axes()
        self._plot.show(self._words(scene), is_drawn=is_drawn)

    def _mark(self, number: int) -> Any:
        """The line of a kept run; there are as many as are needed."""
        while len(self._kept) <= number:
            colour, style = look_of(len(self._kept))
            mark = self._plot.lines(colour, line_style=style, marker="circle", marker_size=16)
            self._kept.append(mark)
        return self._kept[number]

    def _shown(self, training: Training) -> Curve:
        """What is worth a line of a kept run: validation images, or the way to its divergence."""
        return curve(training, self._seen if training.outcome == "diverged" else self._asked)

    def _end(self, training: Training) -> tuple[float, float] | None:
        """Where a diverged run broke off, kept inside the picture."""
        seen = curve(training, self._seen)
        if training.outcome != "diverged" or not seen:
            return None
        return seen[-1][0], min(seen[-1][1], self._top(training))

    def _top(self, training: Training) -> float:
        seen = curve(training, self._seen)
        return 100.0 if "accuracy" in self._seen else TOP_OF_LOSS * (seen[0][1] if seen else 1.0)

    def _limit(self, scene: Scene) -> None:
        runs = [*scene.runs, *([scene.recorded] if scene.recorded else [])]
        length = max([scene.setting.epochs, *(t.setting.epochs for t in scene.kept)])
        if "accuracy" in self._seen:
            top = 104.0  # so that a mark at 100 is seen whole
        else:
            highest = [y for t in runs for n in (self._seen, self._asked) for _x, y in curve(t, n)]
            bounds = [self._top(t) for t in runs if t.moments]
            top = 1.05 * min(max(highest, default=1.0), max(bounds, default=1.0))
        self._plot.limits(x=(0.0, 1.02 * length), y=(0.0, top or 1.0))

    def _words(self, scene: Scene) -> str:
        if not scene.runs and scene.recorded is None:
            return nothing(escape(_("nothing trained yet: move a control or press “Play”")))
        return caption(legend(scene) if self._tells else "")


def _whiskers(training: Training, name: str) -> list[tuple[float, float, float]]:
    """The interval of each validation, where it has one; at most some, else they are a wall."""
    ends: list[tuple[float, float, float]] = []
    scale = 100 if "accuracy" in name else 1
    for moment in training.validated[-12:]:
        found = moment.quantities[name]
        if found.low is not None and found.high is not None:
            ends.append((moment.epochs, scale * found.low, scale * found.high))
    return ends


def _best(training: Training, name: str) -> list[tuple[float, float]]:
    best = training.best
    if best is None or training.outcome == "running":
        return []
    scale = 100 if "accuracy" in name else 1
    return [(best.epochs, scale * best.quantities[name].value)]


def curves() -> Sequence[Curves]:
    """The plot of the loss and the plot of the accuracy."""
    return (
        Curves(
            "training_loss", "validation_loss", message("loss (nat)"),
            message("loss against epochs"),
        ),
        Curves(
            "training_accuracy", "validation_accuracy", message("accuracy (%)"),
            message("accuracy against epochs"),
        ),
    )  # fmt: skip
