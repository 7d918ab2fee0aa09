"""The card game: what is learned, what is chosen, how answers are counted; and how it is shown."""

from collections.abc import Iterator

import ipywidgets
import pytest

from workbench import locale
from workbench.card_game import CARDS, LAST, SIDES, Game, new_game
from workbench.core.training import rates
from workbench.figures.rates import rate_pictures
from workbench.locale import use_language
from workbench.setting import Setting
from workbench.widgets.cards import Cards

SCHEDULES = ("constant", "step", "cosine", "one_cycle")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def all_answered(seed: int, *, right: bool) -> Game:
    game = new_game(seed)
    while (card := game.card) is not None:
        wrong = next(side for side in SIDES if side != card.side)
        game = game.after(card.side if right else wrong)
    return game


# The game


def test_every_card_has_a_name_and_a_reason_of_its_own() -> None:
    cards = (*CARDS, LAST)
    assert len({str(card.name) for card in cards}) == len(cards)
    assert len({str(card.reason) for card in cards}) == len(cards)
    assert all(str(card.name) and str(card.reason) for card in cards)


def test_every_word_of_a_card_comes_from_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "_", str.upper)
    for card in (*CARDS, LAST):
        assert str(card.name) == card.name.text.upper()
        assert str(card.reason) == card.reason.text.upper()


def test_both_sides_have_cards_and_no_reason_contradicts_its_side() -> None:
    assert {card.side for card in CARDS} == set(SIDES)
    for card in CARDS:
        if str(card.reason).endswith("is a hyperparameter"):
            assert card.side == "chosen"
        if str(card.reason).endswith("is a parameter"):
            assert card.side == "learned"


def test_a_seed_gives_one_order_and_another_seed_another() -> None:
    assert new_game(0).cards == new_game(0).cards
    assert new_game(0).cards != new_game(1).cards
    assert set(new_game(0).cards) == set(new_game(1).cards)


@pytest.mark.parametrize("seed", range(5))
def test_every_game_ends_with_the_schedule(seed: int) -> None:
    assert new_game(seed).cards[-1] is LAST
    assert "a schedule changes a hyperparameter during training" in str(LAST.reason)


def test_the_score_counts_right_answers_and_only_those() -> None:
    assert all_answered(0, right=True).score == len(CARDS) + 1
    assert all_answered(0, right=False).score == 0
    game = new_game(0)
    while game.card is not None:
        game = game.after("learned")
    assert game.score == sum(card.side == "learned" for card in game.cards)


def test_the_piles_hold_every_sorted_card_where_it_belongs() -> None:
    game = new_game(2)
    for count in range(1, 6):
        game = game.after("chosen")
        piled = [card for side in SIDES for card, _is_right in game.pile(side)]
        assert sorted(map(id, piled)) == sorted(map(id, game.cards[:count]))
    for side in SIDES:
        assert all(card.side == side for card, _is_right in game.pile(side))
        assert all(is_right == (side == "chosen") for _card, is_right in game.pile(side))


def test_a_game_that_is_over_takes_no_answer() -> None:
    with pytest.raises(ValueError, match="start again"):
        all_answered(0, right=True).after("learned")


def test_an_answer_is_one_of_two() -> None:
    with pytest.raises(ValueError, match="learned, chosen, got neither"):
        new_game(0).after("neither")  # type: ignore[arg-type]


# On the page


def schedules() -> dict[str, list[float]]:
    return {
        name: rates(Setting(schedule=name, learning_rate=0.1), 400)  # type: ignore[arg-type]
        for name in SCHEDULES
    }


class Page:
    """The game on the page, with its buttons by name."""

    def __init__(self) -> None:
        self.cards = Cards(schedules)
        card, row, told, piles, end = self.cards.widget.children
        self.card, self.told, self.piles, self.end = card, told, piles, end
        self.buttons: dict[str, ipywidgets.Button] = {b.description: b for b in row.children}

    def answer(self, side: str) -> None:
        names = {"learned": "learned by the network", "chosen": "chosen by you"}
        self.buttons[names[side]].click()


def test_an_answer_shows_its_reason_and_the_next_card() -> None:
    page = Page()
    first, second = page.cards.game.cards[:2]
    assert str(first.name) in page.card.value
    page.answer(first.side)
    assert "Right" in page.told.value
    assert str(first.reason) in page.told.value
    assert str(second.name) in page.card.value
    assert str(first.name) in page.piles.value
    page.answer("learned" if second.side == "chosen" else "chosen")
    assert "Not so" in page.told.value
    assert "1 right so far" in page.card.value


def test_the_end_shows_the_schedules_and_a_new_game_another_order() -> None:
    page = Page()
    before = page.cards.game.cards
    assert page.end.value == ""
    while page.cards.game.card is not None:
        page.answer(page.cards.game.card.side)
    assert f"{len(before)} of {len(before)} right" in page.card.value
    assert "A schedule changes a hyperparameter during training" in page.card.value
    assert page.end.value.count("<svg") == len(SCHEDULES)
    page.buttons["chosen by you"].click()  # what comes too late is passed over
    assert f"{len(before)} of {len(before)} right" in page.card.value
    page.buttons["Start again"].click()
    assert page.end.value == ""
    assert page.cards.game.cards != before


def test_the_language_changes_in_the_middle_of_a_game_and_nothing_is_lost() -> None:
    page = Page()
    page.answer("learned")
    use_language("tr")
    use_language("en")
    assert len(page.cards.game.answers) == 1
    assert "Card 2 of" in page.card.value


def test_the_table_of_rates_has_the_marked_update() -> None:
    found = schedules()
    html = rate_pictures(found, 300)
    for rate in (found["cosine"][299], found["one_cycle"][299]):
        assert f"<td>{rate:.4f}</td>" in html
    assert html.count("<circle") == len(SCHEDULES)


def test_a_mark_beyond_the_training_is_not_drawn() -> None:
    assert "<circle" not in rate_pictures({"constant": [0.1, 0.1]}, 300)


def test_a_schedule_of_one_update_is_no_line() -> None:
    with pytest.raises(ValueError, match="at least 2 updates, got 1 for constant"):
        rate_pictures({"constant": [0.1]}, 1)
