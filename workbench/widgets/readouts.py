"""The read-out strip: each number with unit, interval, label and difference to the pinned one."""

from collections.abc import Sequence
from html import escape

import ipywidgets

from workbench.locale import _
from workbench.measurement import Quantity
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import QUANTITIES, difference_text, interval_text, value_text

STRIP = (
    "accuracy",
    "file_bytes",
    "deflated_bytes",
    "packed_bytes",
    "latency_ms",
    "speedup",
    "nonzero_parameters",
    "macs",
    "activation_bytes",
)
NO_DIFFERENCE = ("speedup", "latency_ms")
"""Times of different runs are not subtracted: the speed-up was timed in turn, so it says it all."""


class Readouts:
    """A strip of cards that takes quantities and nothing else; places never move."""

    def __init__(self, names: Sequence[str] = STRIP) -> None:
        self._names = names
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-readouts")
        self.view = View(key=lambda s: (s.quantities, s.fresh, s.reference), draw=self._draw)

    def _draw(self, state: State) -> None:
        page().give_name(self.widget, _("read-outs"), role="group")
        cards = "".join(self._card(name, state) for name in self._names)
        key = f"{state.setting.sparsity}/{state.setting.weight_bits}"
        self.widget.value = f'<div class="wb-strip" data-setting="{key}">{cards}</div>'

    def _card(self, name: str, state: State) -> str:
        quantity = state.quantities.get(name)
        difference = self._difference(name, quantity, state) if quantity else ""
        title = escape(_title(name, state))
        return card(name, title, quantity, difference, is_stale=name not in state.fresh)

    def _difference(self, name: str, quantity: Quantity, state: State) -> str:
        reference = state.reference.quantities.get(name) if state.reference else None
        if reference is None or name in NO_DIFFERENCE:
            return ""
        title = escape(_("difference to the pinned result"), quote=True)
        words = escape(difference_text(quantity, reference))
        return f'<span class="wb-difference" title="{title}">{words}</span>'


def card(
    name: str, title: str, quantity: Quantity | None, difference: str = "", *, is_stale: bool
) -> str:
    """One number with its interval and label, or an empty card; `title`, `difference`: HTML."""
    if quantity is None:
        return (
            f'<div class="wb-card wb-empty" data-name="{name}">'
            f'<div class="wb-name">{title}</div></div>'
        )
    return (
        f'<div class="wb-card{" wb-stale" if is_stale else ""}" data-name="{name}"'
        f' data-n="{quantity.n or 0}">'
        f'<div class="wb-name">{title}</div>'
        f'<div class="wb-value">{escape(value_text(quantity))}</div>'
        f'<div class="wb-interval">{escape(interval_text(quantity))}</div>'
        f'<div class="wb-foot">{tag(quantity)}{difference}</div></div>'
    )


def _title(name: str, state: State) -> str:
    """The name of a number; a latency says of how many images at once it is."""
    if name != "latency_ms":
        return str(QUANTITIES[name])
    return _("latency of a batch of {n}").format(n=state.setting.inference_batch)
