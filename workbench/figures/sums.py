"""One place of a sliding window in numbers, and the map of all its sums, as HTML."""

from html import escape

import numpy as np

from workbench.figures.matrix import matrix_address
from workbench.figures.pictures import png_address
from workbench.figures.sliding import Numbers, Sliding
from workbench.locale import _, decimal

FIRST_TERMS = 3


def result(sliding: Sliding, row: int, column: int, kind: str) -> str:
    """The map of the sums as a picture (HTML), its present pixel framed."""
    sums = sliding.sums
    height, width = sums.shape
    if kind == "mean":
        address = png_address(np.rint(255 * sums).astype(np.uint8)[None])
        colours = _("black 0, white 1")
    else:
        address = matrix_address(sums.astype(np.float32))
        colours = _("blue below 0, orange above, the stronger the further from 0")
    told = _("the map of the sums: {height} x {width} pixels").format(height=height, width=width)
    place = (
        f"left:{100 * column / width:.2f}%;top:{100 * row / height:.2f}%;"
        f"width:{100 / width:.2f}%;height:{100 / height:.2f}%"
    )
    return (
        f'<figure class="wb-result"><img alt="{escape(told, quote=True)}" src="{address}">'
        f'<i style="{place}"></i></figure>'
        f'<p class="wb-caption">{escape(told)}; {escape(colours)}</p>'
    )


def steps(sliding: Sliding, row: int, column: int) -> str:
    """Pixels times numbers are products, and their sum is one pixel of the map (HTML)."""
    pixels, numbers = sliding.pixels(row, column), sliding.numbers
    products = pixels * numbers
    inside = _inside(sliding, row, column)
    terms = " + ".join(
        f"{_number(a)} · {_number(b)}"
        for a, b in list(zip(pixels.flat, numbers.flat, strict=True))[:FIRST_TERMS]
    )
    more = " + …" if products.size > FIRST_TERMS else ""
    told = _("pixel ({row}, {column}) of the map").format(row=row, column=column)
    blind = "" if numbers.any() else f'<p class="wb-caption">{escape(_blind())}</p>'
    return (
        f'<div class="wb-steps">{_table("", _("pixels, 0 to 1"), pixels, inside)}'
        f"{_table('×', _('numbers of the window'), numbers, None)}"
        f"{_table('=', _('products'), products, None)}</div>"
        f'<p class="wb-formula wb-sum">{terms}{more} = <b>{_number(float(products.sum()))}</b>'
        f" &nbsp; {escape(told)}</p>{blind}"
    )


def _inside(sliding: Sliding, row: int, column: int) -> Numbers:
    """1 where the window lies on the picture, 0 where it hangs over the edge."""
    marks = Sliding(
        picture=np.ones_like(sliding.picture), numbers=sliding.numbers, stride=sliding.stride,
        padding=sliding.padding,
    )  # fmt: skip
    return marks.pixels(row, column)


def _blind() -> str:
    return _("A single pixel has no neighbours to differ from: this window gives 0 everywhere.")


def _table(sign: str, title: str, values: Numbers, inside: Numbers | None) -> str:
    """A matrix and the sign before it, which stay together where the line is too short for all."""
    rows, digits = "", max(_digits(value) for value in values.flat)
    for number, line in enumerate(values):
        cells = ""
        for place, value in enumerate(line):
            over = inside is not None and inside[number, place] == 0
            side = "wb-below" if value < -5e-4 else "wb-above" if value > 5e-4 else ""
            cells += f'<td class="{"wb-over" if over else side}">{_number(value, digits)}</td>'
        rows += f"<tr>{cells}</tr>"
    return (
        f'<div class="wb-step"><b>{sign}</b><figure><figcaption>{escape(title)}</figcaption>'
        f'<table class="wb-numbers"><tbody>{rows}</tbody></table></figure></div>'
    )


def _digits(value: float) -> int:
    """Three decimals, or two where they say the same."""
    return 2 if round(value, 2) == round(value, 3) else 3


def _number(value: float, digits: int | None = None) -> str:
    """Rounded, with a true minus, and none before what rounds to 0."""
    rounded = round(value, 3) + 0.0
    told = decimal(rounded, _digits(value) if digits is None else digits)
    return told.replace("-", "\N{MINUS SIGN}")
