"""Lesson 2: learning rate, batch size and epochs, on a network that learns while you watch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ipywidgets

from workbench.lessons import frame
from workbench.lessons import learning_prose as prose
from workbench.lessons.frame import box
from workbench.locale import message, preferred_language, use_language
from workbench.measurement import Progress, Report, Training
from workbench.serve import language_of_query
from workbench.setting import PLAIN_TRAINING, SPACE, Setting
from workbench.widgets.html import button, text
from workbench.widgets.learning.curves import Numbers, curves
from workbench.widgets.learning.panel import LearningPanel
from workbench.widgets.learning.readouts import LearningReadouts

PRIMARY = ("learning_rate", "batch_size", "epochs")
DRAWER = ("momentum", "schedule", "optimizer", "patience", "train_images", "augmentation", "seed",
          "model", "dataset")  # fmt: skip
THREE_RATES = (SPACE["learning_rate"][0], 0.1, SPACE["learning_rate"][-1])
"""Far too small, good and far too large for the plain training of this lesson."""


@dataclass(frozen=True, kw_only=True)
class Learning:
    """The parts of the lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    panel: ipywidgets.Widget
    curves: ipywidgets.Widget
    closing: ipywidgets.Widget
    bench: LearningPanel


def trained_live(setting: Setting, report: Report) -> Training:
    """core's watch, after the recorded training of the same setting where there is one.

    torch is imported on the worker's first call, when the page is painted.
    """
    from workbench.core.data import load
    from workbench.core.recorded import recorded_training
    from workbench.core.training import watch

    found = recorded_training(setting, load(setting.dataset))
    if found is not None:
        report(Progress(stage=message("recorded; the live training begins"), training=found))
    return watch(setting, report)


def learning() -> Learning:
    """Make the lesson; the training begins at once, in a thread."""
    use_language(language_of_query() or preferred_language())
    plots, numbers, readouts = curves(), Numbers(), LearningReadouts()
    views = [*(plot.view for plot in plots), numbers.view, readouts.view]
    panel = LearningPanel(trained_live, PLAIN_TRAINING, views)
    left = [
        box(_controls(panel, PRIMARY), "wb-controls"),
        panel.transport,
        panel.status,
        box([panel.keeping, _rates(panel)], "wb-keeping"),
        frame.drawer(_controls(panel, DRAWER)),
    ]
    drawn = box([plot.widget for plot in plots], "wb-plots")
    right = [drawn, numbers.widget, readouts.widget]
    panel.ask(PLAIN_TRAINING)
    return Learning(
        opening=frame.opening(prose.opening),
        panel=box([box(left, "wb-left"), box(right, "wb-right")], "wb-panel"),
        curves=text(prose.curves, "wb-prose"),
        closing=text(prose.closing, "wb-prose"),
        bench=panel,
    )


def _controls(panel: LearningPanel, names: Sequence[str]) -> list[ipywidgets.Widget]:
    return [panel.controls.widget(name) for name in names]


def _rates(panel: LearningPanel) -> ipywidgets.Widget:
    """A button that trains with three rates, one after the other, and keeps their curves."""

    def train() -> None:
        now = panel.scene.setting
        panel.ask_all([replace(now, learning_rate=rate) for rate in THREE_RATES])

    return button(
        message("Too small, good, too large"),
        message("train with three learning rates, one after the other, and keep their curves"),
        train,
        panel.show_problem,
    )
