"""Two networks, a bet, and two ways to time them; that they are identical is told at the end."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Literal

import ipywidgets

from workbench.locale import Message, _, decimal, keep_translated, message
from workbench.measurement import Quantity
from workbench.measurement.noise import Bet, Twins
from workbench.setting import Setting
from workbench.statistics import SESSION_SPREAD, ratio_verdict
from workbench.widgets.html import button, tag
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.wording import interval_text, network_text, value_text

Way = Literal["naive", "fair"]
Run = Callable[["Wanted", Callable[[Twins], None]], Twins]
BETS: dict[Bet, Message] = {
    "A": message("A is faster"),
    "B": message("B is faster"),
    "cannot tell": message("Nobody can tell"),
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One more timing of the two, and what is known of them so far."""

    setting: Setting
    way: Way
    before: Twins


class TwinsGame:
    """Bet first, then time once as usual, as often as wanted, and last in turn."""

    def __init__(self, run: Run, setting: Setting) -> None:
        self._setting = setting
        self._bet: Bet | None = None
        self._before = Twins()
        self._table, self._betting = ipywidgets.HTML(), ipywidgets.HTML()
        for part in (self._table, self._betting):
            part.add_class("wb-drawing")
        self.task: Task[Wanted, Twins] = Task(run, self._draw, self._told, self._table)
        self.task.offer(
            message("Time A, then B"),
            message("time the one and then the other, as is usual"),
            partial(self._wanted, "naive"),
        )
        self.task.offer(
            message("Time them in turn"),
            message("A, B, B, A, ...: the ratio of each pair, and its interval"),
            partial(self._wanted, "fair"),
        )
        bets = [
            button(words, message("bet on this before you time"), partial(self._choose, bet),
                   page().show_problem)
            for bet, words in BETS.items()
        ]  # fmt: skip
        row = ipywidgets.HBox(bets)
        row.add_class("wb-buttons")
        self.widget = ipywidgets.VBox([row, self._betting, self.task.widget])
        self.widget.add_class("wb-study")
        keep_translated(self._write_bet)

    def _choose(self, bet: Bet) -> None:
        self._bet = bet
        self._write_bet()

    def _write_bet(self) -> None:
        page().give_name(self._betting, _("your bet"), role="status", live=True)
        words = (
            _("Which of A and B is faster? Bet before you time.")
            if self._bet is None
            else _("Your bet: {bet}.").format(bet=BETS[self._bet])
        )
        self._betting.value = f"<p>{escape(words)}</p>"
        self._draw(self.task.found)

    def _wanted(self, way: Way) -> Wanted:
        if self._bet is None:
            raise ValueError(_("bet first: choose one of the three buttons above"))
        self._before = self.task.found or self._before
        return Wanted(setting=self._setting, way=way, before=self._before)

    def _told(self, found: Twins) -> str:
        return network_text(self._setting)

    def _draw(self, found: Twins | None) -> None:
        page().give_name(self._table, _("what was timed"), role="group")
        known = found or self._before
        parts = [_naive(known.naive), _fair(known, self._bet)]
        empty = f'<p class="wb-empty">{escape(_("nothing timed yet"))}</p>'
        self._table.value = "".join(parts) or empty


def _naive(ratios: tuple[Quantity, ...]) -> str:
    if not ratios:
        return ""
    items = "".join(
        f"<li>{escape(_ratio_text(ratio))} {tag(ratio)}: {escape(_looks(ratio.value))}</li>"
        for ratio in ratios
    )
    slower = sum(ratio.value > 1 + SESSION_SPREAD for ratio in ratios)
    words = _("A, which was timed first, took longer by more than {spread} % in {k} of {n}.")
    counted = words.format(
        spread=decimal(100 * SESSION_SPREAD), k=decimal(slower), n=decimal(len(ratios))
    )
    title = _("One after the other")
    return f"<h4>{escape(title)}</h4><ol>{items}</ol><p>{escape(counted)}</p>"


def _ratio_text(ratio: Quantity) -> str:
    return _("A took {ratio} the time of B").format(ratio=value_text(ratio))


def _looks(value: float) -> str:
    verdict = ratio_verdict(value, value)
    return {
        "better": _("B looks faster"),
        "worse": _("A looks faster"),
        "cannot tell": _("no difference to speak of"),
    }[verdict]


def _fair(known: Twins, bet: Bet | None) -> str:
    fair = known.fair
    if fair is None:
        return ""
    verdict = ratio_verdict(*fair.ends)
    answer: Bet = {"better": "B", "worse": "A", "cannot tell": "cannot tell"}[verdict]  # type: ignore[assignment]
    told = _("{ratio}, interval {interval}").format(
        ratio=_ratio_text(fair), interval=interval_text(fair)
    )
    title = _("In turn, {n} pairs").format(n=decimal(known.pairs))
    verdict_words = _("Verdict: {answer}.").format(answer=BETS[answer])
    return (
        f"<h4>{escape(title)}</h4><p>{escape(told)} {tag(fair)}</p>"
        f"<p><b>{escape(verdict_words)}</b></p>{_reveal(answer, bet)}"
    )


def _reveal(answer: Bet, bet: Bet | None) -> str:
    truth = _("A and B are the same network with the same weights, built twice.")
    if answer != "cannot tell":
        after = _("So this verdict is wrong: a few of a hundred may be.")
    elif bet == "cannot tell":
        after = _("Your bet was right.")
    else:
        after = _("Your bet cannot be right, and no honest timing can make it so.")
    return f'<p class="wb-exercise">{escape(truth)} {escape(after)}</p>'
