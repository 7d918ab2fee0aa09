"""Lesson 10: the whole loop on data and networks of the learner's choice, and all claims."""

from dataclasses import dataclass
from typing import Any

import ipywidgets

from workbench.claims.sentences import CLAIMS
from workbench.lessons import capstone_prose as prose
from workbench.lessons import capstone_surveys, frame
from workbench.lessons.bench import Bench, test_images
from workbench.lessons.claim_cards import board_of, folded, told_of
from workbench.lessons.classroom import about, classroom_of
from workbench.lessons.exercises import report_exercise
from workbench.lessons.frame import box, section
from workbench.lessons.layer_scan import layer_scan
from workbench.locale import message
from workbench.widgets.capstone.events import EventsView
from workbench.widgets.capstone.exercise import CompleteExercise
from workbench.widgets.capstone.loader import Loader
from workbench.widgets.capstone.take_home import TakeHome
from workbench.widgets.claims.board import ClaimBoard, Verdict
from workbench.widgets.claims.classroom import Classroom
from workbench.widgets.curve import Curve
from workbench.widgets.html import text
from workbench.widgets.layers import LayerTable
from workbench.widgets.panel import Panel
from workbench.widgets.task import Task

EXERCISE = message("Exercise: a whole piece of work")
PRIMARY = ("granularity", "sparsity", "weight_bits", "repair")
DRAWER = ("criterion", "repair_epochs", "inference_batch")
EPOCHS = (1, 2, 3, 5, 10, 12, 20, 30)
RATES = (0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3)
"""Those of the trainings that ship among them."""


@dataclass(frozen=True, kw_only=True)
class Capstone:
    """The parts of the lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    load: ipywidgets.Widget
    panel: ipywidgets.Widget
    sensitivity: ipywidgets.Widget
    repair: ipywidgets.Widget
    images: ipywidgets.Widget
    events: ipywidgets.Widget
    take_home: ipywidgets.Widget
    board: ipywidgets.Widget
    claims: ipywidgets.Widget
    classroom: ipywidgets.Widget
    exercise: ipywidgets.Widget
    history: ipywidgets.Widget
    closing: ipywidgets.Widget
    bench: Panel
    judge: ClaimBoard
    home: TakeHome
    studies: tuple[Task[Any, Any], ...]


def capstone() -> Capstone:
    """Make the lesson; the measuring begins at once, in a thread, with the baseline."""
    start = capstone_surveys.setting_of("digits", "small_cnn")
    layers, curve, events = LayerTable(), Curve(), EventsView(test_images)
    bench = Bench(setting=start, extra=(layers, curve))
    exercise = CompleteExercise(prose.task, prose.hints, test_images)
    room = classroom_of(bench)
    board = _board(bench, exercise, room)
    report_exercise(bench, EXERCISE, lambda: exercise.findings)
    panel, scan = _panel(bench), layer_scan(bench)
    for view in (events.view, exercise.view):
        bench.panel.follow(view)
    take = bench.panel.controls.show
    loader = Loader(capstone_surveys.loaded, capstone_surveys.setting_of, start, take)
    home = TakeHome(capstone_surveys.taken_home, lambda: bench.panel.state.setting, exercise.take)
    return Capstone(
        opening=frame.opening(prose.opening),
        load=section(message("Your data, your network"), prose.load, loader.widget),
        panel=section(message("The whole loop"), prose.panel, panel),
        sensitivity=section(
            message("Which layer can spare its weights?"),
            prose.sensitivity,
            box([scan.widget, layers.widget], "wb-figures"),
        ),
        repair=section(message("Can it be repaired?"), prose.repair, curve.widget),
        images=bench.who_paid(),
        events=section(message("Olympics of versions"), prose.events, events.widget),
        take_home=section(message("Take it home"), prose.take_home, home.widget),
        board=section(message("The sentences, put to the test"), prose.board, board.widget),
        claims=section(message("One card a sentence"), prose.claims, folded(board)),
        classroom=about(room),
        exercise=section(EXERCISE, prose.exercise, exercise.widget),
        history=bench.tried(),
        closing=text(prose.closing, "wb-prose"),
        bench=bench.panel,
        judge=board,
        home=home,
        studies=(loader.task, scan),
    )


def _panel(bench: Bench) -> ipywidgets.Widget:
    sliders = bench.layer_sliders("layer_sparsity", lambda setting: setting.layer_sparsities)
    more = [bench.control(name) for name in DRAWER]
    training = [bench.control("epochs", EPOCHS), bench.control("learning_rate", RATES)]
    primary = [bench.control(name) for name in PRIMARY]
    return bench.show(primary, [*more, bench.control("device"), *training, sliders])


def _board(bench: Bench, exercise: CompleteExercise, room: Classroom) -> ClaimBoard:
    def changed(verdicts: tuple[Verdict, ...]) -> None:
        exercise.judge(verdicts)
        room.refresh()

    board = board_of(CLAIMS, changed)
    bench.verdicts.append(lambda: told_of(board))
    return board
