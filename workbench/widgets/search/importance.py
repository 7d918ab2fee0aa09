"""How much each axis mattered to the score, as bars with their numbers."""

from collections.abc import Callable, Mapping
from html import escape

import ipywidgets

from workbench.locale import _
from workbench.measurement import Quantity
from workbench.search.values import Standing
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.plot import caption, nothing
from workbench.widgets.search.scene import Scene, complete
from workbench.widgets.search.words import axis_text
from workbench.widgets.views import View
from workbench.wording import value_text

Importances = Callable[[Standing], Mapping[str, Quantity]]
FEWEST = 8


class Importance:
    """A bar an axis; shares of all of them."""

    def __init__(self, importances: Importances) -> None:
        self._importances = importances
        self._known: tuple[object, Mapping[str, Quantity]] = (None, {})
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-bars")
        self.view = View(key=lambda s: complete(s.standing), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        page().give_name(self.widget, _("importance of each axis"), role="group")
        trials = complete(scene.standing)
        if scene.standing is None or len(trials) < FEWEST:
            told = _("{n} complete trials are needed").format(n=FEWEST)
            self.widget.value = nothing(escape(told))
            return
        if self._known[0] != trials:
            self._known = (trials, self._importances(scene.standing))
        found = self._known[1]
        if not found:
            told = _("all trials came to the same score: nothing to explain")
            self.widget.value = nothing(escape(told))
            return
        most = max(quantity.value for quantity in found.values()) or 1
        rows = "".join(_row(name, quantity, most) for name, quantity in found.items())
        how = next(iter(found.values()))
        words = _(
            "From {n} trials, and only within these ranges: another range, another importance."
        ).format(n=len(trials))
        self.widget.value = (
            f'<div class="wb-figure">{rows}{caption(f"{escape(str(how.how))}. {escape(words)}")}'
            "</div>"
        )


def _row(name: str, quantity: Quantity, most: float) -> str:
    return (
        f'<div class="wb-bar-row"><span class="wb-name">{escape(axis_text(name))}</span>'
        f'<span class="wb-track"><span class="wb-bar" style="width:'
        f'{100 * max(quantity.value, 0) / most:.1f}%"></span></span>'
        f'<span class="wb-value">{escape(value_text(quantity))}</span>{tag(quantity)}</div>'
    )
