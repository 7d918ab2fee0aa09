"""How much of a winner's lead is luck: the best of trainings that differ in their seed alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import ipywidgets

from workbench.figures.matrix import numbers_below
from workbench.locale import _, message
from workbench.measurement import Quantity
from workbench.search.values import Standing
from workbench.statistics import mean_interval
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.plot import caption, nothing
from workbench.widgets.search.differences import (
    FEWEST,
    Spread,
    ends_text,
    points_text,
    spread_text,
)
from workbench.widgets.search.scene import SCORE, complete, winner

TEST = "accuracy"


@dataclass(frozen=True, kw_only=True)
class Lead:
    """How far a winner is ahead of the mean of those not chosen, on either kind of images."""

    seed: int
    validation: float
    test: float

    @property
    def luck(self) -> float:
        """The part of the lead that images without part in the choice do not confirm."""
        return self.validation - self.test


def leads(choices: Sequence[Standing]) -> list[Lead]:
    """The lead of every choice that has been made."""
    found = []
    for trials in map(complete, choices):
        best = winner(trials)
        others = [trial for trial in trials if trial is not best]
        if best is not None and others:
            ahead = {
                name: best.quantities[name].value
                - sum(t.quantities[name].value for t in others) / len(others)
                for name in (SCORE, TEST)
            }
            found.append(Lead(seed=best.chosen["seed"], validation=ahead[SCORE], test=ahead[TEST]))
    return found


class Luck:
    """Two bars, the lead where the choice was made and where it was not, and what is between."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-bars")
        self.widget.add_class("wb-search-bars")

    def draw(self, choices: Sequence[Standing] | None) -> None:
        """What the choices made so far tell together."""
        name = _("the lead of winners on validation and on test images")
        page().give_name(self.widget, name, role="group", live=True)
        found = leads(choices or ())
        if len(found) < FEWEST:
            told = _("from {n} choices on it is told here how much of a lead is luck")
            self.widget.value = nothing(escape(told.format(n=FEWEST)))
            return
        shown = (
            (_("validation"), mean_interval([lead.validation for lead in found])),
            (_("test"), mean_interval([lead.test for lead in found])),
        )
        most = max(max(spread[2] for _name, spread in shown), 1e-9)
        rows = "".join(_row(name, spread, most) for name, spread in shown)
        trials = complete((choices or ())[0])
        self.widget.value = (
            f'<div class="wb-figure">{rows}{_words(found, len(trials))}{_table(found)}</div>'
        )


def _words(found: Sequence[Lead], each: int) -> str:
    spread = mean_interval([lead.luck for lead in found])
    words = _(
        "Mean lead of {n} winners, each the best of {each} trainings that differ in their seed"
        " alone, over those not chosen. The two leads differ by {luck}: {verdict}. The intervals"
        " tell of other seeds, on these very images; with other images it may be more or less."
    ).format(n=len(found), each=each, luck=spread_text(spread), verdict=_verdict(spread))
    how = message(
        "mean over {n} choices among {each} trainings, with its interval by Student’s t",
        n=len(found), each=each,
    )  # fmt: skip
    mean = Quantity(
        value=spread[0], unit="fraction", provenance="measured", how=how, n=len(found),
        low=spread[1], high=spread[2],
    )  # fmt: skip
    return caption(f"{tag(mean)} {escape(words)}")


def _verdict(spread: Spread) -> str:
    if spread[1] > 0:
        return _("so much of the lead was luck")
    return _("cannot tell")


def _row(name: str, spread: Spread, most: float) -> str:
    mean, low, high = (100 * max(value, 0) / most for value in spread)
    return (
        f'<div class="wb-bar-row"><span class="wb-name">{escape(name)}</span>'
        f'<span class="wb-track"><span class="wb-bar" style="width:{mean:.1f}%"></span>'
        f'<span class="wb-whisker wb-whisker-middle" style="left:{low:.1f}%;'
        f'width:{high - low:.1f}%"></span></span>'
        f'<span class="wb-value">{points_text(spread[0])}</span>'
        f"<span><small>{escape(ends_text(spread))}</small></span></div>"
    )


def _table(found: Sequence[Lead]) -> str:
    heads = [_("seed of the winner"), _("lead on validation"), _("lead on test")]
    rows = [
        (str(lead.seed), points_text(lead.validation), points_text(lead.test)) for lead in found
    ]
    return numbers_below(heads, rows)
