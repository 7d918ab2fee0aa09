"""Number formats as rulers: their bits, how far they reach, how fine they are near 1."""

from collections.abc import Mapping, Sequence
from html import escape
from math import floor, frexp, log2

from workbench.figures.matrix import numbers_below
from workbench.locale import _, decimal
from workbench.measurement.formats import Format, formats
from workbench.wording import PROVENANCES, signed

LOW, HIGH = -150, 130
"""Ends of the axis of ranges, as powers of 2: float32 reaches from -149 to 128."""
TICKS = (-120, -80, -40, 0, 40, 80, 120)
MOST_LINES = 150  # more of them in one ruler run together on a phone


def ruler(marked: Mapping[str, float] | None = None) -> str:
    """The formats below each other: bits, range above 0 on a log2 axis, neighbours from 1 on.

    `marked`: a number above 0 to point at in each format's row, by the format's name.
    """
    known, marks = formats(), marked or {}
    span = 4 * next(each.step for each in known if each.name == "BF16")
    ends = f"<span>1</span><span>1 + {power(2, round(log2(span)))}</span>"
    letters = _("±: sign; e: exponent (how large); m: mantissa (how exact)")
    parts = (
        (_("bits"), [_bits(each, known[0]) for each in known], escape(letters)),
        (_("range above 0"), [_range(each, marks.get(each.name)) for each in known], _axis()),
        (
            _("numbers from 1 on"),
            [_neighbours(each, span, marks.get(each.name)) for each in known],
            f'<div class="wb-ruler-ends">{ends}</div>',
        ),
    )
    sections = "".join(
        f'<section class="wb-ruler-part"><h4>{escape(title)}</h4>'
        + "".join(
            f'<div class="wb-ruler-row"><b>{each.name}</b><div>{drawn}</div></div>'
            for each, drawn in zip(known, rows, strict=True)
        )
        + f'<div class="wb-ruler-row"><span></span><div class="wb-small">{below}</div></div>'
        + "</section>"
        for title, rows, below in parts
    )
    name = escape(_("number formats: their bits, range and fineness"), quote=True)
    return (
        f'<figure class="wb-drawing-figure" role="group" aria-label="{name}">'
        f'<div class="wb-ruler">{sections}</div><figcaption class="wb-caption">{_caption()}'
        f"</figcaption>{_table(known)}</figure>"
    )


def _bits(each: Format, widest: Format) -> str:
    """A box a bit; the boxes of all formats are of one size."""
    letter = "m " if each.exponent else ""
    parts = {
        "sign": ("±", 1),
        "exponent": (f"e {each.exponent}", each.exponent),
        "mantissa": (f"{letter}{each.mantissa}", each.mantissa),
    }
    boxes = "".join(
        f'<span class="wb-bit wb-bit-{kind}" style="grid-column:span {count};'
        f'background-size:{100 / count:.4f}% 100%">{words}</span>'
        for kind, (words, count) in parts.items()
        if count
    )
    columns = 1 + widest.exponent + widest.mantissa
    return f'<div class="wb-bits" style="--wb-bits:{columns}">{boxes}</div>'


def _place(value: float) -> float:
    """Per cent of the way along the axis of ranges."""
    return 100 * (log2(value) - LOW) / (HIGH - LOW)


def _mark(share: float) -> str:
    """Points at a place of a row, given as a share of the way; nothing where that is outside."""
    if not 0 <= share <= 1:
        return ""
    return f'<span class="wb-ruler-mark" style="left:{100 * share:.2f}%"></span>'


def _range(each: Format, marked: float | None) -> str:
    first, normal, last = map(_place, (each.least, each.least_normal, each.largest))
    return (
        f'<div class="wb-ruler-track"><span class="wb-span wb-subnormal" style="left:{first:.2f}%;'
        f'width:{normal - first:.2f}%"></span><span class="wb-span" style="left:{normal:.2f}%;'
        f'width:{last - normal:.2f}%"></span>{_mark(_place(marked) / 100) if marked else ""}</div>'
        f'<span class="wb-small">{about(each.least)} … {about(each.largest)}</span>'
    )


def _axis() -> str:
    marks = "".join(
        f'<span style="left:{_place(2.0**tick):.2f}%">{power(2, tick)}</span>' for tick in TICKS
    )
    return f'<div class="wb-ruler-axis">{marks}</div>'


def _neighbours(each: Format, span: float, marked: float | None) -> str:
    """The numbers of the format from 1 to 1 + `span`, a line each where lines can be told apart."""
    count = floor(span / each.step)
    path = "".join(f"M{i * each.step / span:.5f} 0V1" for i in range(min(count, MOST_LINES) + 1))
    drawn = f'<path d="{path}"/>' if count <= MOST_LINES else '<rect width="1" height="1"/>'
    return (
        f'<div class="wb-ruler-fine"><svg class="wb-fine" viewBox="0 0 1 1"'
        f' preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'
        f"{_mark((marked - 1) / span) if marked else ''}</div>"
        f'<span class="wb-small">{_("distance {value}").format(value=exactly(each.step))}</span>'
    )


def _caption() -> str:
    words = _(
        "Hatched: subnormal numbers, which hold fewer and fewer bits of the mantissa. Solid on the"
        " right: the numbers lie too near to each other to be drawn apart. A whole number counts"
        " steps; its step size says what one of them is worth. All from NumPy, and of bfloat16 from"
        " its definition."
    )
    return f'<span class="wb-tag wb-computed">{PROVENANCES["computed"]}</span> {escape(words)}'


def _table(known: Sequence[Format]) -> str:
    heads = (
        _("format"), _("sign, exponent, mantissa (bits)"), _("smallest above 0"),
        _("smallest normal"), _("largest"), _("distance after 1"),
    )  # fmt: skip
    rows = [
        (each.name, f"1 + {each.exponent} + {each.mantissa}",
         *map(exactly, (each.least, each.least_normal, each.largest, each.step)))
        for each in known
    ]  # fmt: skip
    return numbers_below(heads, rows)


def power(base: int, exponent: int) -> str:
    """HTML of a power of a whole number."""
    return f"{base}<sup>{signed(exponent, 0).removeprefix('+')}</sup>"


def exactly(value: float) -> str:
    """HTML of a number above 0: as a power of 2 where it is one, and about how much that is."""
    half, exponent = frexp(value)
    is_power = half == 0.5 and value != 1
    return f"{power(2, exponent - 1)} ≈ {about(value)}" if is_power else about(value)


def about(value: float) -> str:
    """HTML of a number above 0 in two digits and a power of 10; small whole numbers as they are."""
    if value == round(value) and value < 1e6:
        return decimal(value)
    leading, _e, exponent = f"{value:.1e}".partition("e")
    return f"{decimal(float(leading), 1)}·{power(10, int(exponent))}"
