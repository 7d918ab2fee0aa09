"""Where a study that others work on is typed in: the storage URL, its name, and Watch."""

from collections.abc import Callable
from typing import Any

import ipywidgets

from workbench.locale import Message, keep_translated, message
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.widgets.search.scene import Watch

STORAGE = message("storage URL")
STUDY = message("study")
EXAMPLE, NAME = "postgresql://host/class", "lesson"


class WatchForm:
    """Two fields and a button; `on_watch` hears what to follow, and judges it."""

    def __init__(self, on_watch: Callable[[Watch], None], show: Callable[[str], None]) -> None:
        self._on_watch = on_watch
        self._storage = _field(STORAGE, EXAMPLE)
        self._study = _field(STUDY, NAME)
        press = button(
            message("Watch"),
            message("follow this study live, whoever works on it; Stop ends the watching"),
            self._watch,
            show,
        )
        self.widget = ipywidgets.VBox([self._storage, self._study, press])
        self.widget.add_class("wb-controls")

    def _watch(self) -> None:
        self._on_watch(Watch(storage=self._storage.value.strip(), study=self._study.value.strip()))


def _field(label: Message, example: str) -> Any:
    widget = ipywidgets.Text(placeholder=example, style={"description_width": "9.5em"})
    widget.add_class("wb-control")

    def put() -> None:
        widget.description = str(label)
        page().give_name(widget, str(label))

    keep_translated(put)
    return widget
