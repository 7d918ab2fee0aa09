"""A control of a few values, each by its words in the language of the moment."""

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from workbench.locale import Message, keep_translated
from workbench.widgets.guard import listen
from workbench.widgets.page import page


def choice(
    name: Message,
    explained: Message | None,
    values: Mapping[Any, Message | str],
    value: Any,
    on_value: Callable[[Any], None],
    kind: type[ipywidgets.Dropdown] | type[ipywidgets.SelectionSlider] = ipywidgets.Dropdown,
) -> ipywidgets.Widget:
    """A control of these values, each by its words in the language of the moment."""
    control = kind(
        options=[(str(words), each) for each, words in values.items()],
        value=value,
        style={"description_width": "9.5em"},
        layout={"max_width": "40em"},
    )
    control.add_class("wb-control")

    def translate() -> None:
        control.description, control.tooltip = str(name), str(explained or "")
        control.set_trait("_options_labels", tuple(str(words) for words in values.values()))
        page().give_name(control, f"{name}: {explained}" if explained else str(name))

    listen(control, on_value, page().show_problem)
    keep_translated(translate)
    return control
