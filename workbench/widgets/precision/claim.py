"""A sentence put to the test: bet on it, run it on this machine, read the verdict."""

from collections.abc import Callable
from html import escape

import ipywidgets

from workbench.checks.precision import Judged, Ruling
from workbench.locale import Message, _, keep_translated, message
from workbench.measurement import Grid
from workbench.setting import Setting
from workbench.widgets.guard import listen
from workbench.widgets.html import tag, text
from workbench.widgets.page import page
from workbench.widgets.plot import caption
from workbench.widgets.study import Study, Survey

RULINGS: dict[Ruling, Message] = {
    "supported": message("supported"),
    "not supported": message("not supported"),
    "cannot tell": message("cannot tell"),
}


class Claim:
    """The quote, three bets, the run, and what the judge says of what it measured."""

    def __init__(
        self,
        quote: Callable[[], str],
        survey: Survey,
        setting: Callable[[], Setting],
        judge: Callable[[Grid], Judged],
    ) -> None:
        self._judge = judge
        self._grid = Grid(rows=(), columns=(), cells={})
        self.bet = ipywidgets.ToggleButtons(options=list(RULINGS), value=None)
        self.bet.add_class("wb-bet")
        self._ruling = ipywidgets.HTML()
        self._ruling.add_class("wb-text")
        self.study = Study(
            survey, setting, self._take, self._ruling,
            message("Run it on my machine"), message("measure what the sentence is about"),
        )  # fmt: skip
        quoted = text(lambda: f"<blockquote>{quote()}</blockquote>")
        self.widget = ipywidgets.VBox([quoted, self.bet, self.study.widget])
        self.widget.add_class("wb-exercise")
        listen(self.bet, lambda _bet: self._write(), page().show_problem)
        keep_translated(self._translate)

    def _translate(self) -> None:
        words = tuple(str(word) for word in RULINGS.values())
        self.bet.set_trait("_options_labels", words)
        page().give_name(self.bet, _("your bet on this sentence"), role="group")
        self._write()

    def _take(self, grid: Grid) -> None:
        self._grid = grid
        self._write()

    def _write(self) -> None:
        page().give_name(self._ruling, _("verdict"), role="group", live=True)
        is_complete = bool(self._grid.rows) and all(
            (self._grid.rows[0], column) in self._grid.cells for column in self._grid.columns
        )
        if self.bet.value is None or not is_complete:
            words = _("Bet first, then run it: the verdict is of what is measured here.")
            self._ruling.value = f'<p class="wb-empty">{escape(words)}</p>'
            return
        judged = self._judge(self._grid)
        items = "".join(f"<li>{escape(str(told))}</li>" for told in judged.told)
        mine, bet = str(RULINGS[judged.ruling]), str(RULINGS[self.bet.value])
        verdict = escape(_("Verdict: {ruling}.").format(ruling=mine))
        yours = escape(_("Your bet: {bet}.").format(bet=bet))
        mark = "✓" if judged.ruling == self.bet.value else "✗"
        one = self._grid.cells[self._grid.rows[0], self._grid.columns[0]]
        label = caption(f"{tag(one)} {escape(str(one.how))}")
        self._ruling.value = f"<ul>{items}</ul><p><b>{verdict}</b> {mark} {yours}</p>{label}"
