"""The status line of a training: how far, paused or not, how it ended, what went wrong."""

from html import escape

import ipywidgets

from workbench.locale import Message, _, message
from workbench.measurement import Outcome, Training
from workbench.widgets.html import working
from workbench.widgets.learning.scene import LearningView, Scene
from workbench.widgets.page import page
from workbench.wording import training_text

ENDS: dict[Outcome, Message] = {
    "finished": message("finished after {epochs} epochs ({updates} updates)"),
    "diverged": message(
        "diverged in update {next}: the loss is no number, or 100 times that of a guess. The steps"
        " are too large for this network; try a smaller learning rate"
    ),
    "stopped_early": message(
        "stopped early after {epochs} epochs: the validation loss was no better for as long as"
        " your patience; the weights are those of the best epoch, {best}"
    ),
    "running": message("ended after {updates} updates"),
}


class LearningStatus:
    """One line, read out by screen readers when it changes."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-status")
        self.view = LearningView(
            key=lambda s: (s.problem, s.notice, s.stage, s.phase, s.done, s.setting, s.training),
            draw=self._draw,
        )

    def _draw(self, scene: Scene) -> None:
        page().give_name(self.widget, _("status"), role="status", live=True)
        if scene.problem:
            self.widget.value = f'<div class="wb-problem">⚠ {scene.problem}</div>'
        elif scene.phase == "paused":
            self._say(_("held after update {done} of {total}"), scene)
        elif scene.phase == "working":
            words = str(scene.stage) if scene.stage is not None else _("preparing the training")
            self._say(words, scene)
        elif scene.notice is not None:
            self.widget.value = f'<div class="wb-problem">{escape(str(scene.notice))}</div>'
        else:
            self.widget.value = _ended(scene)

    def _say(self, words: str, scene: Scene) -> None:
        share = 100 * scene.done / scene.total if scene.total else 0
        told = escape(words.format(done=scene.done, total=scene.total))
        mark = "‖" if scene.phase == "paused" else "…"
        setting = escape(training_text(scene.setting))
        self.widget.value = working(f"<span>{mark} {told}</span><div>{setting}</div>", share)


def _ended(scene: Scene) -> str:
    training = scene.training
    if training is None:
        words = escape(_("move a control, or press “Play”"))
        return f'<div class="wb-ready">{words}</div>'
    mark = "✗" if training.outcome == "diverged" else "✓"
    css = "wb-problem" if training.outcome == "diverged" else "wb-ready"
    return (
        f'<div class="{css}">{mark} {escape(training_text(training.setting))}'
        f"<div>{escape(outcome_text(training))}</div></div>"
    )


def outcome_text(training: Training) -> str:
    """How a training ended, in words."""
    last = training.moments[-1] if training.moments else None
    best = training.best
    counts = {
        "epochs": round(last.epochs) if last else 0,
        "updates": last.updates if last else 0,
        "next": (last.updates if last else 0) + 1,
        "best": round(best.epochs) if best else 0,
    }
    return str(Message(ENDS[training.outcome].text, counts))
