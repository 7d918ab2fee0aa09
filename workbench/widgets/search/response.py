"""The response map: where each trial lies among the values of two axes, in the order tried."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

import numpy as np

from workbench.figures.matrix import numbers_below
from workbench.figures.palette import BASELINE, PRUNED, TRAIL
from workbench.locale import _, message
from workbench.measurement import Quantity
from workbench.search.rules import RANDOM_FIRST
from workbench.search.values import Standing, Trial
from workbench.widgets.html import tag
from workbench.widgets.plot import Plot, Points, caption, nothing
from workbench.widgets.search.scene import Scene, score, scored
from workbench.widgets.search.words import axis_text, axis_value, number_of, state_text
from workbench.widgets.views import View
from workbench.wording import interval_text, value_text

APART = 0.17  # of the distance between two values: trials of one point lie beside each other
PLACES = ((0, 0), (1, 1), (-1, -1), (1, -1), (-1, 1), (0, 1.6), (0, -1.6), (1.6, 0), (-1.6, 0))
SHADES = (PRUNED, "#F0A66B", "#C9C9C9", "#8FC1E3", "#3D9BD6")
"""From the lowest to the highest; black numbers can be read on each of them."""

LEARNING = ("tpe", "gp")


class ResponseMap:
    """Dots with the numbers of their trials; the bluer, the higher their fifth."""

    def __init__(self) -> None:
        self._plot = Plot(
            message("learning rate"), message("batch size"),
            message("validation accuracy of every trial by two of its values"), height=380,
        )  # fmt: skip
        self._way = self._plot.lines(BASELINE, stroke_width=1, opacities=[0.55])
        self._dots = self._plot.dots(TRAIL, default_size=460, stroke=BASELINE)
        self._numbers = self._plot.labels(default_size=12, font_weight="normal")
        self.widget = self._plot.widget
        self.widget.add_class("wb-numbered")
        self.view = View(key=lambda s: (scored(s.standing), s.plan.axes), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        standing = scene.standing
        trials = scored(standing)
        if standing is None or not trials:
            self._plot.show(nothing(_("the first trial is under way")), is_drawn=False)
            return
        across, up = _two(standing)
        points = _points(standing, trials, across, up)
        found = [q.value for q in map(score, trials) if q is not None]
        colours = [_shade(value, found) for value in found]
        self._plot.put(self._way, points)
        self._plot.put(self._dots, points, colors=colours)
        self._plot.put(self._numbers, points, text=[number_of(t) for t in trials])
        self._name_axes(standing, across, up)
        self._plot.show(_words(trials) + _halves(standing) + trial_table(trials), is_drawn=True)

    def _name_axes(self, standing: Standing, across: str, up: str) -> None:
        axes = standing.plan.axes
        names = [[axis_value(n, v) for v in axes.get(n, ("",))] for n in (across, up)]
        self._plot.limits(x=(-0.6, len(names[0]) - 0.4), y=(-0.6, len(names[1]) - 0.4))
        self._plot.name_axes(axis_text(across), axis_text(up) if up else " ")
        self._plot.name_ticks(x=names[0], y=names[1])


def _two(standing: Standing) -> tuple[str, str]:
    """The first two axes; the second is empty where there is one only."""
    names = [*standing.plan.axes, "", ""]
    return names[0], names[1]


def _place(axes: Any, name: str, trial: Trial) -> int:
    """The place of a trial's value among the values of an axis."""
    if not name or trial.chosen.get(name) not in axes[name]:
        return 0
    return int(axes[name].index(trial.chosen[name]))


def _points(standing: Standing, trials: Sequence[Trial], across: str, up: str) -> Points:
    seen: Counter[tuple[int, int]] = Counter()
    points = []
    axes = standing.plan.axes
    for trial in trials:
        at = _place(axes, across, trial), _place(axes, up, trial)
        right, above = PLACES[seen[at] % len(PLACES)]
        points.append((at[0] + APART * right, at[1] + APART * above))
        seen[at] += 1
    return points


def _shade(value: float, all_values: Sequence[float]) -> str:
    """By fifths of the scores, so that good ones can be told apart beside very bad ones."""
    below = sum(other < value for other in all_values)
    equal = sum(other == value for other in all_values)
    return SHADES[int(len(SHADES) * (below + equal / 2) / len(all_values))]


def _words(trials: Sequence[Trial]) -> str:
    found = [q for q in map(score, trials) if q is not None]
    low, high = (pick(found, key=lambda q: q.value) for pick in (min, max))
    words = _(
        "A dot is a trial, its number the order; trials of one point lie beside each other."
        " Orange: the lowest fifth of the validation accuracies so far, from {low}; blue: the"
        " highest fifth, up to {high}."
    ).format(low=value_text(low), high=value_text(high))
    return caption(f"{tag(high)} {escape(words)}")


def _halves(standing: Standing) -> str:
    """What the random trials of a strategy that learns came to, and what those after them."""
    trials = [t for t in scored(standing) if t.state != "failed"]
    parts = trials[:RANDOM_FIRST], trials[RANDOM_FIRST:]
    if standing.plan.strategy not in LEARNING or min(map(len, parts)) < 2:
        return ""
    first, later = map(_mean, parts)
    words = _(
        "Mean of the first {n}, random trials: {first}; of the {later_n} after them: {later}."
    )
    told = words.format(
        n=first.n, later_n=later.n, first=f"{value_text(first)}, {interval_text(first)}",
        later=f"{value_text(later)}, {interval_text(later)}",
    )  # fmt: skip
    return caption(f"{tag(first)} {escape(told)}")


def _mean(trials: Sequence[Trial]) -> Quantity:
    found = [q for q in map(score, trials) if q is not None]
    values = [q.value for q in found]
    how = message("mean of {n} trials, and the 10th to 90th percentile of them", n=len(found))
    low, high = map(float, np.quantile(values, [0.1, 0.9]))
    return replace(
        found[0], value=sum(values) / len(values), low=low, high=high, n=len(values), how=how,
        interval="percentiles",
    )  # fmt: skip


def trial_table(trials: Sequence[Trial]) -> str:
    """Every trial with its values, state and score, to unfold."""
    names = list(trials[0].chosen)
    heads = [_("trial"), *map(axis_text, names), _("state"), _("validation accuracy")]
    rows = [
        [
            number_of(trial),
            *(escape(axis_value(n, trial.chosen.get(n, ""))) for n in names),
            escape(state_text(trial)),
            _score(score(trial)),
        ]
        for trial in trials
    ]
    return numbers_below(heads, rows)


def _score(found: Quantity | None) -> str:
    return f"{escape(value_text(found))} {tag(found)}" if found is not None else "-"
