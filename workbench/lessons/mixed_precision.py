"""Lesson 8: which numbers bear 16 bits, how gradients are kept, and what it costs and saves."""

from dataclasses import dataclass, replace

import ipywidgets

from workbench.lessons import device_cards, frame, precision_surveys, trainings
from workbench.lessons import mixed_precision_prose as prose
from workbench.lessons.claim_cards import sentences
from workbench.lessons.devices import device_control
from workbench.lessons.frame import box, section
from workbench.lessons.precision_numbers import Numbers, numbers_sections
from workbench.lessons.precision_surveys import START
from workbench.lessons.programs import gradients_of, training_of
from workbench.locale import message, preferred_language, use_language
from workbench.serve import language_of_query
from workbench.setting import Setting
from workbench.setting.space import DYNAMIC, SCALES, UNSCALED
from workbench.widgets.as_code import AsCode
from workbench.widgets.html import button, text
from workbench.widgets.learning.curves import curves
from workbench.widgets.learning.numbers import Numbers as Epochs
from workbench.widgets.learning.panel import LearningPanel
from workbench.widgets.learning.readouts import STRIP, LearningReadouts
from workbench.widgets.precision.exercise import TypesExercise, WindowExercise
from workbench.widgets.precision.faults import Faults
from workbench.widgets.precision.gradients import AllScales, GradientsPanel
from workbench.widgets.precision.memory import Costs
from workbench.widgets.precision.scaler import ScalerTrace
from workbench.widgets.study import Study
from workbench.widgets.task import Task

TRAINED = replace(
    START, width=16, learning_rate=0.01, optimizer="adamw", momentum=0.9, epochs=20,
    precision="float32", loss_scale=DYNAMIC,
)  # fmt: skip
"""A training that needs the small gradients: AdamW makes large steps of them."""
COUNTED = replace(START, model="small_cnn", momentum=0.9, loss_scale=DYNAMIC)
IN_TURN = (
    ("float32", DYNAMIC), ("mixed_bfloat16", DYNAMIC), ("mixed_float16", DYNAMIC),
    ("mixed_float16", UNSCALED), ("float16", UNSCALED),
)  # fmt: skip
"""Precisions and loss scales that one button trains in, one after the other."""
PLAYED = {
    "loss_scale": SCALES, "model": ("sigmoid_cnn", "small_cnn", "mlp"), "batch_size": (16, 32, 64),
    "dataset": None,
}  # fmt: skip
PRIMARY = {"precision": None, "loss_scale": None, "learning_rate": None, "batch_size": None}
DRAWER = {"model": ("sigmoid_cnn", "small_cnn", "mlp"), "optimizer": None, "epochs": None,
          "schedule": None, "momentum": None, "seed": None, "dataset": None}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MixedPrecision:
    """The parts of the lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    numbers: Numbers
    scaling: ipywidgets.Widget
    scaler: ipywidgets.Widget
    faults: ipywidgets.Widget
    costs: ipywidgets.Widget
    training: ipywidgets.Widget
    machines: ipywidgets.Widget
    claims: ipywidgets.Widget
    exercise: ipywidgets.Widget
    closing: ipywidgets.Widget
    bench: GradientsPanel
    panel: LearningPanel
    studies: tuple[Task, ...]  # type: ignore[type-arg]


def mixed_precision() -> MixedPrecision:
    """Make the lesson; the first way back is measured at once, in a thread."""
    use_language(language_of_query() or preferred_language())
    way = AsCode(gradients_of)
    bench = GradientsPanel(precision_surveys.gradients, START, [way.view])
    every, costs = _all_scales(bench), _costs()
    scaler, faults = ScalerTrace(precision_surveys.trace), Faults(precision_surveys.fault)
    window = WindowExercise(
        (precision_surveys.all_scales, precision_surveys.all_scales_held_out),
        lambda: START, prose.window_task, prose.window_hints,
    )  # fmt: skip
    types = TypesExercise(prose.types_task, prose.types_hints)
    panel, training = _training()
    cards = device_cards.device_cards()
    return MixedPrecision(
        opening=frame.opening(prose.opening),
        numbers=numbers_sections(),
        scaling=section(
            message("Gradients on the ruler of float16"), prose.scaling,
            box([_played(bench, every), way.widget], "wb-bench"),
        ),
        scaler=section(message("A scaler at work"), prose.scaler, scaler.widget),
        faults=section(message("Break it"), prose.faults, faults.widget),
        costs=section(message("What 16 bits save, and cost"), prose.costs, costs.widget),
        training=section(message("Train in every precision"), prose.training, training),
        machines=device_cards.about(cards),
        claims=sentences(8),
        exercise=section(
            message("Exercise: a window of scales, and four types"), prose.exercise,
            box([window.widget, types.widget], "wb-figures"),
        ),
        closing=text(prose.closing, "wb-prose"),
        bench=bench,
        panel=panel,
        studies=(every, scaler.task, faults.task, costs, window.task, cards.task),
    )  # fmt: skip


def _played(bench: GradientsPanel, every: Study) -> ipywidgets.Widget:
    """The playground with its controls; the first way back begins."""
    controls = [bench.controls.widget(name, values) for name, values in PLAYED.items()]
    bench.ask(START)
    left = box([box(controls, "wb-controls"), bench.buttons, bench.status], "wb-left")
    shown = box([left, box([bench.widget], "wb-right")], "wb-panel")
    return box([shown, every.widget], "wb-figures")


def _all_scales(bench: GradientsPanel) -> Study:
    figure = AllScales()
    return Study(
        precision_surveys.all_scales, lambda: bench.setting, figure.draw, figure.widget,
        message("Measure all scales"), message("the same way back with scales of 2^0 to 2^24"),
    )  # fmt: skip


def _costs() -> Study:
    figure = Costs()
    return Study(
        precision_surveys.costs, lambda: COUNTED, figure.draw, figure.widget,
        message("Count and time"),
        message("count the bytes of an update by part and time it, in every precision"),
    )  # fmt: skip


def _training() -> tuple[LearningPanel, ipywidgets.Widget]:
    plots, epochs, readouts = curves(), Epochs(), LearningReadouts((*STRIP, "skipped_updates"))
    code = AsCode(training_of)
    views = [*(plot.view for plot in plots), epochs.view, readouts.view, code.view]
    panel = LearningPanel(trainings.trained, TRAINED, views)
    primary = [panel.controls.widget(name, values) for name, values in PRIMARY.items()]
    more = [panel.controls.widget(name, values) for name, values in DRAWER.items()]
    left = [
        box(primary, "wb-controls"),
        panel.transport,
        panel.status,
        box([panel.keeping, _in_turn(panel)], "wb-keeping"),
        frame.drawer([*more, device_control(panel.controls)]),
    ]
    right = [box([plot.widget for plot in plots], "wb-plots"), epochs.widget, readouts.widget]
    shown = box([box(left, "wb-left"), box(right, "wb-right")], "wb-panel")
    return panel, box([shown, code.widget], "wb-bench")


def _in_turn(panel: LearningPanel) -> ipywidgets.Widget:
    """A button that trains in all precisions, one after the other, and keeps their curves."""

    def train() -> None:
        now = panel.scene.setting
        panel.ask_all([_in(now, precision, scale) for precision, scale in IN_TURN])

    return button(
        message("Train in all precisions"),
        message("train in float32, bfloat16 and float16, with a scaler and without, and keep all"),
        train,
        panel.show_problem,
    )


def _in(setting: Setting, precision: str, scale: int) -> Setting:
    return Setting.from_dict({**setting.as_dict(), "precision": precision, "loss_scale": scale})
