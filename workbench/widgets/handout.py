"""A button that packs something when it is asked to, and lets the page save it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.locale import Message, keep_translated
from workbench.widgets.guard import listen
from workbench.widgets.page import page


class Handout(anywidget.AnyWidget):
    """One click packs a zip, and the page saves it as `name`.

    `value`: when it was asked for last.
    """

    _esm = Path(__file__).with_name("report.js")
    labels = traitlets.Dict().tag(sync=True)
    value: Any = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        name: str,
        label: Message,
        explained: Message,
        pack: Callable[[], bytes],
        show: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._name, self._label, self._explained = name, label, explained
        listen(self, lambda _asked: self._hand_over(pack()), show)
        keep_translated(self._translate)

    def _translate(self) -> None:
        self.labels = {"zip": str(self._label)}
        page().give_name(self, str(self._explained), role="group")

    def _hand_over(self, packed: bytes) -> None:
        self.send({"name": self._name, "type": "application/zip"}, [packed])
