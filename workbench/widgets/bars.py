"""Bars beside the baseline's ghost: the file, the file deflated, the latency, and more sizes."""

from collections.abc import Sequence
from html import escape

import ipywidgets

from workbench.locale import _
from workbench.measurement import Quantity
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import QUANTITIES, value_text

THREE = ("file_bytes", "deflated_bytes", "latency_ms")


class Bars:
    """Length is the share of the larger of pinned and present; the ghost is the pinned."""

    def __init__(self, names: Sequence[str] = THREE) -> None:
        self._names = names
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-bars")
        self.view = View(key=lambda s: (s.quantities, s.fresh, s.reference), draw=self._draw)

    def _draw(self, state: State) -> None:
        page().give_name(self.widget, _("sizes and latency beside the pinned result"), role="group")
        rows = "".join(self._row(name, state) for name in self._names)
        caption = escape(
            _(
                "Solid: now. Outlined: the pinned result, and for the latency the baseline that was"
                " timed in turn. Each pair on its own scale from 0."
            )
        )
        self.widget.value = (
            f'<div class="wb-figure">{rows}<p class="wb-caption">{caption}</p></div>'
        )

    def _row(self, name: str, state: State) -> str:
        title = escape(str(QUANTITIES[name]))
        now = state.quantities.get(name)
        ghost = self._reference(name, state)
        if now is None:
            return f'<div class="wb-bar-row"><span class="wb-name">{title}</span></div>'
        longest = max(now.value, ghost.value if ghost else 0) or 1
        stale = "" if name in state.fresh else " wb-stale"
        return (
            f'<div class="wb-bar-row{stale}" data-name="{name}">'
            f'<span class="wb-name">{title}</span>'
            f'<span class="wb-track">{self._ghost(ghost, longest)}'
            f'<span class="wb-bar" style="width:{100 * now.value / longest:.1f}%"></span></span>'
            f'<span class="wb-value">{escape(value_text(now))}</span>{tag(now)}</div>'
        )

    def _reference(self, name: str, state: State) -> Quantity | None:
        """The pinned value; for a time the baseline's of the same run, timed in turn."""
        if name == "latency_ms":
            return state.quantities.get("baseline_latency_ms")
        return state.reference.quantities.get(name) if state.reference else None

    def _ghost(self, ghost: Quantity | None, longest: float) -> str:
        if ghost is None:
            return ""
        width = 100 * ghost.value / longest
        words = escape(_("compared with: {value}").format(value=value_text(ghost)), quote=True)
        return (
            f'<span class="wb-ghost" title="{words}" style="width:{width:.1f}%">'
            f'<span class="wb-unseen">{words}</span></span>'
        )
