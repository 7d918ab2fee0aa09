"""The read-outs of a search: the winner's two accuracies, what all trials are worth, the cost."""

from collections.abc import Mapping
from html import escape

import ipywidgets

from workbench.locale import Message, _, message
from workbench.measurement import Quantity
from workbench.search.values import Standing
from workbench.widgets.page import page
from workbench.widgets.readouts import card
from workbench.widgets.search.scene import (
    ENDED,
    SCORE,
    Scene,
    complete,
    counted,
    mean_score,
    scored,
    winner,
)
from workbench.widgets.views import View
from workbench.wording import difference_text, value_text

CARDS: Mapping[str, Message] = {
    "best": message("best validation accuracy"),
    "test": message("test accuracy of the winner"),
    "mean": message("mean over all trials"),
    "seconds": message("time of all trials"),
    "complete": message("trials trained to their end"),
    "pruned": message("trials ended early"),
}


class SearchReadouts:
    """Cards that take quantities and nothing else; places never move."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-readouts")
        self.view = View(key=lambda s: (s.standing, s.pinned), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        page().give_name(self.widget, _("read-outs"), role="group")
        now = readings(scene.standing)
        pinned = readings(scene.pinned)
        cards = "".join(
            _card(name, now.get(name), pinned.get(name), now.get("diverged")) for name in CARDS
        )
        self.widget.value = f'<div class="wb-strip">{cards}</div>'


def readings(standing: Standing | None) -> dict[str, Quantity]:
    """What a standing is read out as, by card; what is not known yet is not there."""
    if standing is None or not scored(standing):
        return {}
    trials = complete(standing)
    best = winner(trials)
    wild = sum(trial.is_diverged for trial in trials)
    found = {
        "best": best.quantities[SCORE] if best else None,
        "test": best.quantities.get("accuracy") if best else None,
        "mean": mean_score(standing),
        "seconds": _seconds(standing),
        "complete": counted(len(trials) - wild, message("trials that were trained to their end")),
        "diverged": counted(wild, message("trainings that diverged: a guess stands for them")),
        "pruned": counted(
            sum(t.state == "pruned" for t in standing.trials),
            message("trials that the pruner ended"),
        ),
    }
    return {name: quantity for name, quantity in found.items() if quantity is not None}


def _seconds(standing: Standing) -> Quantity | None:
    """Seconds of all trials that ended, added up; None where none has ended."""
    each = [t.seconds for t in standing.trials if t.state in ENDED]
    if not each:
        return None
    how = message(
        "from the choice of its values to its end, added up over {n} trials, those that ended early"
        " among them",
        n=len(each),
    )
    return Quantity(value=sum(each), unit="s", provenance="measured", how=how, n=len(each))


def _card(name: str, now: Quantity | None, pinned: Quantity | None, wild: Quantity | None) -> str:
    difference = ""
    if name == "complete" and wild is not None and wild.value:
        words = _("{n} diverged").format(n=value_text(wild))
        difference = f'<span class="wb-difference">{escape(words)}</span>'
    if now is not None and pinned is not None and now.unit == "fraction":
        words = escape(difference_text(now, pinned))
        difference = f'<span class="wb-difference">{words}</span>'
    return card(name, escape(str(CARDS[name])), now, difference, is_stale=False)
