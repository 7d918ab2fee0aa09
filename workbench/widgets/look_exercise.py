"""The exercise of lesson 3: every form that is looked at is judged by what it sees and costs."""

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets

from workbench.checks import Finding, is_solved
from workbench.locale import _, keep_translated
from workbench.measurement.kernels import Look
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
        judged = "" if self._look is None else self._judged(self._check(self._look))
        self.widget.value = f'<div class="wb-exercise"><p>{self._task()}</p>{judged}</div>'

    def _judged(self, findings: tuple[Finding, ...]) -> str:
        items = "".join(
            f"<li>{'✓' if finding.is_met else '✗'} {escape(str(finding.told))}</li>"
            for finding in findings
        )
        found = f'<ul class="wb-findings">{items}</ul>'
        if is_solved(findings):
            return f"{found}<p><b>{escape(_('Solved.'))}</b></p>"
        missed = next(number for number, finding in enumerate(findings) if not finding.is_met)
        summary = escape(_("A hint"))
        hint = self._hints()[missed]
        return f"{found}<details><summary>{summary}</summary><p>{hint}</p></details>"
