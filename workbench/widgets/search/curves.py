"""Intermediate values: how each trial learned epoch by epoch, and where a pruner ended it."""

from html import escape

from workbench.figures.matrix import numbers_below
from workbench.figures.palette import CANDIDATE, PINNED, PRUNED
from workbench.locale import _, decimal, message
from workbench.search.values import Trial
from workbench.widgets.html import tag
from workbench.widgets.plot import Plot, caption, nothing
from workbench.widgets.search.history import KEY
from workbench.widgets.search.scene import TOP, Scene, complete, winner
from workbench.widgets.search.words import number_of, state_text
from workbench.widgets.views import View
from workbench.wording import number_text, value_text


class TrialCurves:
    """A line a trial: blue to the end, orange where it ended early, amber the winner."""

    def __init__(self) -> None:
        self._plot = Plot(
            message("epoch"), message("validation accuracy (%)"),
            message("validation accuracy of each trial by epoch"),
            counts=True,
        )  # fmt: skip
        self._complete = self._plot.lines(CANDIDATE, stroke_width=1.5, opacities=[0.85])
        self._pruned = self._plot.lines(PRUNED, stroke_width=1.5, line_style="dashed")
        self._ends = self._plot.dots(PRUNED, marker="cross", default_size=48)
        self._points = self._plot.dots(CANDIDATE, default_size=22)
        self._winner = self._plot.lines(PINNED, stroke_width=3)
        self.widget = self._plot.widget
        self.view = View(
            key=lambda s: tuple((t.number, t.state, len(t.curve)) for t in _curved(s)),
            draw=self._draw,
        )

    def _draw(self, scene: Scene) -> None:
        trials = _curved(scene)
        if not trials:
            told = _("no trial has told of an epoch yet")
            self._plot.show(nothing(told), is_drawn=False)
            return
        ended = [t for t in trials if t.state == "pruned"]
        others = [t for t in trials if t.state != "pruned"]
        best = winner(complete(scene.standing))
        self._plot.polylines(self._complete, [_points(t) for t in others])
        self._plot.polylines(self._pruned, [_points(t) for t in ended])
        self._plot.put(self._ends, [_points(t)[-1] for t in ended])
        self._plot.put(self._points, [p for t in others for p in _points(t)])
        self._plot.put(self._winner, _points(best) if best and best.curve else [])
        last = max(t.curve[-1][0] for t in trials)
        self._plot.limits(x=(0.8, max(last, 2) + 0.2), y=(0.0, TOP))
        self._plot.name_axes()
        self._plot.show(_words(trials, len(ended)), is_drawn=True)


def _curved(scene: Scene) -> tuple[Trial, ...]:
    return tuple(t for t in (scene.standing.trials if scene.standing else ()) if t.curve)


def _points(trial: Trial) -> list[tuple[float, float]]:
    return [(float(epoch), 100 * found.value) for epoch, found in trial.curve]


def _words(trials: tuple[Trial, ...], ended: int) -> str:
    keys = ", ".join(
        KEY.format(colour=colour, shape=shape, words=escape(words))
        for colour, shape, words in (
            (CANDIDATE, "●", _("a trial")),
            (PRUNED, "✕", _("ended early: {n}").format(n=ended)),
            (PINNED, "▬", _("the winner")),
        )
    )
    spared = _("Epochs that early ends spared: {n} of {all}.").format(**_spared(trials))
    first = trials[0].curve[0][1]
    rows = [
        (
            number_of(trial),
            escape(state_text(trial)),
            decimal(trial.curve[-1][0]),
            ", ".join(escape(value_text(found)) for _epoch, found in trial.curve),
        )
        for trial in trials
    ]
    heads = [_("trial"), _("state"), _("epochs"), _("validation accuracy by epoch")]
    return caption(f"{tag(first)} {keys}. {escape(spared)}") + numbers_below(heads, rows)


def _spared(trials: tuple[Trial, ...]) -> dict[str, str]:
    """Epochs that were not trained because a trial ended early, of all epochs."""
    full = max(t.curve[-1][0] for t in trials)
    ended = [t for t in trials if t.state == "pruned"]
    spared = sum(full - t.curve[-1][0] for t in ended)
    whole = full * len([t for t in trials if t.state in ("pruned", "complete")])
    return {"n": number_text(spared, "count"), "all": number_text(whole, "count")}
