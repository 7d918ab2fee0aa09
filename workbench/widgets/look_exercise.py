"""The exercise of lesson 3: every form that is looked at is judged by what it sees and costs."""

from collections.abc import Callable, Sequence

import ipywidgets

from workbench.checks import Finding
from workbench.locale import _, keep_translated
from workbench.measurement.kernels import Look
from workbench.widgets.findings import findings_text
from workbench.widgets.page import page

LookCheck = Callable[[Look], tuple[Finding, ...]]


class LookExercise:
    """The task, each of its conditions with the present number, and a hint where one is missed."""

    def __init__(
        self, task: Callable[[], str], hints: Callable[[], Sequence[str]], check: LookCheck
    ) -> None:
        self._task, self._hints, self._check = task, hints, check
        self._look: Look | None = None
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-text")
        keep_translated(self._draw)

    def show(self, look: Look) -> None:
        """Judge another form."""
        self._look = look
        self._draw()

    def _draw(self) -> None:
        page().give_name(self.widget, _("exercise"), role="group", live=True)
        judged = "" if self._look is None else findings_text(self._check(self._look), self._hints())
        self.widget.value = f'<div class="wb-exercise"><p>{self._task()}</p>{judged}</div>'
