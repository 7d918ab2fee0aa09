"""The board of all claims: every sentence, the learner's bet, and the verdict of this machine."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from threading import RLock
from typing import Any

import ipywidgets

from workbench.claims import Claim, Judged, Ruling
from workbench.locale import _, decimal, keep_translated, message
from workbench.measurement import Grid
from workbench.setting import Setting
from workbench.widgets.claims.card import RULINGS, ClaimCard
from workbench.widgets.claims.tables import row, table
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.widgets.study import Survey


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A claim that was bet on and run: the bet beside what the measurements say."""

    claim: Claim
    bet: Ruling
    judged: Judged

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON, words in the language in use."""
        return {
            "claim": self.claim.name,
            "sentence": str(self.claim.text),
            "bet": self.bet,
            "ruling": self.judged.ruling,
            "cases": [
                {
                    "name": str(case.name),
                    "holds": case.holds,
                    "numbers": {str(name): q.as_dict() for name, q in case.shown},
                }
                for case in self.judged.cases
            ],
        }


class ClaimBoard:
    """Cards in the order of the claims; those of one experiment share what any of them measures."""

    def __init__(
        self,
        claims: Sequence[Claim],
        surveys: Mapping[str, tuple[Survey, Setting]],
        on_change: Callable[[tuple[Verdict, ...]], None] = lambda verdicts: None,
    ) -> None:
        self._on_change = on_change
        self._lock = RLock()
        self._table = ipywidgets.HTML()
        self._table.add_class("wb-text")
        self._table.add_class("wb-history")
        self.cards: tuple[ClaimCard, ...] = ()
        self.cards = tuple(self._card(claim, *surveys[claim.experiment]) for claim in claims)
        every = button(
            message("Run all"), message("run every experiment, one after the other"),
            self.run_all, page().show_problem,
        )  # fmt: skip
        stop = button(
            message("Stop all"), message("end what runs; what is measured stays"),
            self.stop, page().show_problem,
        )  # fmt: skip
        buttons = ipywidgets.HBox([every, stop])
        buttons.add_class("wb-buttons")
        self.widget = ipywidgets.VBox([buttons, self._table])
        self.widget.add_class("wb-figures")
        keep_translated(self._write)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Of the claims that were bet on and run."""
        return tuple(
            Verdict(claim=card.claim, bet=card.bet.value, judged=judged)
            for card in self.cards
            if card.bet.value is not None and (judged := card.judged) is not None
        )

    def run_all(self) -> None:
        """Begin every experiment once; they take turns."""
        begun: set[str] = set()
        for card in self.cards:
            if card.claim.experiment not in begun:
                begun.add(card.claim.experiment)
                card.run()

    def stop(self) -> None:
        """End all that runs."""
        for card in self.cards:
            card.study.stop()

    def close(self) -> None:
        """End all threads."""
        for card in self.cards:
            card.study.close()

    def _card(self, claim: Claim, survey: Survey, setting: Setting) -> ClaimCard:
        return ClaimCard(claim, survey, lambda: setting, self._write, self._share)

    def _share(self, experiment: str, grid: Grid) -> None:
        """Judge by one grid whatever is about it."""
        for card in self.cards:
            if card.claim.experiment == experiment:
                card.take(grid)

    def _write(self) -> None:
        with self._lock:
            self._draw()

    def _draw(self) -> None:
        page().give_name(self._table, _("board of claims"), role="group")
        verdicts = {verdict.claim.name: verdict for verdict in self.verdicts}
        heads = (_("lesson"), _("sentence"), _("your bet"), _("verdict here"))
        rows = [self._row(card, verdicts.get(card.claim.name)) for card in self.cards]
        self._table.value = _summary(tuple(verdicts.values())) + table(heads, rows)
        self._on_change(tuple(verdicts.values()))

    def _row(self, card: ClaimCard, verdict: Verdict | None) -> str:
        bet = str(RULINGS[card.bet.value]) if card.bet.value else "–"
        told = "–"
        if verdict is not None:
            mark = "✓" if verdict.bet == verdict.judged.ruling else "✗"
            told = f"{mark} {RULINGS[verdict.judged.ruling]}"
        elif card.judged is not None:
            told = _("measured: bet to see it")
        sentence = escape(str(card.claim.text))
        return row(sentence, [escape(bet), escape(told)], decimal(card.claim.lesson))


def _summary(verdicts: Sequence[Verdict]) -> str:
    """How many of each ruling, and how often the bet was right."""
    if not verdicts:
        words = _("Nothing is judged yet: bet on a sentence and run it.")
        return f'<p class="wb-empty">{escape(words)}</p>'
    counts = Counter(verdict.judged.ruling for verdict in verdicts)
    told = ", ".join(f"{RULINGS[r]}: {decimal(counts[r])}" for r in RULINGS if counts[r])
    right = sum(verdict.bet == verdict.judged.ruling for verdict in verdicts)
    words = _("Judged: {n}, of which {told}. Right bets: {right}.").format(
        n=decimal(len(verdicts)), told=told, right=decimal(right)
    )
    return f"<p>{escape(words)}</p>"
