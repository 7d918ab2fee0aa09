"""An exercise that is judged by what was measured: any setting that meets it is a solution."""

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets

from workbench.checks import Check, Finding
from workbench.locale import _
from workbench.measurement import Measurement
from workbench.widgets.findings import findings_text
from workbench.widgets.gallery import LoadImages
from workbench.widgets.page import page
from workbench.widgets.state import State, View


class Exercise:
    """The task, each of its conditions with the present number, and a hint where one is missed."""

    def __init__(
        self,
        task: Callable[[], str],
        hints: Callable[[], Sequence[str]],
        check: Check,
        load_images: LoadImages,
    ) -> None:
        self._task, self._hints, self._check = task, hints, check
        self._load_images = load_images
        self.findings: tuple[Finding, ...] = ()
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-text")
        self.view = View(key=lambda s: (s.answer, s.reference), draw=self._draw)

    def _draw(self, state: State) -> None:
        page().give_name(self.widget, _("exercise"), role="group", live=True)
        self.widget.value = (
            f'<div class="wb-exercise"><p>{self._task()}</p>{self._judged(state)}</div>'
        )

    def _judged(self, state: State) -> str:
        now, baseline = state.answer, _baseline(state)
        if now is None or baseline is None or now.setting.effective == baseline.setting.effective:
            words = _("Move the controls: every setting that is measured is judged here.")
            return f'<p class="wb-empty">{escape(words)}</p>'
        labels = self._load_images(now.setting.dataset).test_labels
        self.findings = tuple(self._check(now, baseline, labels))
        return findings_text(self.findings, self._hints())


def _baseline(state: State) -> Measurement | None:
    """The last measurement of the uncompressed network of the same training and engine."""
    found = [m for m in state.history if m.setting.effective == state.setting.baseline]
    return found[-1] if found else None
