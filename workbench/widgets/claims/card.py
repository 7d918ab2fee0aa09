"""A sentence put to the test: bet on it, run it on this machine, read the verdict."""

from collections.abc import Callable
from dataclasses import replace
from html import escape
from threading import RLock

import ipywidgets

from workbench.claims import Case, Claim, Judged, Ruling
from workbench.locale import Message, _, keep_translated, message
from workbench.measurement import Grid, Report
from workbench.setting import Setting
from workbench.widgets.claims.tables import row, table
from workbench.widgets.guard import listen
from workbench.widgets.html import tag, text
from workbench.widgets.page import page
from workbench.widgets.study import Study, Survey
from workbench.wording import interval_text, value_text

RULINGS: dict[Ruling, Message] = {
    "supported": message("supported"),
    "not supported": message("not supported"),
    "depends": message("depends"),
    "cannot tell": message("cannot be told"),
}
ANSWERS: dict[bool | None, tuple[str, Message]] = {
    True: ("✓", message("it holds for")),
    False: ("✗", message("it does not hold for")),
    None: ("?", message("the numbers cannot tell for")),
}


class ClaimCard:
    """The rule of a sentence, four bets, the run, and what the judge says of what it measured.

    The sentence itself stands on what folds and opens the card.
    `on_change` hears of every bet and verdict; `on_grid` of every grid that was measured here.
    """

    def __init__(
        self,
        claim: Claim,
        survey: Survey,
        setting: Callable[[], Setting],
        on_change: Callable[[], None] = lambda: None,
        on_grid: Callable[[str, Grid], None] = lambda experiment, grid: None,
    ) -> None:
        self.claim = claim
        self._setting, self._on_change, self._on_grid = setting, on_change, on_grid
        self._grid: Grid | None = None
        self._own: Grid | None = None
        self._lock = RLock()
        self.bet = ipywidgets.ToggleButtons(options=list(RULINGS), value=None)
        self.bet.add_class("wb-bet")
        self._ruling = ipywidgets.HTML()
        self._ruling.add_class("wb-text")
        self.study = Study(
            _whole(survey), setting, self._measured, self._ruling,
            message("Run it on my machine"), message("measure what the sentence is about"),
            told=lambda _setting: _("done"),
        )  # fmt: skip
        rule = text(lambda: f"<p>{escape(str(claim.rule))}</p>")
        self.widget = ipywidgets.VBox([rule, self.bet, self.study.widget])
        self.widget.add_class("wb-exercise")
        listen(self.bet, lambda _bet: self._write(), page().show_problem)
        keep_translated(self._translate)

    @property
    def judged(self) -> Judged | None:
        """What the measurements say; None before there are any."""
        return self.claim.judge(self._grid) if self._grid is not None else None

    def run(self) -> None:
        """Measure, as the button does."""
        self.study.start(self._setting())

    def take(self, grid: Grid) -> None:
        """Judge by this grid, measured here or by a card with the same experiment."""
        self._grid = grid
        self._write()

    def _measured(self, grid: Grid) -> None:
        # A study draws itself again in another language: that measures nothing anew.
        if grid.cells and grid is not self._own:
            self._own = grid
            self.take(grid)
            self._on_grid(self.claim.experiment, grid)

    def _translate(self) -> None:
        words = tuple(str(word) for word in RULINGS.values())
        self.bet.set_trait("_options_labels", words)
        told = _("your bet on “{sentence}”").format(sentence=self.claim.text)
        page().give_name(self.bet, told, role="group")
        self._write()

    def _write(self) -> None:
        with self._lock:  # a bet comes on one thread and a verdict on another
            self._draw()
        self._on_change()

    def _draw(self) -> None:
        page().give_name(self._ruling, _("verdict"), role="group", live=True)
        judged = self.judged
        # A bet that could be moved after the verdict would be none.
        self.bet.disabled = self.bet.value is not None and judged is not None
        if self.bet.value is None or judged is None:
            words = (
                _("Bet first, then run it: the verdict is of what is measured here.")
                if self.bet.value is None
                else _("Your bet: {bet}. The verdict comes with the measurement.").format(
                    bet=RULINGS[self.bet.value]
                )
            )
            self._ruling.value = f'<p class="wb-empty">{escape(words)}</p>'
        else:
            self._ruling.value = verdict_text(judged, self.bet.value)


def verdict_text(judged: Judged, bet: Ruling) -> str:
    """The verdict beside the bet, where it holds and where not, and every number, HTML."""
    verdict = escape(_("Verdict: {ruling}.").format(ruling=RULINGS[judged.ruling]))
    yours = escape(_("Your bet: {bet}.").format(bet=RULINGS[bet]))
    mark = "✓" if judged.ruling == bet else "✗"
    numbers = escape(_("The numbers"))
    rows = [_row(case) for case in judged.cases]
    return (
        f"<p><b>{verdict}</b> {mark} {yours}</p>{_where(judged)}"
        f"<details><summary>{numbers}</summary>{table((), rows)}</details>"
    )


def _where(judged: Judged) -> str:
    """Which cases it holds for, by name."""
    items = "".join(
        f"<li>{mark} {escape(str(words))}: {escape('; '.join(map(str, named)))}</li>"
        for answer, (mark, words) in ANSWERS.items()
        if (named := judged.where(answer))
    )
    return f'<ul class="wb-findings">{items}</ul>'


def _row(case: Case) -> str:
    mark, words = ANSWERS[case.holds]
    numbers = "<br>".join(
        f"{escape(str(name))}: {escape(value_text(quantity))}"
        f" <small>{escape(interval_text(quantity))}</small> {tag(quantity)}"
        for name, quantity in case.shown
    )
    told = f'<span title="{escape(str(words), quote=True)}">{mark}</span>'
    return row(f"{told} {escape(str(case.name))}", [numbers])


def _whole(survey: Survey) -> Survey:
    """The same, told of when it is whole: a judge reads no grid with holes."""

    def run(setting: Setting, report: Report) -> Grid:
        return survey(setting, lambda progress: report(replace(progress, grid=None)))

    return run
