"""The exercise of lesson 10: what is there of a whole piece of work, and what is not."""

from collections.abc import Callable, Sequence
from html import escape
from threading import RLock

import ipywidgets

from workbench.checks import Finding
from workbench.checks.capstone import Work, is_complete
from workbench.locale import _, keep_translated
from workbench.measurement import Measurement
from workbench.measurement.choosing import Version
from workbench.widgets.capstone.events import versions_of
from workbench.widgets.claims.board import Verdict
from workbench.widgets.findings import findings_text
from workbench.widgets.gallery import LoadImages
from workbench.widgets.page import page
from workbench.widgets.state import State, View


class CompleteExercise:
    """Follows the panel, the board and the export, and says what is still missing."""

    def __init__(
        self, task: Callable[[], str], hints: Callable[[], Sequence[str]], load_images: LoadImages
    ) -> None:
        self._task, self._hints, self._load_images = task, hints, load_images
        self._lock = RLock()
        self.findings: tuple[Finding, ...] = ()
        self._versions: tuple[Version, ...] = ()
        self._history: tuple[Measurement, ...] = ()
        self._verdicts: tuple[Verdict, ...] = ()
        self._taken_home: Measurement | None = None
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-text")
        self.view = View(
            key=lambda s: (s.history, s.setting.dataset, s.setting.inference_batch),
            draw=self._follow,
        )
        keep_translated(self._write)

    def judge(self, verdicts: tuple[Verdict, ...]) -> None:
        """The sentences that were bet on and run."""
        self._verdicts = verdicts
        self._write()

    def take(self, measurement: Measurement) -> None:
        """What was taken home."""
        self._taken_home = measurement
        self._write()

    def _follow(self, state: State) -> None:
        self._versions = versions_of(state, self._load_images)
        self._history = state.history
        self._write()

    def _write(self) -> None:
        with self._lock:
            self._draw()

    def _draw(self) -> None:
        page().give_name(self.widget, _("exercise"), role="group", live=True)
        rulings = [verdict.judged.ruling for verdict in self._verdicts]
        work = Work(
            versions=self._versions,
            history=self._history,
            held=rulings.count("supported"),
            refuted=rulings.count("not supported") + rulings.count("depends"),
            taken_home=self._taken_home,
        )
        self.findings = is_complete(work)
        found = findings_text(self.findings, self._hints())
        self.widget.value = f'<div class="wb-exercise"><p>{escape(self._task())}</p>{found}</div>'
