"""The exercise of lesson 8: a window of scales, checked on held-out images, and four choices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import ipywidgets

from workbench.checks.precision import OPERATIONS, REASONS, are_right_types, is_window
from workbench.locale import Message, _, keep_translated, message
from workbench.measurement import Grid, Progress, Report
from workbench.measurement.scaling import POWERS
from workbench.setting import Setting
from workbench.widgets.findings import findings_text
from workbench.widgets.html import button, text
from workbench.widgets.page import page
from workbench.widgets.task import Task

Survey = Callable[[Setting, Report], Grid]


@dataclass(frozen=True, kw_only=True, eq=False)
class Tried:
    """A window that was asked for, and what was measured of both batches; None: not yet."""

    low: int
    high: int
    yours: Grid | None = None
    held_out: Grid | None = None


class WindowExercise:
    """Two sliders for the ends; the check goes back through both batches at every scale."""

    def __init__(
        self,
        surveys: tuple[Survey, Survey],
        setting: Callable[[], Setting],
        task: Callable[[], str],
        hints: Callable[[], Sequence[str]],
    ) -> None:
        self._surveys, self._setting, self._hints = surveys, setting, hints
        self.low, self.high = (_slider(name) for name in (
            message("smallest scale, power of 2"), message("largest scale, power of 2"),
        ))  # fmt: skip
        self.low.value, self.high.value = 0, 24
        self._judged = ipywidgets.HTML()
        self._judged.add_class("wb-text")
        self.task: Task[Tried, Tried] = Task(self._run, self._draw, _told, self._judged)
        self.task.offer(
            message("Check my window"),
            message("go back through held-out images, too, at every scale"),
            lambda: Tried(low=self.low.value, high=self.high.value),
        )
        asked = text(lambda: f"<p>{task()}</p>")
        self.widget = ipywidgets.VBox([asked, self.low, self.high, self.task.widget])
        self.widget.add_class("wb-exercise")

    def _run(self, tried: Tried, tell: Callable[[Tried], None]) -> Tried:
        setting = self._setting()
        report = partial(_tell_again, tell, tried)
        mine, others = (survey(setting, report) for survey in self._surveys)
        return Tried(low=tried.low, high=tried.high, yours=mine, held_out=others)

    def _draw(self, tried: Tried | None) -> None:
        page().give_name(self._judged, _("exercise"), role="group", live=True)
        if tried is None or tried.yours is None or tried.held_out is None:
            words = _("Move the two ends, then press the button.")
            self._judged.value = f'<p class="wb-empty">{escape(words)}</p>'
            return
        findings = is_window(tried.low, tried.high, tried.yours, tried.held_out)
        self._judged.value = findings_text(findings, self._hints())


def _tell_again(tell: Callable[[Tried], None], tried: Tried, _news: Progress) -> None:
    """Each word of a survey is a chance to stop."""
    tell(tried)


def _told(tried: Tried) -> str:
    return _("from 2^{low} to 2^{high}").format(low=tried.low, high=tried.high)


def _slider(name: Message) -> Any:
    control = ipywidgets.IntSlider(
        min=POWERS[0], max=POWERS[-1], style={"description_width": "12em"}
    )
    control.add_class("wb-control")

    def put() -> None:
        control.description = str(name)
        page().give_name(control, str(name))

    keep_translated(put)
    return control


class TypesExercise:
    """Four operations, each with the bits and the reason that the learner gives it."""

    def __init__(self, task: Callable[[], str], hints: Callable[[], Sequence[str]]) -> None:
        self._hints = hints
        self.choices = {name: (_dropdown(), _dropdown()) for name in OPERATIONS}
        self._judged = ipywidgets.HTML()
        self._judged.add_class("wb-text")
        check = button(
            message("Check my choices"), message("compare with what follows from the reasons"),
            self._check, page().show_problem,
        )  # fmt: skip
        checking = ipywidgets.HBox([check])
        checking.add_class("wb-buttons")
        rows = [control for pair in self.choices.values() for control in pair]
        asked = text(lambda: f"<p>{task()}</p>")
        self.widget = ipywidgets.VBox([asked, *rows, checking, self._judged])
        self.widget.add_class("wb-exercise")
        keep_translated(self._translate)

    def _translate(self) -> None:
        page().give_name(self._judged, _("exercise"), role="group", live=True)
        open_ = _("choose")
        widths = [(open_, ""), (_("16 bits"), "16"), (_("float32"), "32")]
        reasons = [(open_, ""), *((str(words), key) for key, (_bits, words) in REASONS.items())]
        for name, pair in self.choices.items():
            words = str(OPERATIONS[name][0])
            for control, options, what in zip(
                pair, (widths, reasons), (words, _("because")), strict=True
            ):
                chosen = control.value or ""
                control.options = options
                control.value = chosen
                control.description = what
                page().give_name(control, f"{words}: {what}")

    def _check(self) -> None:
        answers = {name: (a.value, b.value) for name, (a, b) in self.choices.items()}
        if any(not part for pair in answers.values() for part in pair):
            words = _("Choose bits and a reason for all four first.")
            self._judged.value = f'<p class="wb-empty">{escape(words)}</p>'
            return
        self._judged.value = findings_text(are_right_types(answers), self._hints())


def _dropdown() -> Any:
    control = ipywidgets.Dropdown(options=[("", "")], value="", style={"description_width": "12em"})
    control.add_class("wb-control")
    return control
