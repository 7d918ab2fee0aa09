"""The card game: which numbers does the network learn, and which do you choose?"""

import random
from dataclasses import dataclass, replace
from typing import Literal, Self, get_args

from workbench.locale import Message, _, message

Side = Literal["learned", "chosen"]
SIDES: tuple[Side, ...] = get_args(Side)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A number of a training: what it is called, on which side it belongs, and why."""

    name: Message
    side: Side
    reason: Message


def _learned(name: Message, reason: Message) -> Card:
    return Card(name=name, side="learned", reason=reason)


def _chosen(name: Message, reason: Message) -> Card:
    return Card(name=name, side="chosen", reason=reason)


CARDS = (
    _learned(
        message("a weight of a convolution"),
        message("each update moves it against its gradient: it is a parameter"),
    ),
    _learned(
        message("the bias of a neuron"),
        message("it has a gradient like a weight, and each update moves it: it is a parameter"),
    ),
    _learned(
        message("the scale γ of a batch normalization"),
        message("it starts at 1 and follows its gradient from there: it is a parameter"),
    ),
    _learned(
        message("the mean that a batch normalization keeps for later"),
        message(
            "it is averaged from the training images, so the training sets it, though no gradient"
            " does: PyTorch calls it a buffer, not a parameter"
        ),
    ),
    _chosen(
        message("the learning rate"),
        message(
            "it says how far a weight moves for its gradient; it has to be there before the first"
            " update: it is a hyperparameter"
        ),
    ),
    _chosen(
        message("the batch size"),
        message("you say over how many images a gradient is averaged: it is a hyperparameter"),
    ),
    _chosen(
        message("the number of epochs"),
        message(
            "you say how often the training sees every image, even if early stopping ends it"
            " sooner: it is a hyperparameter"
        ),
    ),
    _chosen(
        message("the kernel size"),
        message(
            "it decides how many weights a window has, so it is there before them: it is a"
            " hyperparameter; what stands in the window is learned"
        ),
    ),
    _chosen(
        message("the number of layers"),
        message("no gradient adds a layer: the architecture is a hyperparameter"),
    ),
    _chosen(
        message("the momentum"),
        message("you say how much of the last step the next one keeps: it is a hyperparameter"),
    ),
    _chosen(
        message("the fraction of the weights that pruning removes"),
        message(
            "you choose how many weights go; which of them go follows from what was learned: the"
            " fraction is a hyperparameter"
        ),
    ),
    _chosen(
        message("the seed of the random numbers"),
        message(
            "you set it, but it is nothing to tune: a result that needs one lucky seed is none, so"
            " show several"
        ),
    ),
)
LAST = _chosen(
    message("the learning rate at update 300 under a schedule"),
    message(
        "you chose the schedule, and it computes the rate of each update: a schedule changes a"
        " hyperparameter during training, by a rule that was there before"
    ),
)
"""The card that ends every game: a hyperparameter need not stay fixed."""


@dataclass(frozen=True, kw_only=True)
class Game:
    """The cards in the order in which they come, and the answers so far."""

    cards: tuple[Card, ...]
    answers: tuple[Side, ...] = ()

    @property
    def card(self) -> Card | None:
        """The card to be sorted now; None when all are."""
        return None if self.is_over else self.cards[len(self.answers)]

    @property
    def is_over(self) -> bool:
        """Every card is sorted."""
        return len(self.answers) == len(self.cards)

    @property
    def sorted_cards(self) -> tuple[tuple[Card, bool], ...]:
        """The cards so far, each with whether its answer was right."""
        pairs = zip(self.cards, self.answers, strict=False)
        return tuple((card, card.side == answer) for card, answer in pairs)

    @property
    def score(self) -> int:
        """How many answers were right."""
        return sum(right for _card, right in self.sorted_cards)

    def pile(self, side: Side) -> tuple[tuple[Card, bool], ...]:
        """The sorted cards that belong on a side, whatever was answered, and whether it was so."""
        return tuple(pair for pair in self.sorted_cards if pair[0].side == side)

    def after(self, answer: Side) -> Self:
        """The game one answer later; an answer is never taken back."""
        if answer not in SIDES:
            rule = _("an answer is one of {known}, got {value}")
            raise ValueError(rule.format(known=", ".join(SIDES), value=answer))
        if self.is_over:
            rule = _("the game has {n} cards, and all are sorted: start again")
            raise ValueError(rule.format(n=len(self.cards)))
        return replace(self, answers=(*self.answers, answer))


def new_game(seed: int) -> Game:
    """All cards, shuffled from `seed`; the one about schedules comes last."""
    order = random.Random(seed).sample(CARDS, len(CARDS))
    return Game(cards=(*order, LAST))
