"""The status line of a training: how far, paused or not, how it ended, what went wrong."""

from html import escape

import ipywidgets

from workbench.locale import Message, _, decimal, message
from workbench.measurement import Outcome, Quantity, Training
from workbench.widgets.html import tag, working
from workbench.widgets.learning.scene import LearningView, Scene, learned_nothing
from workbench.widgets.page import page
from workbench.wording import training_text, value_text

ENDS: dict[Outcome, Message] = {
    "finished": message("finished after epoch {epochs} (update {updates})"),
    "diverged": message(
        "diverged after update {updates}: then the loss was no number, or 100 times that of a"
        " guess. The steps are too large for this network; try a smaller learning rate (in float16"
        " it may also be an overflow)"
    ),
    "stopped_early": message(
        "stopped early after epoch {epochs}: the validation loss was no better for as long as"
        " your patience; the weights are those of the best epoch, {best}"
    ),
    "running": message("ended after update {updates}"),
}
SOON_S = 5
"""What takes no longer needs no word on how long it takes."""
MINUTE_S = 60


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
        inside = f"<span>{mark} {told}{_time_left(scene)}</span><div>{setting}</div>"
        self.widget.value = working(inside, share)


def _ended(scene: Scene) -> str:
    training = scene.training
    if training is None:
        words = escape(_("move a control, or press “Play”"))
        return f'<div class="wb-ready">{words}</div>'
    has_failed = training.outcome == "diverged" or learned_nothing(training)
    css, mark = ("wb-problem", "✗") if has_failed else ("wb-ready", "✓")
    return (
        f'<div class="{css}">{mark} {escape(training_text(training.setting))}'
        f"<div>{escape(outcome_text(training))}</div></div>"
    )


def _time_left(scene: Scene) -> str:
    """HTML: how long the rest takes where that is long, from the updates timed so far."""
    epoch = scene.training.quantities.get("epoch_seconds") if scene.training else None
    if epoch is None or not scene.is_of_setting or not scene.total:
        return ""
    left = epoch.value * scene.setting.epochs * (1 - scene.done / scene.total)
    if left <= SOON_S:
        return ""
    how = message("the updates timed so far, times those that are left; validation comes on top")
    estimate = Quantity(value=left, unit="s", provenance="estimated", how=how)
    told = (
        _("about {n} min at this speed").format(n=decimal(left / MINUTE_S))
        if left >= 2 * MINUTE_S
        else _("about {n} s at this speed").format(n=decimal(left))
    )
    return f" · {escape(told)} {tag(estimate)}"


def outcome_text(training: Training) -> str:
    """How a training ended, in words."""
    told = _how_it_ended(training)
    if not learned_nothing(training) or training.reached is None:
        return told
    found = training.reached.quantities
    return _(
        "{ended}, but it learned nothing that shows: {accuracy} of the validation images are right,"
        " by its interval no better than a guess ({guess})"
    ).format(
        ended=told,
        accuracy=value_text(found["validation_accuracy"]),
        guess=value_text(found["guessing"]),
    )


def _how_it_ended(training: Training) -> str:
    last = training.moments[-1] if training.moments else None
    best = training.best
    counts = {
        "epochs": round(last.epochs) if last else 0,
        "updates": last.updates if last else 0,
        "best": round(best.epochs) if best else 0,
    }
    return str(Message(ENDS[training.outcome].text, counts))
