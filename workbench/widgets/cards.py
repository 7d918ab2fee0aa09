"""The card game on the page: one card, two buttons, the reason at once, both piles in sight."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape

import ipywidgets

from workbench.card_game import SIDES, Side, new_game
from workbench.figures.rates import rate_pictures
from workbench.locale import _, decimal, keep_translated, message
from workbench.widgets.html import button
from workbench.widgets.page import page

UPDATE = 300
"""The update that the last card names."""


class Cards:
    """The game; `rates` gives the learning rate of each update under some schedules, by name.

    They are asked for and drawn when the game is over. A new game is shuffled from the next seed.
    """

    def __init__(self, rates: Callable[[], Mapping[str, Sequence[float]]], seed: int = 0) -> None:
        self._rates, self._seed = rates, seed
        self.game = new_game(seed)
        self._card, self._told = ipywidgets.HTML(), ipywidgets.HTML()
        self._piles, self._end = ipywidgets.HTML(), ipywidgets.HTML()
        for part in (self._card, self._told, self._piles, self._end):
            part.add_class("wb-drawing")
        self._sides = [
            button(
                message("learned by the network"),
                message("put this card with the parameters"),
                partial(self._answer, "learned"),
                page().show_problem,
            ),
            button(
                message("chosen by you"),
                message("put this card with the hyperparameters"),
                partial(self._answer, "chosen"),
                page().show_problem,
            ),
        ]
        again = button(
            message("Start again"),
            message("shuffle the cards and sort them once more"),
            self._start_again,
            page().show_problem,
        )
        row = ipywidgets.HBox([*self._sides, again])
        row.add_class("wb-buttons")
        self.widget = ipywidgets.VBox([self._card, row, self._told, self._piles, self._end])
        self.widget.add_class("wb-study")
        keep_translated(self._draw)

    def _answer(self, side: Side) -> None:
        if self.game.is_over:  # a button that is switched off would lose the keyboard's place
            return
        self.game = self.game.after(side)
        self._draw()

    def _start_again(self) -> None:
        self._seed += 1
        self.game = new_game(self._seed)
        self._draw()

    def _draw(self) -> None:
        page().give_name(self._card, _("the card to be sorted"), role="group", live=True)
        page().give_name(self._told, _("the last answer"), role="status", live=True)
        page().give_name(self._piles, _("the cards sorted so far"), role="group")
        self._card.value = self._face()
        self._told.value = self._reason()
        piles = "".join(self._pile(side) for side in SIDES)
        self._piles.value = f'<div class="wb-pair">{piles}</div>'
        self._end.value = rate_pictures(self._rates(), UPDATE) if self.game.is_over else ""

    def _face(self) -> str:
        total = len(self.game.cards)
        if self.game.card is None:
            told = _("All sorted: {score} of {n} right.")
            words = told.format(score=decimal(self.game.score), n=decimal(total))
            last = _("A schedule changes a hyperparameter during training.")
            return f"<p><b>{escape(words)}</b></p><p>{escape(last)}</p>"
        place = _("Card {k} of {n}; {score} right so far").format(
            k=decimal(len(self.game.answers) + 1), n=decimal(total), score=decimal(self.game.score)
        )
        name = escape(str(self.game.card.name))
        return f'<p class="wb-name">{escape(place)}</p><p class="wb-lead"><b>{name}</b></p>'

    def _reason(self) -> str:
        if not self.game.answers:
            words = _("Is this number learned by the network, or chosen by you before it learns?")
            return f'<p class="wb-empty">{escape(words)}</p>'
        card, is_right = self.game.sorted_cards[-1]
        verdict = _("✓ Right:") if is_right else _("✗ Not so:")
        return f"<p><b>{escape(verdict)}</b> {escape(f'{card.name}: {card.reason}')}.</p>"

    def _pile(self, side: Side) -> str:
        title = {
            "learned": _("Parameters: learned by the network"),
            "chosen": _("Hyperparameters: chosen by you"),
        }[side]
        cards = "".join(
            f"<li>{_mark(is_right=is_right)} {escape(str(card.name))}</li>"
            for card, is_right in self.game.pile(side)
        )
        none = escape(_("no card yet"))
        inside = f'<ul class="wb-findings">{cards}</ul>' if cards else f"<p>{none}</p>"
        return f'<div class="wb-exercise"><b>{escape(title)}</b>{inside}</div>'


def _mark(*, is_right: bool) -> str:
    sign, words = ("✓", _("right")) if is_right else ("✗", _("not so"))
    return f'<span aria-hidden="true">{sign}</span><span class="wb-unseen">{escape(words)}:</span>'
