"""Two shares a name as bars on one scale, one below the other, as HTML."""

from collections.abc import Sequence
from html import escape

from workbench.locale import _
from workbench.measurement import Quantity
from workbench.wording import interval_text, value_text

Pair = tuple[str, Quantity, Quantity]
NOTHING = '<span class="wb-class-track" style="height:0"></span>'
"""Where a row of heads has no bar."""


def double_bars(pairs: Sequence[Pair], above: str, below: str) -> str:
    """A row a name: the first share solid with its interval, the second outlined.

    `above` and `below` say in HTML what the two are; names are HTML too.
    """
    top = max((_end(share) for _name, *both in pairs for share in both), default=1.0) or 1.0
    rows = "".join(_row(name, one, other, top) for name, one, other in pairs)
    head = (
        f'<div class="wb-class-row wb-small"><span>{escape(_("layer"))}</span>{NOTHING}'
        f'<span class="wb-value wb-small">{above}</span><span class="wb-interval"></span>'
        f'<span class="wb-difference">{below}</span></div>'
    )
    return f'<div class="wb-classes" style="max-height:none">{head}{rows}</div>'


def _end(share: Quantity) -> float:
    return max(share.value, share.high or 0.0)


def _row(name: str, one: Quantity, other: Quantity, top: float) -> str:
    return (
        f'<div class="wb-class-row"><span class="wb-name">{name}</span>'
        f'<span class="wb-class-track">{_bar("now", one, top)}{_bar("before", other, top)}</span>'
        f'<span class="wb-value" title="{_how(one)}">{escape(value_text(one))}</span>'
        f'<span class="wb-interval">{escape(interval_text(one))}</span>'
        f'<span class="wb-difference" title="{_how(other)}">{escape(value_text(other))}</span>'
        "</div>"
    )


def _how(quantity: Quantity) -> str:
    return escape(str(quantity.how), quote=True)


def _bar(kind: str, share: Quantity, top: float) -> str:
    width = 100 * share.value / top
    bar = f'<span class="wb-class-bar wb-class-{kind}" style="width:{width:.1f}%"></span>'
    if share.low is None or share.high is None:
        return bar if share.value else ""
    left, right = 100 * share.low / top, 100 * share.high / top
    return (
        f'{bar}<span class="wb-whisker wb-whisker-{kind}"'
        f' style="left:{left:.1f}%;width:{right - left:.1f}%"></span>'
    )
