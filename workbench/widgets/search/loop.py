"""The loop of tuning as a diagram whose station lights up while a trial runs."""

from html import escape

import ipywidgets

from workbench.locale import _
from workbench.measurement import Quantity
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.plot import caption
from workbench.widgets.search.scene import Scene, complete, running, score, winner
from workbench.widgets.search.words import SHORT, axis_text, axis_value, chosen_text, number_of
from workbench.widgets.views import View
from workbench.wording import value_text

STATIONS = 4
RANGES, SEARCH, EVALUATE, REPEAT = range(STATIONS)


class Loop:
    """Ranges, search, evaluate, repeat: what happens at each station right now."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-text")
        self.view = View(key=lambda s: (s.plan, s.standing, s.is_running), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        page().give_name(
            self.widget, _("the loop of tuning: ranges, search, evaluate, repeat"), role="group"
        )
        lit = station(scene)
        boxes = "".join(
            f'<li class="wb-station{" wb-lit" if number == lit else ""}"'
            f"{' aria-current=step' if number == lit else ''}>"
            f"<b>{number + 1}. {escape(name)}</b><span>{escape(told)}</span></li>"
            for number, (name, told) in enumerate(_stations(scene))
        )
        known = _newest(scene)
        label = caption(f"{tag(known)} {escape(str(known.how))}") if known else ""
        self.widget.value = f'<ol class="wb-loop">{boxes}</ol>{label}'


def station(scene: Scene) -> int | None:
    """Where the search is: None before it begins and after it ended."""
    if not scene.is_running:
        return None
    if scene.standing is None:
        return RANGES
    trial = running(scene.standing)
    if trial is None:
        return REPEAT
    return EVALUATE if trial.curve else SEARCH


def _stations(scene: Scene) -> tuple[tuple[str, str], ...]:
    plan = scene.shown
    ranges = "; ".join(
        f"{axis_text(name)} {axis_value(name, values[0])}–{axis_value(name, values[-1])}"
        for name, values in plan.axes.items()
    )
    return (
        (_("Ranges"), ranges),
        (_("Search"), _("{strategy} picks: {chosen}").format(
            strategy=SHORT[plan.strategy], chosen=_picked(scene))),
        (_("Evaluate"), _evaluated(scene)),
        (_("Repeat"), _repeated(scene)),
    )  # fmt: skip


def _picked(scene: Scene) -> str:
    """The values of the newest trial that has some: one that waits has none yet."""
    trials = scene.standing.trials if scene.standing else ()
    picked = [trial for trial in trials if trial.state != "waiting" and trial.chosen]
    return chosen_text(picked[-1]) if picked else "…"


def _newest(scene: Scene) -> Quantity | None:
    """The newest number of the diagram."""
    trial = running(scene.standing)
    if trial is not None and trial.curve:
        return trial.curve[-1][1]
    ended = complete(scene.standing)
    return score(ended[-1]) if ended else None


def _evaluated(scene: Scene) -> str:
    trial = running(scene.standing)
    if trial is not None and trial.curve:
        epoch, found = trial.curve[-1]
        return _("trains, epoch {epoch}: {found}").format(epoch=epoch, found=value_text(found))
    ended = complete(scene.standing)
    if not ended:
        return _("trains on training images, asks validation images")
    found_last = score(ended[-1])
    return _("trial {number}: {found} on validation images").format(
        number=number_of(ended[-1]), found=value_text(found_last) if found_last else "-"
    )


def _repeated(scene: Scene) -> str:
    standing, best = scene.standing, winner(complete(scene.standing))
    if standing is None or best is None:
        return _("until the budget is used up")
    found = score(best)
    return _("{done} of {wanted}; best: trial {number}, {found}").format(
        done=standing.complete, wanted=standing.wanted, number=number_of(best),
        found=value_text(found) if found else "-",
    )  # fmt: skip
