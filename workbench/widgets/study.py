"""A measurement of its own beside the panel: a button starts it, and it draws itself as it goes."""

from collections.abc import Callable
from html import escape

import ipywidgets

from workbench.locale import Message, _, keep_translated, message
from workbench.measurement import Grid, Progress, Report, Superseded
from workbench.scheduler import Scheduler
from workbench.setting import Setting
from workbench.widgets.guard import sentence
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.wording import network_text

Survey = Callable[[Setting, Report], Grid]
EMPTY = Grid(rows=(), columns=(), cells={})


class Study:
    """Runs a survey of the setting of the moment; patient: a slider of the panel goes first."""

    def __init__(
        self,
        survey: Survey,
        setting: Callable[[], Setting],
        draw: Callable[[Grid], None],
        figure: ipywidgets.Widget,
        label: Message,
        explained: Message,
        told: Callable[[Setting], str] = network_text,
    ) -> None:
        self._told = told
        self._setting, self._draw_grid = setting, draw
        self._grid = EMPTY
        self._done: Setting | None = None
        self._scheduler = Scheduler(
            survey,
            superseded=Superseded,
            on_start=self._on_start,
            on_news=self._on_news,
            on_answer=self._on_answer,
            on_error=lambda wanted, error: self._say(f"⚠ {sentence(error)}"),
            on_stopped=lambda wanted: self._say(escape(_("stopped"))),
            is_patient=True,
        )
        self._status = ipywidgets.HTML()
        self._status.add_class("wb-study-status")
        start = button(label, explained, self.start, self._show)
        stop = button(
            message("Stop"), message("end this measurement"), self._scheduler.stop, self._show
        )
        row = ipywidgets.HBox([start, stop, self._status])
        row.add_class("wb-buttons")
        self.widget = ipywidgets.VBox([row, figure])
        self.widget.add_class("wb-study")
        keep_translated(self._translate)

    def start(self) -> None:
        """Measure the setting of the moment; what was measured before goes."""
        self._scheduler.request(self._setting())

    def close(self) -> None:
        """End the thread."""
        self._scheduler.close()

    def _translate(self) -> None:
        page().give_name(self._status, _("status"), role="status", live=True)
        self._draw_grid(self._grid)
        if self._done is not None:
            self._say_done(self._done)

    def _show(self, words: str) -> None:
        self._say(f"⚠ {words}")

    def _say(self, words: str) -> None:
        self._status.value = f"<span>{words}</span>"

    def _on_start(self, wanted: Setting) -> None:
        self._grid, self._done = EMPTY, None
        self._draw_grid(EMPTY)
        self._say(escape(_("measuring …")))

    def _on_news(self, wanted: Setting, progress: Progress) -> None:
        far = f" {100 * progress.done // progress.total} %" if progress.total else ""
        self._say(escape(f"… {progress.stage}{far}"))
        if progress.grid is not None and progress.grid is not self._grid:
            self._grid = progress.grid
            self._draw_grid(self._grid)

    def _on_answer(self, wanted: Setting, grid: Grid) -> None:
        self._grid = grid
        self._draw_grid(grid)
        self._done = wanted
        self._say_done(wanted)

    def _say_done(self, wanted: Setting) -> None:
        told = escape(self._told(wanted))
        self._status.value = f'<span class="wb-study-ready">✓ {told}</span>'
