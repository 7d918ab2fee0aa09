"""Text widgets: HTML written again only where it changed, and sentences in every language."""

from collections.abc import Callable
from html import escape

import ipywidgets

from workbench.locale import Message, keep_translated
from workbench.measurement import Quantity
from workbench.widgets.guard import press
from workbench.wording import PROVENANCES


def text(write: Callable[[], str], css: str = "wb-text") -> ipywidgets.HTML:
    """HTML that `write` gives, now and whenever the language changes."""
    widget = ipywidgets.HTML()
    widget.add_class(css)

    def put() -> None:
        widget.value = write()

    keep_translated(put)
    return widget


def button(
    label: Message,
    explained: Message,
    callback: Callable[[], None],
    show: Callable[[str], None],
) -> ipywidgets.Button:
    """A button with a translated label and tooltip; `show` is told what its callback raises."""
    widget = ipywidgets.Button()
    widget.add_class("wb-button")

    def put() -> None:
        widget.description, widget.tooltip = str(label), str(explained)

    keep_translated(put)
    press(widget, callback, show)
    return widget


def working(inside: str, per_cent: float) -> str:
    """A line of a status that is on its way; `inside`: HTML."""
    return (
        f'<div class="wb-working"><span class="wb-progress" style="width:{per_cent:.0f}%"></span>'
        f"{inside}</div>"
    )


def tag(quantity: Quantity) -> str:
    """The label that says how a number was got; the whole of it as a tooltip and for readers."""
    how = escape(str(quantity.how), quote=True)
    word = escape(str(PROVENANCES[quantity.provenance]))
    return (
        f'<span class="wb-tag wb-{quantity.provenance}" title="{how}">{word}'
        f'<span class="wb-unseen">: {how}</span></span>'
    )
