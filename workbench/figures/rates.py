"""The learning rate over the updates of a training, a small picture for each schedule."""

from collections.abc import Mapping, Sequence
from html import escape

from workbench.figures.matrix import numbers_below
from workbench.figures.palette import CANDIDATE, PRUNED
from workbench.locale import _, decimal
from workbench.wording import name_text

WIDTH, HEIGHT = 320, 150
LEFT, RIGHT, TOP, BOTTOM = 44, 306, 14, 112
MOST_POINTS = 240
ROWS = 7
DIGITS = 4


def rate_pictures(rates: Mapping[str, Sequence[float]], marked: int) -> str:
    """HTML: a line for each schedule, all on the same axes; a dot at the update `marked`.

    `rates`: the rate of each update, the first one's first, by the schedule's name.
    """
    for name, found in rates.items():
        if len(found) < 2:
            rule = _("a schedule is drawn over at least 2 updates, got {value} for {name}")
            raise ValueError(rule.format(value=len(found), name=name))
    most = max(rate for found in rates.values() for rate in found)
    pictures = "".join(_picture(name, found, most, marked) for name, found in rates.items())
    title = escape(_("the learning rate over the updates, by schedule"), quote=True)
    words = escape(
        _("Computed from each schedule, without any training; the dot is update {n}.").format(
            n=decimal(marked)
        )
    )
    return (
        f'<figure class="wb-drawing-figure" role="group" aria-label="{title}">'
        f'<div class="wb-pair">{pictures}</div>'
        f'<figcaption class="wb-caption"><span class="wb-tag wb-computed">'
        f"{escape(_('computed'))}</span> {words}</figcaption>{_table(rates, marked)}</figure>"
    )


def _picture(name: str, found: Sequence[float], most: float, marked: int) -> str:
    step = max(1, len(found) // MOST_POINTS)
    places = sorted({*range(0, len(found), step), len(found) - 1})
    line = " ".join(f"{_across(i, found):.1f},{_up(found[i], most):.1f}" for i in places)
    dot = ""
    if marked <= len(found):
        x, y = _across(marked - 1, found), _up(found[marked - 1], most)
        dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{PRUNED}"/>'
    words = escape(name_text(name))
    return (
        f'<div><b class="wb-name">{words}</b><svg class="wb-svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' role="img" aria-label="{words}">{_axes(len(found), most)}'
        f'<polyline points="{line}" fill="none" stroke="{CANDIDATE}" stroke-width="2"/>{dot}'
        f"</svg></div>"
    )


def _across(place: int, found: Sequence[float]) -> float:
    return LEFT + place / (len(found) - 1) * (RIGHT - LEFT)


def _up(rate: float, most: float) -> float:
    return BOTTOM - rate / most * (BOTTOM - TOP)


def _axes(count: int, most: float) -> str:
    levels = "".join(
        f'<line class="wb-grid-line" x1="{LEFT}" x2="{RIGHT}" y1="{y}" y2="{y}"/>'
        f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{words}</text>'
        for y, words in ((TOP, _rate(most)), (BOTTOM, "0"))
    )
    across = escape(_("update"))
    return (
        f'{levels}<text x="{LEFT}" y="{BOTTOM + 16}">1</text>'
        f'<text x="{RIGHT}" y="{BOTTOM + 16}" text-anchor="end">{decimal(count)}</text>'
        f'<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 30}" text-anchor="middle">{across}</text>'
    )


def _rate(rate: float) -> str:
    return f"{decimal(rate, DIGITS)}".rstrip("0").rstrip(".,") or "0"


def _table(rates: Mapping[str, Sequence[float]], marked: int) -> str:
    count = min(len(found) for found in rates.values())
    places = {round(1 + part * (count - 1) / (ROWS - 1)) for part in range(ROWS)}
    places |= {marked} if marked <= count else set()
    heads = (_("update"), *(name_text(name) for name in rates))
    rows = [
        (decimal(place), *(decimal(found[place - 1], DIGITS) for found in rates.values()))
        for place in sorted(places)
    ]
    return numbers_below(heads, rows)
