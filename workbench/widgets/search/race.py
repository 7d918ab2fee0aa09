"""The race of strategies: the best so far over many seeds, as a median and its band."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from itertools import combinations

import ipywidgets

from workbench.figures.matrix import numbers_below
from workbench.figures.palette import CANDIDATE, PINNED, PRUNED, TRAIL
from workbench.locale import _, decimal, message
from workbench.measurement import Quantity
from workbench.search.values import Race, Strategy
from workbench.statistics import mean_interval
from workbench.widgets.html import tag
from workbench.widgets.plot import Plot, caption, nothing
from workbench.widgets.search.differences import FEWEST, compared
from workbench.widgets.search.history import KEY
from workbench.widgets.search.scene import SCORE, TOP
from workbench.widgets.search.words import SHORT
from workbench.wording import interval_text, value_text

COLOURS: dict[Strategy, str] = {"grid": PRUNED, "random": TRAIL, "tpe": CANDIDATE, "gp": PINNED}
DASHES = {"grid": "dashed", "random": "solid", "tpe": "solid", "gp": "dash_dotted"}
SHAPES = {"grid": "╌", "random": "▬", "tpe": "▬", "gp": "┄"}


class RaceFigure:
    """A line and a band a strategy; below them who can be told apart, and the numbers."""

    def __init__(self) -> None:
        self._plot = Plot(
            message("trials"), message("best validation accuracy so far (%)"),
            message("the best so far by strategy, over many seeds"), height=340, counts=True,
        )  # fmt: skip
        self._bands = {
            name: self._plot.lines(
                colour, fill="inside", fill_colors=[colour], fill_opacities=[0.13],
                stroke_width=0,
            )
            for name, colour in COLOURS.items()
        }  # fmt: skip
        self._lines = {
            name: self._plot.lines(colour, stroke_width=3, line_style=DASHES[name])
            for name, colour in COLOURS.items()
        }
        self._verdicts = ipywidgets.HTML()
        self._verdicts.add_class("wb-text")
        self.widget = ipywidgets.VBox([self._plot.widget, self._verdicts])

    def draw(self, race: Race | None) -> None:
        """Show what is there of the race."""
        bands = bands_of(race)
        if race is None or not bands:
            self._verdicts.value = ""
            told = _("no search of the race has ended yet: press a button")
            self._plot.show(nothing(escape(told)), is_drawn=False)
            return
        for name in COLOURS:
            band = bands.get(name, ())
            self._plot.put(self._lines[name], [(k, 100 * q.value) for k, q in enumerate(band, 1)])
            self._plot.put(self._bands[name], _outline(band))
        self._plot.limits(x=(0.7, race.plan.trials + 0.3), y=(_floor(bands), TOP))
        self._plot.name_axes()
        self._plot.show(_words(bands) + _source(race), is_drawn=True)
        self._verdicts.value = _verdicts(race)


def bands_of(race: Race | None) -> dict[Strategy, Sequence[Quantity]]:
    """The band of every strategy that has come to an end with one seed at least."""
    found = {name: race.band(name) for name in race.strategies} if race else {}
    return {name: band for name, band in found.items() if band}


def _floor(bands: dict[Strategy, Sequence[Quantity]]) -> float:
    """Where the axis begins: below all bands after a quarter of the trials, in per cent."""
    lows = [_low(q) for band in bands.values() for q in band[len(band) // 4 :]]
    return max(0.0, 100 * min(lows) - 4)


def _low(quantity: Quantity) -> float:
    return quantity.low if quantity.low is not None else quantity.value


def _high(quantity: Quantity) -> float:
    return quantity.high if quantity.high is not None else quantity.value


def _outline(band: Sequence[Quantity]) -> list[tuple[float, float]]:
    """Along the upper ends and back along the lower ones."""
    there = [(float(k), 100 * _high(q)) for k, q in enumerate(band, 1)]
    back = [(float(k), 100 * _low(q)) for k, q in enumerate(band, 1)]
    return [*there, *back[::-1]]


def _words(bands: dict[Strategy, Sequence[Quantity]]) -> str:
    keys = ", ".join(
        KEY.format(colour=COLOURS[name], shape=SHAPES[name], words=escape(str(SHORT[name])))
        for name in bands
    )
    last = {name: band[-1] for name, band in bands.items()}
    words = _(
        "Lines: the median over the seeds. Bands: 10th to 90th percentile; the axis begins below"
        " those after a quarter of the trials."
    )
    rows = [
        (escape(str(SHORT[name])), escape(decimal(q.n or 0)), escape(value_text(q)),
         escape(interval_text(q)), *_at_half(bands[name]))
        for name, q in last.items()
    ]  # fmt: skip
    heads = [
        _("strategy"), _("seeds"), _("best at the end, median"), _("percentiles"),
        _("best after half of the trials"),
    ]  # fmt: skip
    label = tag(next(iter(last.values())))
    return caption(f"{label} {keys}. {escape(words)}") + numbers_below(heads, rows)


def _source(race: Race) -> str:
    """On which machine and when recorded trainings were measured."""
    scores = (t.quantities[SCORE] for t in race.winners.values() if SCORE in t.quantities)
    found = next((q for q in scores if q.provenance == "recorded"), None)
    return caption(escape(str(found.how))) if found else ""


def _at_half(band: Sequence[Quantity]) -> tuple[str]:
    return (escape(value_text(band[max(0, len(band) // 2 - 1)])),)


def _verdicts(race: Race) -> str:
    """Each pair of strategies, seed by seed: who is ahead, and whether that is sure."""
    items = "".join(
        f"<li>{escape(told)}</li>"
        for pair in combinations(race.strategies, 2)
        if (told := compared(race, *pair))
    )
    if not items:
        words = _("From {n} seeds on it is told here which strategies differ.").format(n=FEWEST)
        return caption(escape(words))
    alone = _("Each line is an answer of its own: of several, one is wrong more often than of one.")
    return (
        f'<ul class="wb-findings">{items}</ul>{caption(escape(alone))}{_means(race)}{_cost(race)}'
    )


def _means(race: Race) -> str:
    """What all trials of a search came to, the bad ones too: who wastes fewer."""
    found = {
        name: [q for (other, _seed), q in race.means.items() if other == name]
        for name in race.strategies
    }
    means = {name: _mean(each) for name, each in found.items() if len(each) > 1}
    if not means:
        return ""
    each = ", ".join(f"{SHORT[n]} {value_text(q)}, {interval_text(q)}" for n, q in means.items())
    words = _("Mean of all trials of a search, the bad ones too: {each}.").format(each=each)
    return caption(f"{tag(next(iter(means.values())))} {escape(words)}")


def _mean(found: Sequence[Quantity]) -> Quantity:
    how = message(
        "mean over {n} searches of the mean of all their trials, with its interval by Student’s t",
        n=len(found),
    )
    value, low, high = mean_interval([q.value for q in found])
    return replace(found[0], value=value, low=low, high=high, n=len(found), how=how)


def _cost(race: Race) -> str:
    """What the strategies took beside the trainings; a grid is fixed and has nothing to choose."""
    chosen = {name: seconds for name, seconds in race.sampler_seconds.items() if name != "grid"}
    if not chosen:
        return ""
    each = ", ".join(f"{SHORT[name]} {value_text(seconds)}" for name, seconds in chosen.items())
    first = next(iter(chosen.values()))
    words = _("Time to choose the trials of one search: {each}.").format(each=each)
    return caption(f"{tag(first)} {escape(words)}")
