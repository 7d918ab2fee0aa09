"""The present setting as a program, folded away until it is asked for."""

from base64 import b64encode
from collections.abc import Callable
from html import escape
from shlex import quote
from typing import Any

import ipywidgets

from workbench.as_code import FILE, Program, archive
from workbench.locale import _, keep_translated, message
from workbench.widgets.guard import listen, sentence
from workbench.widgets.handout import Handout
from workbench.widgets.page import page
from workbench.widgets.views import View

ZIP = "program.zip"


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
        self._program, self._status = ipywidgets.HTML(), ipywidgets.HTML()
        self._program.add_class("wb-prose")
        self._status.add_class("wb-study-status")
        handout = Handout(
            ZIP,
            message("Download it with its files ({file})", file=ZIP),
            message("the program with its files"),
            self._packed,
            self._say,
        )
        self._offer = ipywidgets.VBox([handout])
        self._offer.layout.display = "none"
        self._open = ipywidgets.VBox([self._offer, self._status, self._program])
        self._open.add_class("wb-more")
        self.widget = ipywidgets.VBox([self._switch, self._open])
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
        self._open.layout.display = None if is_open else "none"
        page().give_name(self._program, _("the program"), role="group")
        page().give_name(self._status, _("status"), role="status", live=True)
        if is_open and self._wanted is not None:
            self._tell(self._wanted)

    def _tell(self, wanted: Any) -> None:
        self._status.value = ""
        try:
            program = self._write(wanted)
        except (ValueError, OSError) as error:
            self._offer.layout.display = "none"
            self._program.value = f"<p>{sentence(error)}</p>"
            return
        self._offer.layout.display = None if program.files else "none"
        self._program.value = _told(program)

    def _packed(self) -> bytes:
        self._status.value = escape(_("packing …"))
        packed = archive(self._write(self._wanted))
        self._status.value = ""
        return packed

    def _say(self, words: str) -> None:
        self._status.value = f'<div class="wb-problem">⚠ {words}</div>'


def _told(program: Program) -> str:
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
