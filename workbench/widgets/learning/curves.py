"""Loss and accuracy over the epochs: the run of the moment, its recorded one, and those kept."""

from collections.abc import Sequence
from html import escape
from typing import Any

from workbench.figures.palette import BASELINE, CANDIDATE
from workbench.locale import Message, _, message
from workbench.measurement import Moment, Training
from workbench.widgets.learning.legend import legend, look_of
from workbench.widgets.learning.scene import LearningView, Scene
from workbench.widgets.plot import Plot, caption, nothing

HEIGHT = 260
TOP_OF_LOSS = 1.6
"""Times the loss of a guess: what lies beyond is cut off, so that the rest stays legible."""

SHARE = 0.2
"""Of an epoch, over which the training images of a point are averaged at least."""
MARGIN = 0.03
"""Of an axis, beyond both of its ends."""

Curve = tuple[tuple[float, float], ...]


def curve(training: Training, name: str) -> Curve:
    """The moments at which a quantity is known, as (epochs, value); percent for shares."""
    scale = 100 if "accuracy" in name else 1
    known = [moment for moment in training.moments if name in moment.quantities]
    if name.startswith("training") and training.outcome != "diverged":
        return tuple((epochs, scale * value) for epochs, value in _means(known, name))
    return tuple((moment.epochs, scale * moment.quantities[name].value) for moment in known)


def _means(moments: Sequence[Moment], name: str) -> list[tuple[float, float]]:
    """Means over at least a share of an epoch, the first moment apart: it is the start.

    A moment may be of any number of updates: one of few would be a tooth in the curve.
    """
    means: list[tuple[float, float]] = []
    total, count, before = 0.0, 0, 0
    for moment in moments:
        new = moment.updates - before
        total, count, before = (
            total + new * moment.quantities[name].value,
            count + new,
            moment.updates,
        )
        is_enough = count >= SHARE * moment.updates / moment.epochs
        if is_enough or not means or moment is moments[-1]:
            means.append((moment.epochs, total / count))
            total, count = 0.0, 0
    return means


class Curves:
    """One of the two plots: `seen` of training images (thin), `asked` of validation images."""

    def __init__(self, seen: str, asked: str, up: Message, name: Message) -> None:
        self._seen, self._asked = seen, asked
        self._tells = "accuracy" in asked  # which line is which is told once, below the second plot
        self._plot = Plot(message("epochs"), up, name, height=HEIGHT)
        self._whiskers = self._plot.lines(CANDIDATE, stroke_width=1.2, opacities=[0.7])
        self._recorded = self._plot.lines(
            BASELINE, line_style="dashed", marker="circle", marker_size=20
        )
        self._kept: list[Any] = []
        self._highest = 1.0
        self._live_seen = self._plot.lines(CANDIDATE, stroke_width=1, opacities=[0.65])
        self._live = self._plot.lines(CANDIDATE, stroke_width=2.5, marker="circle", marker_size=36)
        self._best = self._plot.dots(CANDIDATE, marker="diamond", default_size=170)
        self._ends = self._plot.dots(CANDIDATE, marker="cross", default_size=110)
        self.widget = self._plot.widget
        self.view = LearningView(
            key=lambda s: (s.training, s.recorded, s.kept, s.setting.epochs), draw=self._draw
        )

    def _draw(self, scene: Scene) -> None:
        put, live = self._plot.put, scene.live
        for mark in self._kept[len(scene.kept) :]:
            put(mark, ())
        for number, training in enumerate(scene.kept):
            put(self._mark(number), self._shown(training))
        put(self._recorded, curve(scene.recorded, self._asked) if scene.recorded else ())
        put(self._live_seen, curve(live, self._seen) if live else ())
        put(self._live, curve(live, self._asked) if live else ())
        self._plot.segments(self._whiskers, _whiskers(live, self._asked))
        put(self._best, _best(live, self._asked) if live else ())
        self._limit(scene)
        ends = [(end, colour) for run, colour in _coloured(scene) if (end := self._end(run))]
        put(
            self._ends,
            [end for end, _ in ends],
            colors=[colour for _, colour in ends] or [CANDIDATE],
        )
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
        return seen[-1][0], min(seen[-1][1], self._highest)

    def _top(self, training: Training) -> float:
        """Beyond it a loss is cut off."""
        seen = curve(training, self._seen)
        return TOP_OF_LOSS * (seen[0][1] if seen else 1.0)

    def _limit(self, scene: Scene) -> None:
        runs = [*scene.runs, *([scene.recorded] if scene.recorded else [])]
        length = max([scene.setting.epochs, *(t.setting.epochs for t in scene.kept)])
        if self._tells:
            self._highest = 100.0
        else:
            highest = [y for t in runs for n in (self._seen, self._asked) for _x, y in curve(t, n)]
            highest += [high for _x, _low, high in _whiskers(scene.live, self._asked)]
            bounds = [self._top(t) for t in runs if t.moments]
            self._highest = min(max(highest, default=1.0), max(bounds, default=1.0)) or 1.0
        spare = [MARGIN * length, MARGIN * self._highest]  # so that a mark at an end is seen whole
        self._plot.limits(x=(-spare[0], length + spare[0]), y=(-spare[1], self._highest + spare[1]))

    def _words(self, scene: Scene) -> str:
        if not scene.runs and scene.recorded is None:
            return nothing(escape(_("nothing trained yet: move a control or press “Play”")))
        return caption(legend(scene) if self._tells else "")


def _coloured(scene: Scene) -> list[tuple[Training, str]]:
    """Every run with the colour of its line."""
    colours = [*(look_of(number)[0] for number in range(len(scene.kept))), CANDIDATE]
    return list(zip(scene.runs, colours, strict=False))


def _whiskers(training: Training | None, name: str) -> list[tuple[float, float, float]]:
    """The interval of each validation, where it has one."""
    ends: list[tuple[float, float, float]] = []
    scale = 100 if "accuracy" in name else 1
    for moment in training.validated if training else ():
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
