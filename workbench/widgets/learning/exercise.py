"""An exercise that trains the setting of the controls again, from seeds nobody has seen."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from html import escape

import ipywidgets

from workbench.checks import Finding
from workbench.locale import _, message
from workbench.measurement import Progress, Training
from workbench.setting import Setting
from workbench.widgets.findings import findings_text
from workbench.widgets.html import text
from workbench.widgets.learning.panel import Watch
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.wording import training_text

SEEDS = (101, 102, 103)
Judge = Callable[[Sequence[Training]], tuple[Finding, ...]]
Trainings = tuple[Training, ...]


class HiddenSeeds:
    """The task, a button, and what the check says of the trainings from the hidden seeds."""

    def __init__(
        self,
        watch: Watch,
        setting: Callable[[], Setting],
        judge: Judge,
        task: Callable[[], str],
        hints: Callable[[], Sequence[str]],
    ) -> None:
        self._watch, self._judge, self._hints = watch, judge, hints
        self._judged = ipywidgets.HTML()
        self._judged.add_class("wb-text")
        self.task: Task[Setting, Trainings] = Task(
            self._train, self._draw, self._told, self._judged
        )
        self.task.offer(
            message("Check my controls"),
            message("train as the controls say, from three seeds that you have not seen"),
            setting,
        )
        asked = text(lambda: f"<p>{task()}</p>")
        self.widget = ipywidgets.VBox([asked, self.task.widget])
        self.widget.add_class("wb-exercise")

    def _train(self, setting: Setting, tell: Callable[[Trainings], None]) -> Trainings:
        done: Trainings = ()
        for seed in SEEDS:
            report = partial(_tell_again, tell, done)
            done = (*done, self._watch(replace(setting, seed=seed), report))
        return done

    def _told(self, trainings: Trainings) -> str:
        setting = training_text(replace(trainings[0].setting, seed=0)) if trainings else ""
        return _("{done} of {n} seeds").format(done=len(trainings), n=len(SEEDS)) + f" · {setting}"

    def _draw(self, trainings: Trainings | None) -> None:
        page().give_name(self._judged, _("exercise"), role="group", live=True)
        if trainings is None or len(trainings) < len(SEEDS):
            words = _("Move the controls of the panel, then press the button.")
            self._judged.value = f'<p class="wb-empty">{escape(words)}</p>'
            return
        self._judged.value = findings_text(self._judge(trainings), self._hints())


def _tell_again(tell: Callable[[Trainings], None], done: Trainings, _news: Progress) -> None:
    """What is known of the seeds before: each word of a training is a chance to stop."""
    tell(done)
