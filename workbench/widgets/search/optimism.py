"""The winner's optimism: chosen by validation images, judged by test images."""

from html import escape

import ipywidgets

from workbench.locale import _
from workbench.measurement import Quantity
from workbench.search.values import Race
from workbench.statistics import mean_interval
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.plot import caption, nothing
from workbench.widgets.search.differences import FEWEST
from workbench.widgets.search.scene import SCORE, Scene, complete, winner
from workbench.widgets.search.words import number_of
from workbench.widgets.views import View
from workbench.wording import interval_text, signed, value_text


class Optimism:
    """Two bars with their intervals, and what the difference proves; over many searches below."""

    def __init__(self) -> None:
        self._one = ipywidgets.HTML()
        self._one.add_class("wb-bars")
        self._one.add_class("wb-search-bars")
        self._many = ipywidgets.HTML()
        self._many.add_class("wb-text")
        self.widget = ipywidgets.VBox([self._one, self._many])
        self.view = View(key=lambda s: complete(s.standing), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        page().give_name(self._one, _("the winner on validation and on test images"), role="group")
        best = winner(complete(scene.standing))
        if best is None or "accuracy" not in best.quantities:
            self._one.value = nothing(escape(_("no trial is complete yet")))
            return
        chosen, judged = best.quantities[SCORE], best.quantities["accuracy"]
        rows = _row(_("validation"), chosen) + _row(_("test"), judged)
        told = _("Trial {number} won: {points} points from validation to test; {verdict}.").format(
            number=number_of(best),
            points=signed(100 * (judged.value - chosen.value), 1),
            verdict=_verdict(chosen, judged),
        )
        self._one.value = f'<div class="wb-figure">{rows}{caption(escape(told))}</div>'

    def draw_race(self, race: Race | None) -> None:
        """What the winners of a race tell together."""
        page().give_name(self._many, _("optimism over many searches"), role="group", live=True)
        gaps = gaps_of(race)
        if len(gaps) < FEWEST:
            told = _(
                "Press “Race live” above: over the winners of many searches the optimism can be"
                " told from chance. Recorded trainings were not tested on test images."
            )
            self._many.value = caption(escape(told))
            return
        mean, low, high = mean_interval(gaps)
        told = _(
            "Over the winners of {n} searches: {mean} points from validation to test on average"
            " ({low} to {high}, 95 %)."
        ).format(
            n=len(gaps), mean=signed(100 * mean, 1), low=signed(100 * low, 1),
            high=signed(100 * high, 1),
        )  # fmt: skip
        first = next(iter(race.winners.values())) if race else None
        label = tag(first.quantities[SCORE]) if first else ""
        self._many.value = caption(f"{label} {escape(told)}")


def gaps_of(race: Race | None) -> list[float]:
    """Test accuracy less validation accuracy of every winner; below 0 the choice was flattered."""
    return [
        trial.quantities["accuracy"].value - trial.quantities[SCORE].value
        for trial in (race.winners.values() if race else ())
        if {"accuracy", SCORE} <= trial.quantities.keys()
    ]


def _verdict(chosen: Quantity, judged: Quantity) -> str:
    ends = (chosen.low, chosen.high, judged.low, judged.high)
    if None in ends:
        return _("without intervals nothing can be said")
    overlap = max(chosen.low or 0, judged.low or 0) <= min(chosen.high or 0, judged.high or 0)
    if overlap:
        return _("the intervals overlap: one winner alone proves no optimism")
    return _("the intervals do not overlap")


def _row(name: str, quantity: Quantity) -> str:
    low, high = quantity.low or quantity.value, quantity.high or quantity.value
    return (
        f'<div class="wb-bar-row"><span class="wb-name">{escape(name)}</span>'
        f'<span class="wb-track"><span class="wb-bar" style="width:{100 * quantity.value:.1f}%">'
        f'</span><span class="wb-whisker wb-whisker-middle" style="left:{100 * low:.1f}%;width:'
        f'{100 * (high - low):.1f}%"></span></span>'
        f'<span class="wb-value">{escape(value_text(quantity))}</span>'
        f"<span>{tag(quantity)} <small>{escape(interval_text(quantity))}</small></span></div>"
    )
