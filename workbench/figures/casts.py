"""A number in every format: its bits, what is kept, how far off that is, and what happened."""

from collections.abc import Sequence
from html import escape
from math import isinf, isnan

from workbench.figures.lengths import provenance
from workbench.figures.ruler import power
from workbench.locale import _, message
from workbench.measurement import Quantity
from workbench.measurement.precision import Cast
from workbench.wording.quantities import significant

HAPPENED = {
    "exact": message("exact"),
    "rounded": message("rounded"),
    "subnormal": message("subnormal: below the smallest normal number, fewer bits count"),
    "underflow": message("underflow: it became 0"),
    "overflow": message("overflow: it became infinite"),
    "clipped": message("clipped: it became the end of the grid"),
    "lost": message("lost: the sum is still the first number"),
    "no number": message("not a number"),
}
DTYPES = {"FP32": "float32", "FP16": "float16", "BF16": "bfloat16", "INT8": "int8", "INT4": "int4"}
KEPT, ERROR = 9, 3
"""Digits that are shown: nine tell any two numbers of float32 apart."""
SMALLEST, LARGEST = 1e-4, 1e7
"""Between them a number is written without a power of 10."""


def casts_drawn(casts: Sequence[Cast]) -> str:
    """A row a format, and below how the numbers were got (HTML)."""
    rows = "".join(_row(cast) for cast in casts)
    found = {
        cast.format.name: cast.quantities["kept"] for cast in casts if "kept" in cast.quantities
    }
    return f'<ul class="wb-casts">{rows}</ul><p class="wb-caption">{provenance(found)}</p>'


def numeral(value: float, digits: int) -> str:
    """HTML of any number in at most so many digits, or all of them before the decimal mark.

    With a power of 10 where it is small or large.
    """
    if isnan(value):
        return escape(_("NaN"))
    sign, size = "\N{MINUS SIGN}" if value < 0 else "", abs(value)
    if isinf(size):
        return f"{sign}∞"
    if size == 0 or SMALLEST <= size < LARGEST:
        return sign + significant(size, max(digits, len(str(int(size)))))
    leading, _e, exponent = f"{size:.{digits - 1}e}".partition("e")
    return f"{sign}{significant(float(leading), digits)}·{power(10, int(exponent))}"


def _row(cast: Cast) -> str:
    name = cast.format.name
    return (
        f'<li class="wb-cast wb-cast-{cast.happened.replace(" ", "-")}"><div class="wb-cast-head">'
        f"<b>{name}</b> <small>{DTYPES[name]}</small>"
        f'<span class="wb-cast-word">{escape(str(HAPPENED[cast.happened]))}</span></div>'
        f'{_bits(cast)}<div class="wb-cast-numbers">{_numbers(cast)}</div></li>'
    )


def _bits(cast: Cast) -> str:
    """A box a bit: sign, exponent and mantissa in colours of their own, and apart."""
    if not cast.bits:
        words = escape(_("whole numbers have no bits for this"))
        return f'<p class="wb-empty wb-cast-bits">{words}</p>'
    end = 1 + cast.format.exponent
    parts = {"sign": cast.bits[:1], "exponent": cast.bits[1:end], "mantissa": cast.bits[end:]}
    boxes = "".join(
        f'<span class="wb-bit wb-bit-{kind}{" wb-bit-first" if place == 0 else ""}">{bit}</span>'
        for kind, bits in parts.items()
        for place, bit in enumerate(bits)
    )
    told = escape(_told(parts), quote=True)
    return f'<div class="wb-bits wb-cast-bits" role="img" aria-label="{told}">{boxes}</div>'


def _told(parts: dict[str, str]) -> str:
    if parts["exponent"]:
        return _("bits: sign {sign}, exponent {exponent}, mantissa {mantissa}").format(**parts)
    return _("bits: sign {sign}, then {mantissa} (two’s complement)").format(
        sign=parts["sign"], mantissa=parts["mantissa"]
    )


def _numbers(cast: Cast) -> str:
    titles = {
        "kept": (_("value kept"), KEPT),
        "error": (_("error"), ERROR),
        "relative_error": (_("relative error"), ERROR),
    }
    return "".join(
        f"<span><small>{escape(title)}</small> {_value(cast.quantities.get(name), digits)}</span>"
        for name, (title, digits) in titles.items()
    )


def _value(quantity: Quantity | None, digits: int) -> str:
    return "–" if quantity is None else numeral(quantity.value, digits)
