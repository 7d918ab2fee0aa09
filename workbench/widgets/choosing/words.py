"""Steps, versions and who asked for them, in words."""

from collections.abc import Sequence
from html import escape

from workbench.figures.palette import CANDIDATE, PINNED, PRUNED, TRAIL
from workbench.locale import Message, _, message, percent
from workbench.measurement import Quantity
from workbench.measurement.choosing import Source, Version
from workbench.setting import Step
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


def step_text(step: Step) -> str:
    """One block of a recipe."""
    if step.kind == "prune":
        share = percent(step.sparsity, 0)
        if step.granularity == "weight":
            return _("{share} of the weights to 0").format(share=share)
        return _("{share} of the channels away").format(share=share)
    if step.kind == "finetune":
        return _("fine-tune, epochs: {n}").format(n=step.epochs)
    if step.kind == "recalibrate":
        return _("re-calibrate")
    return _("round to {bits} bits").format(bits=step.weight_bits)


def recipe_text(steps: Sequence[Step]) -> str:
    """All blocks in their order; the uncompressed network by its name."""
    return " → ".join(map(step_text, steps)) if steps else _("baseline")


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
