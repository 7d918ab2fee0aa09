"""Lines to type into, with a name for those who do not see them."""

from typing import Any

import ipywidgets

from workbench.locale import Message, keep_translated
from workbench.widgets.page import page


def line(label: Message, explained: Message, value: str) -> Any:
    """A text field; what is typed stays as it is, whatever comes of it."""
    widget = ipywidgets.Text(value=value, style={"description_width": "9.5em"})
    widget.add_class("wb-control")

    def put() -> None:
        widget.description = str(label)
        page().give_name(widget, f"{label}: {explained}")

    keep_translated(put)
    return widget
