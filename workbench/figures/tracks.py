"""One row of a bar: its name, its track, and what it says, on any width of page (HTML)."""

from html import escape

from workbench.locale import _, percent

COLUMNS = "grid-template-columns:minmax(0,3fr) minmax(60px,4fr) 5.4em"


def track(name: str, parts: list[tuple[float, str]], told: str) -> str:
    """A bar of `parts`, each its share of the track and its colour, one after the other."""
    left, inside = 0.0, ""
    for share, colour in parts:
        inside += (
            f'<span style="position:absolute;inset-block:3px;left:{100 * left:.2f}%;'
            f'width:{100 * share:.2f}%;background:{colour}"></span>'
        )
        left += share
    return (
        f'<div style="display:grid;{COLUMNS};gap:2px 8px;align-items:center;min-height:1.9em">'
        f"<span>{escape(name)}</span>"
        f'<span class="wb-track" style="display:block">{inside}</span><b>{escape(told)}</b></div>'
    )


def share_text(share: float) -> str:
    """A share in per cent; what is not 0 is never told as 0."""
    return _("below 0.1 %") if 0 < share < 0.001 else percent(share)
