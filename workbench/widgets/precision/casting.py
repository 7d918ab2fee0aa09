"""The casting microscope and the adder: numbers as typed, and what each format makes of them."""

import re
from collections.abc import Callable, Mapping
from html import escape

from workbench.figures.casts import numeral
from workbench.locale import message
from workbench.measurement.precision import Adding, Casting
from workbench.widgets.precision.toy import Field, Toy, Words

SIMPLE = re.compile(r"[\w.]+(\*\*-?\w+)?")
"""A term that needs no brackets."""
LARGEST = (
    message("largest value of the grid"),
    message("int8 and int4 count equal steps from 0 to this number, and as many below 0"),
)
NUMBERS: Mapping[str, Words] = {
    text: (text,) for text in ("0.1", "1/3", "2049", "65519", "65520", "2e-8", "1 + 2**-11")
}
SUMS: Mapping[str, Words] = {
    "1 + 2**-11": ("1", "2**-11", "1"),
    "1 + 1000 × 2**-12": ("1", "2**-12", "1000"),
    "256 + 1": ("256", "1", "1"),
    "2048 + 1": ("2048", "1", "1"),
    "60000 + 10000": ("60000", "10000", "1"),
}


def microscope(cast: Callable[..., Casting]) -> Toy[Casting]:
    """A number in every format."""
    number = Field(
        message("number"),
        message("digits, + - * / ** and brackets, or inf or nan; Enter casts it"),
        "0.1",
    )
    name = message("a number in every format")
    return Toy(cast, (number, Field(*LARGEST, "1")), NUMBERS, name, _cast_told)


def adder(add: Callable[..., Adding]) -> Toy[Adding]:
    """A sum in the arithmetic of every format."""
    explained = message("digits, + - * / ** and brackets; Enter adds")
    often = message("a whole number from 1 on: the second number is added so many times")
    fields = (
        Field(message("first number"), explained, "1"),
        Field(message("second number"), explained, "2**-11"),
        Field(message("added how often"), often, "1"),
        Field(*LARGEST, "1"),
    )
    return Toy(add, fields, SUMS, message("a sum in every format"), _sum_told)


def _cast_told(found: Casting) -> str:
    return f"<b>{escape(found.text)}</b> = {numeral(found.number, 12)}"


def _sum_told(found: Adding) -> str:
    times = f"{found.times} × " if found.times > 1 else ""
    second = found.second if SIMPLE.fullmatch(found.second.strip()) else f"({found.second})"
    words = f"{found.first} + {times}{second}"
    return f"<b>{escape(words)}</b> = {numeral(found.number, 12)}"
