"""Lesson 2: learning rate, batch size and epochs, on a network that learns while you watch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import ipywidgets

from workbench import checks
from workbench.lessons import frame, trainings
from workbench.lessons import learning_prose as prose
from workbench.lessons import learning_studies as studies
from workbench.lessons.claim_cards import sentences
from workbench.lessons.devices import device_control
from workbench.lessons.frame import box, section
from workbench.lessons.programs import training_of
from workbench.locale import message, preferred_language, use_language
from workbench.serve import language_of_query
from workbench.setting import PLAIN_TRAINING, SPACE
from workbench.widgets.as_code import AsCode
from workbench.widgets.cards import Cards
from workbench.widgets.html import button, text
from workbench.widgets.landscape import LandscapeStudy
from workbench.widgets.learning.by_heart import by_heart
from workbench.widgets.learning.curves import curves
from workbench.widgets.learning.exercise import HiddenSeeds
from workbench.widgets.learning.numbers import Numbers
from workbench.widgets.learning.panel import LearningPanel
from workbench.widgets.learning.preset import PLACE, Preset
from workbench.widgets.learning.readouts import LearningReadouts
from workbench.widgets.study import Study

PRIMARY = ("learning_rate", "batch_size", "epochs")
DRAWER = ("momentum", "weight_decay", "schedule", "optimizer", "patience", "train_images",
          "augmentation", "seed", "model", "dataset")  # fmt: skip
THREE_RATES = (SPACE["learning_rate"][0], 0.1, SPACE["learning_rate"][-1])
"""Far too small, good and far too large for the plain training of this lesson."""
BROKEN = replace(PLAIN_TRAINING, learning_rate=1.0, momentum=0.9)
"""A training that no network of this lesson survives; one control mends it."""
OVERFITTING = replace(
    PLAIN_TRAINING, train_images=100, epochs=30, learning_rate=0.01, momentum=0.9, batch_size=8
)
"""Its validation loss comes down smoothly, turns, and rises, while the accuracy does not fall."""


@dataclass(frozen=True, kw_only=True)
class Learning:
    """The parts of the lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    panel: ipywidgets.Widget
    reading: ipywidgets.Widget
    landscape: ipywidgets.Widget
    noise: ipywidgets.Widget
    batches: ipywidgets.Widget
    overfitting: ipywidgets.Widget
    cards: ipywidgets.Widget
    claims: ipywidgets.Widget
    exercise: ipywidgets.Widget
    closing: ipywidgets.Widget
    bench: LearningPanel
    studies: tuple[Study, ...]


def learning() -> Learning:
    """Make the lesson; the training begins at once, in a thread."""
    use_language(language_of_query() or preferred_language())
    panel, shown = _panel()
    walk = LandscapeStudy(trainings.landscape, lambda: panel.scene.setting)
    band, noise = studies.band(panel), studies.noise(panel)
    costs, bet = studies.costs(panel)
    panel.ask(PLAIN_TRAINING)
    return Learning(
        opening=frame.opening(prose.opening),
        panel=shown,
        reading=text(prose.reading, "wb-prose"),
        landscape=section(message("One step, seen from near"), prose.landscape, walk.widget),
        noise=section(
            message("How sure is one curve?"),
            prose.noise,
            box([band.widget, noise.widget], "wb-figures"),
        ),
        batches=section(message("What a batch costs"), prose.batches, bet),
        overfitting=_overfitting(panel),
        cards=section(
            message("Learned or chosen?"), prose.cards, Cards(trainings.rates_of_schedules).widget
        ),
        claims=sentences(2),
        exercise=_exercises(panel),
        closing=text(prose.closing, "wb-prose"),
        bench=panel,
        studies=(walk.study, band, noise, costs),
    )


def _panel() -> tuple[LearningPanel, ipywidgets.Widget]:
    plots, numbers, readouts = curves(), Numbers(), LearningReadouts()
    code = AsCode(training_of)
    views = [*(plot.view for plot in plots), numbers.view, readouts.view, code.view]
    panel = LearningPanel(trainings.trained_live, PLAIN_TRAINING, views)
    left = [
        box(_controls(panel, PRIMARY), "wb-controls"),
        panel.transport,
        panel.status,
        box([panel.keeping, _rates(panel)], "wb-keeping"),
        frame.drawer([*_controls(panel, DRAWER), device_control(panel.controls)]),
    ]
    drawn = box([plot.widget for plot in plots], "wb-plots")
    right = [drawn, numbers.widget, readouts.widget]
    place = text(lambda: f'<span id="{PLACE}"></span>')
    shown = box([box([place, *left], "wb-left"), box(right, "wb-right")], "wb-panel")
    return panel, box([shown, code.widget], "wb-bench")


def _controls(panel: LearningPanel, names: Sequence[str]) -> list[ipywidgets.Widget]:
    return [panel.controls.widget(name) for name in names]


def _rates(panel: LearningPanel) -> ipywidgets.Widget:
    """A button that trains with three rates, one after the other, and keeps their curves."""

    def train() -> None:
        now = panel.scene.setting
        panel.ask_all([replace(now, learning_rate=rate) for rate in THREE_RATES])

    return button(
        message("Too small, good, too large"),
        message(
            "train with three learning rates, one after the other, and keep their curves; then the"
            " controls are back where they were"
        ),
        train,
        panel.show_problem,
    )


def _overfitting(panel: LearningPanel) -> ipywidgets.Widget:
    load = Preset(
        panel,
        OVERFITTING,
        message("Learn from 100 images"),
        message("move the controls to a training on 100 images for 30 epochs"),
        free=("patience",),
        more=by_heart,
    )
    return section(message("When to stop"), prose.overfitting, load.widget)


def _exercises(panel: LearningPanel) -> ipywidgets.Widget:
    setting = lambda: panel.scene.setting  # noqa: E731
    fast = HiddenSeeds(
        trainings.trained, setting, checks.learns_fast, prose.fast_task, prose.fast_hints
    )
    rescue = HiddenSeeds(
        trainings.trained,
        setting,
        partial(checks.is_rescued, BROKEN),
        prose.rescue_task,
        prose.rescue_hints,
    )
    load = Preset(
        panel,
        BROKEN,
        message("Load the broken training"),
        message("move the controls to a training that fails"),
    )
    inside = box([fast.widget, load.widget, rescue.widget], "wb-figures")
    return section(message("Exercises: fast, and rescued"), prose.exercise, inside)
