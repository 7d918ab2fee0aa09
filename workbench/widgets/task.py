"""A computation of its own beside the panel: a button starts it, Stop ends it, it draws itself."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Generic, TypeVar

import ipywidgets

from workbench.locale import Message, _, message
from workbench.measurement import Superseded
from workbench.scheduler import Scheduler
from workbench.widgets.guard import sentence
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.widgets.views import View, Views

Request = TypeVar("Request")
Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Known(Generic[Found]):
    """What a task has found so far, and what gives its status line (HTML) in every language."""

    found: Found | None = None
    words: Callable[[], str] = str


class Task(Generic[Request, Found]):
    """Runs what is wanted at the moment of the press; patient: the panel's run goes first.

    `run(request, tell)` tells what is found so far; `told` puts it into one line for the status.
    `key` is what the figure shows of it: a figure is drawn again when that is another object.
    """

    def __init__(
        self,
        run: Callable[[Request, Callable[[Found], None]], Found],
        draw: Callable[[Found | None], None],
        told: Callable[[Found], str],
        figure: ipywidgets.Widget,
        key: Callable[[Found | None], object] = lambda found: found,
    ) -> None:
        self._told = told
        self._scheduler: Scheduler[Request, Found, Found] = Scheduler(
            run,
            superseded=Superseded,
            on_start=lambda wanted: self._say(lambda: escape(_("measuring …")), found=None),
            on_news=self._on_news,
            on_answer=self._on_answer,
            on_error=lambda wanted, error: self._show(sentence(error)),
            on_stopped=lambda wanted: self._say(lambda: escape(_("stopped"))),
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
        drawing = View[Known[Found]](
            key=lambda known: id(key(known.found)), draw=lambda known: draw(known.found)
        )
        telling = View[Known[Found]](key=lambda known: known.words, draw=self._write)
        self._views: Views[Known[Found]] = Views(Known(), (drawing, telling))
        self._views.begin()

    def offer(self, label: Message, explained: Message, wanted: Callable[[], Request]) -> None:
        """One more button that starts what `wanted` gives at that moment."""
        start = button(label, explained, lambda: self.start(wanted()), self._show)
        *starts, stop, status = self._row.children
        self._row.children = (*starts, start, stop, status)

    @property
    def found(self) -> Found | None:
        """What is found so far."""
        return self._views.state.found

    def start(self, wanted: Request) -> None:
        """Run `wanted`; what was found before goes once that begins."""
        self._say(lambda: escape(_("waiting for its turn …")))
        self._scheduler.request(wanted)

    def stop(self) -> None:
        """End the run; what it found stays."""
        self._scheduler.stop()

    def close(self) -> None:
        """End the thread."""
        self._scheduler.close()

    def _write(self, known: Known[Found]) -> None:
        page().give_name(self._status, _("status"), role="status", live=True)
        self._status.value = f"<span>{known.words()}</span>"

    def _say(self, words: Callable[[], str], **changes: Found | None) -> None:
        self._views.update(words=words, **changes)

    def _show(self, words: str) -> None:
        self._say(lambda: f"⚠ {words}")

    def _on_news(self, wanted: Request, found: Found) -> None:
        if found is not self.found:
            self._say(lambda: f"… {escape(self._told(found))}", found=found)

    def _on_answer(self, wanted: Request, found: Found) -> None:
        ready = '<span class="wb-study-ready">✓ {}</span>'
        self._say(lambda: ready.format(escape(self._told(found))), found=found)
