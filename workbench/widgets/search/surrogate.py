"""How TPE guesses: the densities of good and of bad trials along each axis, and their ratio."""

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets

from workbench.locale import _, decimal, percent
from workbench.search.values import Standing, Surrogate
from workbench.widgets.page import page
from workbench.widgets.plot import caption, nothing
from workbench.widgets.search.scene import Scene, complete
from workbench.widgets.search.words import SHORT, axis_text, axis_value
from workbench.widgets.views import View
from workbench.wording import PROVENANCES

Surrogates = Callable[[Standing], Sequence[Surrogate]]


LONGEST = 44  # pixels: two bars and three numbers fit beside each other on a phone


class SurrogateStrips:
    """A table an axis: two bars a value, and the value with the highest ratio marked."""

    def __init__(self, surrogates: Surrogates) -> None:
        self._surrogates = surrogates
        self._known: tuple[object, Sequence[Surrogate]] = (None, ())
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        self.view = View(key=lambda s: (s.shown.strategy, complete(s.standing)), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        page().give_name(
            self.widget, _("densities of good and bad trials along each axis"), role="group"
        )
        if scene.shown.strategy != "tpe":
            told = _("{strategy} does not guess by densities; TPE does: choose it as the strategy")
            words = told.format(strategy=SHORT[scene.shown.strategy])
            self.widget.value = nothing(escape(words))
            return
        trials = complete(scene.standing)
        if scene.standing is not None and self._known[0] != trials:
            self._known = (trials, self._surrogates(scene.standing) if trials else ())
        found = self._known[1]
        if not trials or not found:
            told = _("there are too few trials to divide into good and bad ones")
            self.widget.value = nothing(escape(told))
            return
        strips = "".join(map(_strip, found))
        self.widget.value = f'<div class="wb-strips">{strips}</div>{_caption(found[0])}'


def _strip(one: Surrogate) -> str:
    ratios = [_ratio(g, b) for g, b in zip(one.good, one.bad, strict=True)]
    most = max(*one.good, *one.bad) or 1
    next_guess = ratios.index(max(ratios))
    rows = "".join(
        f'<tr{" class=wb-next" if at == next_guess else ""}><th scope="row">'
        f"{escape(axis_value(one.axis, value))}</th>"
        f"{_bar(one.good[at], most, 'good')}{_bar(one.bad[at], most, 'bad')}"
        f"<td>× {decimal(ratios[at], 2)}{' ◀' if at == next_guess else ''}</td></tr>"
        for at, value in enumerate(one.values)
    )
    heads = "".join(
        f'<th scope="col">{escape(head)}</th>'
        for head in (axis_text(one.axis), _("good"), _("bad"), _("good ÷ bad"))
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _bar(share: float, most: float, kind: str) -> str:
    width = f"{LONGEST * share / most:.0f}px"
    return (
        f'<td><span class="wb-density wb-{kind}" style="width:{width}"></span>'
        f"{percent(share, 0)}</td>"
    )


def _ratio(good: float, bad: float) -> float:
    return good / bad if bad > 0 else float(good > 0) * 99.0


def _caption(one: Surrogate) -> str:
    words = _(
        "{good} good trials (blue), {bad} others (orange); TPE tries next what is frequent among"
        " the good and rare among the others: ◀ the highest ratio of each axis."
    ).format(good=one.n_good, bad=one.n_bad)
    label = f'<span class="wb-tag wb-computed">{PROVENANCES["computed"]}</span>'
    return caption(f"{label} {escape(words)}")
