"""Versions and who asked for them, in words."""

from collections.abc import Sequence
from html import escape

from workbench.figures.palette import CANDIDATE, PINNED, PRUNED, TRAIL
from workbench.locale import Message, message
from workbench.measurement import Quantity
from workbench.measurement.choosing import Source, Version
from workbench.widgets.html import tag
from workbench.wording import interval_text, value_text

WHO: dict[Source, Message] = {
    "you": message("you"),
    "grid": message("the grid"),
    "order": message("the orders"),
    "search": message("the search"),
}
MARKS: dict[Source, tuple[str, str, str]] = {
    "you": (CANDIDATE, "●", "circle"),
    "grid": (TRAIL, "■", "square"),
    "order": (PRUNED, "▲", "triangle-up"),
    "search": (PINNED, "◆", "diamond"),
}
"""Colour, sign in a text, and bqplot's marker of each side."""


def number(quantity: Quantity) -> str:
    """A value with its interval below it (HTML)."""
    told = interval_text(quantity)
    return escape(value_text(quantity)) + (f" <small>{escape(told)}</small>" if told else "")


def tags(versions: Sequence[Version], names: Sequence[str]) -> str:
    """The labels of these numbers, each kind once (HTML)."""
    kinds = {v.quantities[name].provenance: v.quantities[name] for v in versions for name in names}
    return " ".join(map(tag, kinds.values()))


def key(source: Source, words: str) -> str:
    """A sign and what it stands for (HTML)."""
    colour, sign, _marker = MARKS[source]
    return f'<span style="color:{colour}">{sign}</span> {escape(words)}'
