"""A computation of its own beside the panel: a button starts it, Stop ends it, it draws itself."""

from collections.abc import Callable
from html import escape
from typing import Generic, TypeVar

import ipywidgets

from workbench.locale import Message, _, keep_translated, message
from workbench.measurement import Superseded
from workbench.scheduler import Scheduler
from workbench.widgets.guard import sentence
from workbench.widgets.html import button
from workbench.widgets.page import page

Request = TypeVar("Request")
Found = TypeVar("Found")


class Task(Generic[Request, Found]):
    """Runs what is wanted at the moment of the press; patient: the panel's search goes first.

    `run(request, tell)` tells what is found so far; `told` puts it into one line for the status.
    """

    def __init__(
        self,
        run: Callable[[Request, Callable[[Found], None]], Found],
        draw: Callable[[Found | None], None],
        told: Callable[[Found], str],
        figure: ipywidgets.Widget,
    ) -> None:
        self._draw, self._told = draw, told
        self._found: Found | None = None
        self._words: Callable[[], str] = lambda: ""
        self._scheduler: Scheduler[Request, Found, Found] = Scheduler(
            run,
            superseded=Superseded,
            on_start=self._on_start,
            on_news=self._on_news,
            on_answer=self._on_answer,
            on_error=self._on_error,
            on_stopped=self._on_stopped,
            is_patient=True,
        )
        self._status = ipywidgets.HTML()
        self._status.add_class("wb-study-status")
        stop = button(
            message("Stop"), message("end this; what is there stays"), self.stop, self._show
        )
        self._row = ipywidgets.HBox([stop, self._status])
        self._row.add_class("wb-buttons")
        self.widget = ipywidgets.VBox([self._row, figure])
        self.widget.add_class("wb-study")
        keep_translated(self._translate)

    def offer(self, label: Message, explained: Message, wanted: Callable[[], Request]) -> None:
        """One more button that starts what `wanted` gives at that moment."""
        start = button(label, explained, lambda: self.start(wanted()), self._show)
        *starts, stop, status = self._row.children
        self._row.children = (*starts, start, stop, status)

    @property
    def found(self) -> Found | None:
        """What is found so far."""
        return self._found

    def start(self, wanted: Request) -> None:
        """Run `wanted`; what was found before goes."""
        self._scheduler.request(wanted)

    def stop(self) -> None:
        """End the run; what it found stays."""
        self._scheduler.stop()

    def close(self) -> None:
        """End the thread."""
        self._scheduler.close()

    def _translate(self) -> None:
        page().give_name(self._status, _("status"), role="status", live=True)
        self._draw(self._found)
        self._say(self._words)

    def _say(self, words: Callable[[], str]) -> None:
        """Show what `words` gives, now and in every language."""
        self._words = words
        self._status.value = words()

    def _show(self, words: str) -> None:
        self._say(lambda: f"<span>⚠ {words}</span>")

    def _on_start(self, wanted: Request) -> None:
        self._found = None
        self._draw(None)
        self._say(lambda: f"<span>{escape(_('measuring …'))}</span>")

    def _on_news(self, wanted: Request, found: Found) -> None:
        if found is self._found:
            return
        self._found = found
        self._draw(found)
        self._say(lambda: f"<span>… {escape(self._told(found))}</span>")

    def _on_answer(self, wanted: Request, found: Found) -> None:
        self._found = found
        self._draw(found)
        self._say(lambda: f'<span class="wb-study-ready">✓ {escape(self._told(found))}</span>')

    def _on_error(self, wanted: Request, error: Exception) -> None:
        self._show(sentence(error))

    def _on_stopped(self, wanted: Request) -> None:
        self._say(lambda: f"<span>{escape(_('stopped'))}</span>")
