"""The cards of a lesson: sentences of articles that are about it, put to the test."""

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from workbench import report
from workbench.claims import Claim
from workbench.claims.sentences import CLAIMS
from workbench.lessons.bench import Bench, session_of
from workbench.lessons.claim_surveys import EXPERIMENTS
from workbench.lessons.frame import box, fold, section
from workbench.locale import _, message
from workbench.widgets.claims.board import ClaimBoard, Verdict
from workbench.widgets.claims.card import ANSWERS, RULINGS, ClaimCard
from workbench.widgets.report import ReportButtons


def sentences(lesson: int, bench: Bench | None = None) -> ipywidgets.Widget:
    """The section with the cards of a lesson; verdicts go into the report of its `bench`.

    A lesson without one has a report of its verdicts alone.

    A card measures with a setting of its own, so that it says here what it says in lesson 10.
    """
    board = board_of([claim for claim in CLAIMS if claim.lesson == lesson])
    parts = [folded(board)]
    if bench is not None:
        bench.verdicts.append(lambda: told_of(board))
    else:
        parts.append(ReportButtons(lambda: session_of(verdicts=told_of(board))))
    return section(message("Put to the test"), about, box(parts, "wb-figures"))


def folded(board: ClaimBoard) -> ipywidgets.Widget:
    """Each sentence alone, until it is pressed: many open cards would be a wall."""
    return box([_folded(card) for card in board.cards], "wb-claims")


def _folded(card: ClaimCard) -> ipywidgets.Widget:
    claim = card.claim
    return fold(
        lambda is_open: f"{'▾' if is_open else '▸'} {claim.text}",
        lambda: str(claim.rule),
        card.widget,
    )


def about() -> str:
    """What the cards are."""
    return _(
        "What articles and talks say of this, in our own words. Bet first, then run it: the verdict"
        " is of what this machine measures. Lesson 10 has the sentences of all lessons."
    )


def board_of(
    claims: Sequence[Claim],
    on_change: Callable[[tuple[Verdict, ...]], Any] = lambda verdicts: None,
) -> ClaimBoard:
    """The cards of these claims, each with its experiment."""
    named = {name: (each.survey, each.setting) for name, each in EXPERIMENTS.items()}
    return ClaimBoard(claims, named, on_change)


def told_of(board: ClaimBoard) -> tuple[report.Verdict, ...]:
    """The verdicts of a board at that moment, as a report takes them along."""
    return tuple(map(reported, board.verdicts))


def reported(verdict: Verdict) -> report.Verdict:
    """A verdict of a board as a report takes it along."""
    cases = verdict.judged.cases
    return report.Verdict(
        claim=verdict.claim.text,
        ruling=RULINGS[verdict.judged.ruling],
        bet=RULINGS[verdict.bet],
        ruled=report.Ruled(claim=verdict.claim.name, ruling=verdict.judged.ruling, bet=verdict.bet),
        told=tuple(
            message("{answer}: {case}", answer=ANSWERS[case.holds][1], case=case.name)
            for case in cases
        ),
        numbers=tuple(
            (message("{case}: {name}", case=case.name, name=name), quantity)
            for case in cases
            for name, quantity in case.shown
        ),
    )
