"""The winner's optimism: chosen by validation images, judged by test images."""

from collections.abc import Sequence
from html import escape

import ipywidgets

from workbench.locale import _, decimal
from workbench.measurement import Quantity
from workbench.search.values import Trial
from workbench.statistics import mean_interval
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.plot import caption, nothing
from workbench.widgets.search.differences import points_text, spread_text
from workbench.widgets.search.scene import SCORE, Scene, complete, winner
from workbench.widgets.search.words import number_of
from workbench.widgets.views import View
from workbench.wording import interval_text, signed, value_text

NEAR = 0.05
"""Trials so close behind the winner are nearly as good, and picked by their score too."""


class Optimism:
    """Two bars with their intervals, what the difference proves, and how the unchosen differ."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-bars")
        self.widget.add_class("wb-search-bars")
        self.view = View(key=lambda s: complete(s.standing), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        told = _("the winner on validation and on test images")
        page().give_name(self.widget, told, role="group")
        trials = complete(scene.standing)
        best = winner(trials)
        if best is None or "accuracy" not in best.quantities:
            self.widget.value = nothing(escape(_("no trial is complete yet")))
            return
        chosen, judged = best.quantities[SCORE], best.quantities["accuracy"]
        rows = _row(_("validation"), chosen) + _row(_("test"), judged)
        words = _("Trial {number} won: {points} points from validation to test; {verdict}.").format(
            number=number_of(best), points=signed(100 * gap(best), 1),
            verdict=_verdict(chosen, judged),
        )  # fmt: skip
        words = f"{words} {_of_others(best, trials)}"
        self.widget.value = f'<div class="wb-figure">{rows}{caption(escape(words))}</div>'


def gap(trial: Trial) -> float:
    """Test accuracy less validation accuracy of a trial that has both."""
    return trial.quantities["accuracy"].value - trial.quantities[SCORE].value


def _of_others(best: Trial, trials: Sequence[Trial]) -> str:
    """How the trials that nearly won differ: they too, but less, were picked by their score."""
    least = best.quantities[SCORE].value - NEAR
    near = [t for t in trials if t is not best and t.quantities[SCORE].value >= least]
    if not near:
        return _("No other trial came within {near} points of it.").format(
            near=decimal(100 * NEAR, 0)
        )
    gaps = list(map(gap, near))
    mean = spread_text(mean_interval(gaps)) if len(gaps) > 1 else points_text(gaps[0])
    return _(
        "Those that were not chosen and came within {near} points of it on validation images:"
        " {mean} on average (trials: {n})."
    ).format(near=decimal(100 * NEAR, 0), mean=mean, n=len(near))


def _verdict(chosen: Quantity, judged: Quantity) -> str:
    ends = (chosen.low, chosen.high, judged.low, judged.high)
    if None in ends:
        return _("without intervals nothing can be said")
    overlap = max(chosen.low or 0, judged.low or 0) <= min(chosen.high or 0, judged.high or 0)
    if overlap:
        return _("the intervals overlap: one winner alone proves no optimism")
    return _("the intervals do not overlap")


def _row(name: str, quantity: Quantity) -> str:
    low, high = quantity.ends
    return (
        f'<div class="wb-bar-row"><span class="wb-name">{escape(name)}</span>'
        f'<span class="wb-track"><span class="wb-bar" style="width:{100 * quantity.value:.1f}%">'
        f'</span><span class="wb-whisker wb-whisker-middle" style="left:{100 * low:.1f}%;width:'
        f'{100 * (high - low):.1f}%"></span></span>'
        f'<span class="wb-value">{escape(value_text(quantity))}</span>'
        f"<span>{tag(quantity)} <small>{escape(interval_text(quantity))}</small></span></div>"
    )
