"""A sentence that is often said: bet on it first, then measure, and see who was right."""

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets

from workbench.checks.learning import Verdict
from workbench.locale import Message, _, keep_translated, message
from workbench.measurement import EMPTY_GRID, Grid
from workbench.widgets.guard import listen
from workbench.widgets.html import tag, text
from workbench.widgets.map import Map
from workbench.widgets.page import page

NO_BET = -1


class Bet:
    """`asked`: a choice to make first; `widget`: the measured table, and then the verdict."""

    def __init__(
        self,
        question: Message,
        answers: Sequence[Message],
        figure: Map,
        judge: Callable[[Grid], Verdict | None],
    ) -> None:
        self._question, self._answers, self._judge = question, answers, judge
        self._figure, self._grid = figure, EMPTY_GRID
        self._is_filling = False
        self.choice = ipywidgets.RadioButtons(options=[("", NO_BET)])
        self.choice.add_class("wb-control")
        self.verdict = ipywidgets.HTML()
        self.verdict.add_class("wb-text")
        listen(self.choice, self._chosen, page().show_problem)
        asked = text(lambda: f"<p>{escape(str(question))}</p>")
        self.asked = ipywidgets.VBox([asked, self.choice])
        self.asked.add_class("wb-drawing")
        self.widget = ipywidgets.VBox([figure.widget, self.verdict])
        self.widget.add_class("wb-figures")
        keep_translated(self._translate)

    def draw(self, grid: Grid) -> None:
        """Show what is there of the grid, and the verdict where it suffices for one."""
        self._grid = grid
        self._figure.draw(grid)
        self._tell()

    def _translate(self) -> None:
        chosen, self._is_filling = self.choice.value, True
        words = (message("no bet yet"), *self._answers)
        self.choice.options = [(str(word), place - 1) for place, word in enumerate(words)]
        self.choice.value = NO_BET if chosen is None else chosen
        self.choice.description = _("my bet")
        self._is_filling = False
        page().give_name(self.choice, str(self._question))
        page().give_name(self.verdict, _("the verdict"), role="group", live=True)
        self._tell()

    def _chosen(self, value: object) -> None:
        if not self._is_filling:
            self._tell()

    def _tell(self) -> None:
        found = self._judge(self._grid)
        if found is None:
            self.verdict.value = ""
            return
        bet = int(self.choice.value)
        mark = "" if bet == NO_BET else _("✓ Your bet was right.")
        if bet not in (NO_BET, found.right):
            mark = _("✗ Your bet was wrong.")
        told = " ".join(str(part) for part in found.told)
        tags = " ".join(tag(quantity) for quantity in found.shown)
        self.verdict.value = f"<p><b>{escape(mark)}</b> {escape(told)} {tags}</p>"
