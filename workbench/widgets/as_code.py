"""The present setting as a program, folded away until it is asked for."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from shlex import quote
from typing import Any

import ipywidgets

from workbench.locale import Message, _, keep_translated
from workbench.widgets.guard import listen, sentence
from workbench.widgets.page import page
from workbench.widgets.views import View

FILE = "program.py"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A text to run, the files that it is given, and what it does in words."""

    text: str
    files: Sequence[Path]
    about: Message


class AsCode:
    """A switch that shows the program of the setting of the moment; it follows while it is open."""

    def __init__(
        self, write: Callable[[Any], Program], of: Callable[[Any], Any] = lambda s: s.setting
    ) -> None:
        """`of`: what of a panel's state the program is about; `write` raises ValueError where it is
        about none."""
        self._write, self._of = write, of
        self._wanted: Any = None
        self._switch = ipywidgets.ToggleButton(value=False)
        self._switch.add_class("wb-button")
        self._program = ipywidgets.HTML()
        self._program.add_class("wb-prose")
        self.widget = ipywidgets.VBox([self._switch, self._program])
        self.widget.add_class("wb-more")
        self.view: View[Any] = View(key=of, draw=self._draw)
        listen(self._switch, lambda _is_open: self._show(), page().show_problem)
        keep_translated(self._show)

    def _draw(self, state: Any) -> None:
        self._wanted = self._of(state)
        self._show()

    def _show(self) -> None:
        is_open = self._switch.value
        self._switch.description = _("Hide the code") if is_open else _("As code")
        self._switch.tooltip = _("a program of its own that finds the same, without workbench")
        self._program.layout.display = None if is_open else "none"
        page().give_name(self._program, _("the program"), role="group")
        if is_open and self._wanted is not None:
            self._program.value = self._told(self._wanted)

    def _told(self, wanted: Any) -> str:
        try:
            program = self._write(wanted)
        except (ValueError, OSError) as error:
            return f"<p>{sentence(error)}</p>"
        command = " ".join(["python", FILE, *(quote(str(path)) for path in program.files)])
        packed = b64encode(program.text.encode()).decode()
        link = escape(_("Download {file}").format(file=FILE))
        pre = '<pre class="wb-source" tabindex="0"><code>{}</code></pre>'
        return (
            f"<p>{escape(str(program.about))}</p>{pre.format(escape(command))}"
            f'<p><a class="wb-download" download="{FILE}"'
            f' href="data:text/x-python;base64,{packed}">{link}</a></p>'
            f"{pre.format(escape(program.text))}"
        )
