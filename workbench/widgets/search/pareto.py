"""Several goals at once: accuracy against size, each trial with its time, and the Pareto front."""

from collections.abc import Callable, Sequence
from html import escape

from workbench.figures.matrix import numbers_below
from workbench.figures.palette import CANDIDATE, TRAIL
from workbench.locale import _, message
from workbench.measurement import Quantity
from workbench.search.values import Standing, Trial
from workbench.widgets.html import tag
from workbench.widgets.plot import Plot, caption, nothing
from workbench.widgets.search.history import KEY
from workbench.widgets.search.words import axis_text, axis_value, number_of
from workbench.wording import QUANTITIES, interval_text, value_text

GOALS = ("validation_accuracy", "deflated_bytes", "latency_ms")
ACROSS, UP = 0.08, 0.055
"""The size of a number of two digits as a share of the axes, on a phone."""
Front = Callable[[Standing], Sequence[Trial]]


class ParetoFigure:
    """Dots are trials; nobody beats those of the front in every goal at once."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._plot = Plot(
            message("file, deflated (KiB)"), message("validation accuracy (%)"),
            message("accuracy against size of each trial, and the front"), height=320,
        )  # fmt: skip
        self._dots = self._plot.dots(TRAIL)
        self._best = self._plot.dots(CANDIDATE, marker="diamond", default_size=150)
        self._numbers = self._plot.labels(default_size=11, y_offset=-12, font_weight="normal")
        self.widget = self._plot.widget

    def draw(self, standing: Standing | None) -> None:
        """Show what is there of the search."""
        trials = measured(standing)
        if standing is None or not trials:
            told = _("no trial is complete yet: press the button")
            self._plot.show(nothing(escape(told)), is_drawn=False)
            return
        front = [trial for trial in self._front(standing) if trial in trials]
        self._plot.put(self._dots, [_point(t) for t in trials if t not in front])
        self._plot.put(self._best, [_point(t) for t in front])
        sizes = [_point(t)[0] for t in trials]
        low = min(_point(t)[1] for t in trials)
        x, y = (0.0, 1.1 * max(sizes)), (max(0.0, low - 8), 108.0)
        named = _apart(front, x[1] - x[0], y[1] - y[0])
        self._plot.put(
            self._numbers, [_point(t) for t in named], text=[number_of(t) for t in named],
            colors=[CANDIDATE],
        )  # fmt: skip
        self._plot.limits(x=x, y=y)
        self._plot.name_axes()
        self._plot.show(_words(trials, front), is_drawn=True)


def front_text(standing: Standing) -> str:
    """How far the search is."""
    return _("{done} of {wanted} trials").format(done=standing.complete, wanted=standing.wanted)


def measured(standing: Standing | None) -> list[Trial]:
    """The complete trials that answer all of the goals."""
    return [t for t in (standing.done if standing else ()) if set(GOALS) <= t.quantities.keys()]


def _apart(front: Sequence[Trial], width: float, height: float) -> list[Trial]:
    """Those whose numbers can be read: one that would lie on another is in the table alone."""
    named: list[Trial] = []
    for trial in front:
        x, y = _point(trial)
        places = map(_point, named)
        if all(abs(x - a) > ACROSS * width or abs(y - b) > UP * height for a, b in places):
            named.append(trial)
    return named


def _point(trial: Trial) -> tuple[float, float]:
    accuracy, size = (trial.quantities[name].value for name in GOALS[:2])
    return size / 1024, 100 * accuracy


def _words(trials: Sequence[Trial], front: Sequence[Trial]) -> str:
    kinds = {found.provenance: found for t in trials for found in t.quantities.values()}
    tags = " ".join(map(tag, kinds.values()))
    keys = ", ".join(
        KEY.format(colour=colour, shape=shape, words=escape(words))
        for colour, shape, words in (
            (CANDIDATE, "◆", _("on the front: {n}").format(n=len(front))),
            (TRAIL, "●", _("another is as good in every goal, and better in one")),
        )
    )
    words = _(
        "The third goal, the latency, is in the table: it can put a trial onto the front. Where"
        " bits are imitated, it is the time of the imitation."
    )
    heads = [
        _("trial"), *(axis_text(name) for name in trials[0].chosen),
        *(str(QUANTITIES[name]) for name in GOALS), _("front"),
    ]  # fmt: skip
    rows = [_row(trial, "◆" if trial in front else "") for trial in trials]
    return caption(f"{tags} {keys}. {escape(words)}") + numbers_below(heads, rows)


def _row(trial: Trial, mark: str) -> list[str]:
    return [
        number_of(trial),
        *(escape(axis_value(name, value)) for name, value in trial.chosen.items()),
        *(_cell(trial.quantities[name]) for name in GOALS),
        mark,
    ]


def _cell(quantity: Quantity) -> str:
    told = interval_text(quantity)
    return escape(value_text(quantity)) + (f" <small>{escape(told)}</small>" if told else "")
