"""The straight-through estimator: rounding as stairs, their slope, and the slope training uses."""

from collections.abc import Iterable
from html import escape

import numpy as np
from numpy.typing import NDArray

from workbench.figures.matrix import numbers_below
from workbench.figures.palette import CANDIDATE, PRUNED
from workbench.locale import _, decimal
from workbench.wording import signed

FEWEST, MOST = 2, 8
END = 1.2  # of the axes; the levels reach from -1 to 1
WIDTH, HEIGHT = 320, 230
LEFT, RIGHT, TOP, BOTTOM = 44, 306, 12, 186
SLOPES = (-0.3, 1.4)


def rounded(values: NDArray[np.float64], bits: int) -> NDArray[np.float64]:
    """Values on the symmetric grid of 2^bits - 1 levels from -1 to 1; those beyond limited."""
    limit = _limit(bits)
    on_grid: NDArray[np.float64] = np.clip(np.rint(values * limit), -limit, limit) / limit
    return on_grid


def _limit(bits: int) -> int:
    if not FEWEST <= bits <= MOST:
        rule = _("stairs can be drawn for {fewest} to {most} bits, got {value}")
        raise ValueError(rule.format(fewest=FEWEST, most=MOST, value=bits))
    return int(2 ** (bits - 1)) - 1


def stairs(bits: int) -> str:
    """Left the rounding of x from -1.2 to 1.2; right its slope, and that of the estimator.

    Source: Bengio et al. 2013, "Estimating or Propagating Gradients Through Stochastic Neurons".
    """
    limit = _limit(bits)
    jumps = (np.arange(-limit, limit) + 0.5) / limit
    name = escape(_("rounding to {bits} bits and its slopes").format(bits=bits), quote=True)
    words = _(
        "Rounding is flat between its jumps: its slope is 0 almost everywhere, so that nothing"
        " would be learned through it. Training rounds on the way forward and on the way back uses"
        " the slope of the dashed line instead (straight-through estimator): 1 where the value is"
        " within the range, 0 where it is limited."
    )
    return (
        f'<figure class="wb-drawing-figure" role="group" aria-label="{name}">'
        f'<div class="wb-pair">{_staircase(jumps, bits)}{_slopes(jumps)}</div>'
        f'<figcaption class="wb-caption">{_keys()} {escape(words)}</figcaption>'
        f"{_table(limit)}</figure>"
    )


def _staircase(jumps: NDArray[np.float64], bits: int) -> str:
    edges = np.concatenate([[-END], jumps, [END]])
    middles = (edges[:-1] + edges[1:]) / 2
    across, up = np.repeat(edges, 2)[1:-1], np.repeat(rounded(middles, bits), 2)
    ramp: list[tuple[float, float]] = [(-END, -1), (-1, -1), (1, 1), (END, 1)]
    straight = _line(ramp, (-END, END), PRUNED, "5 4")
    drawn = _line(zip(across, up, strict=True), (-END, END), CANDIDATE)
    title = _("rounded to {bits} bits").format(bits=bits)
    return _plot(title, _axes((-1, 0, 1), (-END, END)) + straight + drawn)


def _slopes(jumps: NDArray[np.float64]) -> str:
    flat = _line([(-END, 0), (END, 0)], SLOPES, CANDIDATE)
    used = [(-END, 0), (-1, 0), (-1, 1), (1, 1), (1, 0), (END, 0)]
    dots = "".join(
        f'<circle cx="{_across(x):.1f}" cy="{_up(0, SLOPES):.1f}" r="2.5" fill="var(--jp-layout-'
        f'color1, #fff)" stroke="{CANDIDATE}"/>'
        for x in jumps
        if len(jumps) <= 30  # more would hide the line
    )
    inside = _axes((0, 1), SLOPES) + flat + dots + _line(used, SLOPES, PRUNED, "5 4")
    return _plot(_("slope"), inside)


def _plot(title: str, inside: str) -> str:
    words = escape(title)
    across = escape(_("value x"))
    return (
        f'<svg class="wb-svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{words}">'
        f'{inside}<text x="{(LEFT + RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{across}'
        f'</text><text transform="translate(12 {(TOP + BOTTOM) / 2}) rotate(-90)"'
        f' text-anchor="middle">{words}</text></svg>'
    )


def _axes(ups: Iterable[int], ends: tuple[float, float]) -> str:
    levels = "".join(
        f'<line class="wb-grid-line" x1="{LEFT}" x2="{RIGHT}" y1="{_up(y, ends):.1f}"'
        f' y2="{_up(y, ends):.1f}"/><text x="{LEFT - 6}" y="{_up(y, ends) + 4:.1f}"'
        f' text-anchor="end">{_tick(y)}</text>'
        for y in ups
    )
    places = "".join(
        f'<line class="wb-grid-line" x1="{_across(x):.1f}" x2="{_across(x):.1f}" y1="{TOP}"'
        f' y2="{BOTTOM}"/><text x="{_across(x):.1f}" y="{BOTTOM + 16}" text-anchor="middle">'
        f"{_tick(x)}</text>"
        for x in (-1, 0, 1)
    )
    return levels + places


def _tick(value: int) -> str:
    return str(value).replace("-", "\N{MINUS SIGN}")


def _line(
    points: Iterable[tuple[float, float]], ends: tuple[float, float], colour: str, dashes: str = ""
) -> str:
    path = " ".join(f"{_across(x):.1f},{_up(y, ends):.1f}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"'
        f' stroke-dasharray="{dashes or "none"}"/>'
    )


def _across(x: float) -> float:
    return LEFT + (x + END) / (2 * END) * (RIGHT - LEFT)


def _up(y: float, ends: tuple[float, float]) -> float:
    return BOTTOM - (y - ends[0]) / (ends[1] - ends[0]) * (BOTTOM - TOP)


def _keys() -> str:
    return (
        f'<span class="wb-line" style="border-color:{CANDIDATE}"></span>'
        f"{escape(_('rounding and its true slope (circles: jumps)'))};"
        f' <span class="wb-line wb-dashed" style="border-color:{PRUNED}"></span>'
        f"{escape(_('what training takes for it'))}."
    )


def _table(limit: int) -> str:
    """From where to where each level is taken."""
    ends = [-np.inf, *((np.arange(-limit, limit) + 0.5) / limit), np.inf]
    rows = [
        (signed(level / limit, 3), decimal(level).replace("-", "\N{MINUS SIGN}"),
         f"{_end(ends[level + limit])} … {_end(ends[level + limit + 1])}")
        for level in range(-limit, limit + 1)
    ]  # fmt: skip
    return numbers_below((_("rounded value"), _("level"), _("values x")), rows)


def _end(value: float) -> str:
    if np.isinf(value):
        return "\N{MINUS SIGN}∞" if value < 0 else "∞"
    return signed(value, 3)
