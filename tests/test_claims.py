"""Sentences put to the test: the numbers, the experiments, the card and the board."""

from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import pytest

from tests.claim_grids import HOW, about, column, grid
from workbench.claims import Ruling
from workbench.claims.sentences import BY_NAME, CLAIMS
from workbench.core.claims import training
from workbench.core.claims.paired import difference, over_seeds, paired
from workbench.lessons import claim_surveys
from workbench.lessons.claim_surveys import EXPERIMENTS
from workbench.lessons.races import QUICK
from workbench.lessons_index import LESSONS
from workbench.locale import use_language
from workbench.measurement import Grid, Progress, Quantity, Report, Superseded, ignore
from workbench.search.values import Race
from workbench.setting import Setting
from workbench.widgets.claims.board import ClaimBoard
from workbench.widgets.claims.card import RULINGS, ClaimCard

pytestmark = pytest.mark.usefixtures("cache")
SLOW, FAST = about(0.5, 0.4, 0.6, "ratio"), about(2, 1.8, 2.2, "ratio")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


# The numbers


def test_a_paired_difference_is_that_of_the_accuracies_and_its_interval_holds_it() -> None:
    rng = np.random.default_rng(0)
    before, after = rng.random(400) < 0.8, rng.random(400) < 0.6
    found = paired(before, after)
    assert found.value == pytest.approx(after.mean() - before.mean())
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high < 0


def test_the_interval_of_a_difference_covers_the_true_one_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for _draw in range(2000):
        helped, hurt, _same = rng.multinomial(200, (0.05, 0.1, 0.85))
        found = difference(int(helped), int(hurt), 200)
        covered += (found.low or 0) <= -0.05 <= (found.high or 0)
    assert 0.93 < covered / 2000 < 0.975


def test_a_difference_over_seeds_pairs_them() -> None:
    found = over_seeds([0.1, 0.5, 0.9], [0.2, 0.6, 1.0], HOW)
    assert found.value == pytest.approx(0.1)
    assert found.low == pytest.approx(0.1)


# The experiments


def test_at_least_twelve_claims_of_nine_lessons_each_have_an_experiment() -> None:
    assert len(CLAIMS) >= 12
    assert len(BY_NAME) == len(CLAIMS)
    assert {claim.lesson for claim in CLAIMS} <= {lesson.number for lesson in LESSONS}
    assert {claim.experiment for claim in CLAIMS} == EXPERIMENTS.keys()


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_answers_its_claims_case_by_case_with_numbers(name: str) -> None:
    experiment = EXPERIMENTS[name]
    found = experiment.survey(experiment.setting, ignore)
    for claim in CLAIMS:
        if claim.experiment == name:
            judged = claim.judge(found)
            assert judged.ruling in get_args(Ruling)
            assert judged.cases
            assert all(case.shown for case in judged.cases)


@pytest.mark.parametrize(
    ("experiment", "column"),
    [("epochs", "gain"), ("windows", "gain"), ("learning_rates", "gain"), ("precisions", "change")],
)
def test_what_is_reached_later_or_with_more_is_a_gain(
    experiment: str, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each further training reaches ten points more, whatever it is of."""
    asked: list[Setting] = []

    def reached(setting: Setting, after: tuple[int, ...], _report: Any) -> dict[int, list[float]]:
        asked.append(setting)
        return {epoch: [0.1 * (len(asked) + at)] * 5 for at, epoch in enumerate(after)}

    monkeypatch.setattr(training, "_reached", reached)
    found = getattr(training, experiment)(Setting(), ignore)
    gains = [quantity.value for (_row, name), quantity in found.cells.items() if name == column]
    is_ladder = experiment in ("epochs", "learning_rates")
    expected = [0.1] * len(gains) if is_ladder else [0.1 * (n + 1) for n in range(len(gains))]
    assert gains == pytest.approx(expected)


def test_of_two_strategies_the_gain_is_of_the_first_and_the_trials_are_saved_by_it() -> None:
    def told(*values: float) -> tuple[Quantity, ...]:
        return tuple(about(value) for value in values)

    runs = {
        ("random", 0): told(0.5, 0.8, 0.95), ("random", 1): told(0.6, 0.7, 0.85),
        ("tpe", 0): told(0.95, 0.95, 0.97), ("tpe", 1): told(0.7, 0.91, 0.91),
    }  # fmt: skip
    race = Race(plan=QUICK.plan, strategies=("random", "tpe"), seeds=(0, 1), runs=runs)
    assert claim_surveys._gain(race, "tpe", "random").value == pytest.approx(0.04)
    # trials until 90 %: random 3 and never (4), tpe 1 and 2
    assert claim_surveys._saved(race, "tpe", "random").value == pytest.approx(2.0)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_ends_where_nobody_wants_it(name: str) -> None:
    def refuse(progress: Progress) -> None:
        raise Superseded

    experiment = EXPERIMENTS[name]
    with pytest.raises(Superseded):
        experiment.survey(experiment.setting, refuse)


# The page


def card_of(name: str, found: Grid) -> ClaimCard:
    def survey(setting: Setting, report: Report) -> Grid:
        return found

    return ClaimCard(BY_NAME[name], survey, lambda: Setting())


def test_a_verdict_names_where_it_holds_and_where_not_in_every_language() -> None:
    card = card_of("int8", column("1", {"4": SLOW, "64": FAST}))
    card.take(column("1", {"4": SLOW, "64": FAST}))
    ruling = card.study.widget.children[-1]
    assert "Bet first" in ruling.value
    assert not card.bet.disabled
    card.bet.value = "depends"
    assert card.bet.disabled  # it cannot be moved once the verdict is read
    assert "Verdict: depends. " in ruling.value.replace("</b>", " ")
    assert "it holds for: 64 channels, batch of 1<" in ruling.value
    assert "it does not hold for: 4 channels, batch of 1<" in ruling.value
    assert ruling.value.count("wb-tag wb-measured") == 2
    use_language("tr")
    assert card.bet.value == "depends"
    assert "Verdict" not in ruling.value


def board_of(found: Grid) -> ClaimBoard:
    def survey(setting: Setting, report: Report) -> Grid:
        return found

    names = ("lighter", "leaner", "int8")
    claims = [BY_NAME[name] for name in names]
    return ClaimBoard(claims, {name: (survey, Setting()) for name in ("pruned", "int8")})


ROW = "weight/0.9/none"
PRUNED = grid({
    (ROW, "file_share"): about(1.0), (ROW, "deflated_share"): about(0.2), (ROW, "speedup"): SLOW,
})  # fmt: skip


def test_claims_of_one_experiment_share_what_is_measured() -> None:
    board = board_of(PRUNED)
    lighter, leaner, int8 = board.cards
    lighter._measured(PRUNED)
    assert leaner.judged is not None
    assert int8.judged is None


def test_another_language_brings_no_older_measurement_back() -> None:
    board = board_of(PRUNED)
    lighter, leaner, _int8 = board.cards
    lighter._measured(PRUNED)
    newer = grid({
        (ROW, "file_share"): about(0.1), (ROW, "deflated_share"): about(0.2),
        (ROW, "speedup"): about(3.0),
    })  # fmt: skip
    leaner._measured(newer)
    assert lighter.judged is not None
    ruling = lighter.judged.ruling
    lighter._measured(PRUNED)  # as its study does when it draws itself in another language
    assert lighter.judged.ruling == ruling != lighter.claim.judge(PRUNED).ruling


def test_the_board_keeps_a_verdict_back_until_there_is_a_bet() -> None:
    board = board_of(PRUNED)
    table = board.widget.children[-1]
    board.cards[0]._measured(PRUNED)
    assert not list(board.verdicts)
    assert "measured: bet to see it" in table.value
    board.cards[0].bet.value = "supported"
    board.cards[1].bet.value = "not supported"
    assert [verdict.judged.ruling for verdict in board.verdicts] == ["depends", "not supported"]
    assert "Judged: 2, of which not supported: 1, depends: 1. Right bets: 1." in table.value
    told = board.verdicts[0].as_dict()
    assert (told["claim"], told["bet"], told["ruling"]) == ("lighter", "supported", "depends")
    assert told["cases"][0]["numbers"]


def test_every_ruling_has_a_word() -> None:
    assert tuple(RULINGS) == get_args(Ruling)
