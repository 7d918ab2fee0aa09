"""Lesson 9: choosing under a budget, with versions that were measured."""

from dataclasses import dataclass
from typing import Any

import ipywidgets

from workbench.lessons import choosing_prose as prose
from workbench.lessons import choosing_surveys as surveys
from workbench.lessons import device_cards, frame
from workbench.lessons.bench import RUNNING, Bench, test_images
from workbench.lessons.claim_cards import sentences
from workbench.lessons.exercises import report_exercise
from workbench.lessons.frame import box, section
from workbench.lessons.personas import PERSONAS, SERVED
from workbench.locale import message
from workbench.report import Studied
from workbench.setting import shipped
from workbench.widgets.choosing.blocks import Blocks
from workbench.widgets.choosing.budgets import Budgets
from workbench.widgets.choosing.effects import EffectsView
from workbench.widgets.choosing.exercise import ServeExercise
from workbench.widgets.choosing.plane import PlaneView
from workbench.widgets.choosing.race import RaceView
from workbench.widgets.choosing.scene import Desk
from workbench.widgets.choosing.sources import VersionsTask, compared_orders, summary
from workbench.widgets.choosing.style import style
from workbench.widgets.choosing.tree import TreeView
from workbench.widgets.choosing.verdict import VerdictView
from workbench.widgets.choosing.words import WHO
from workbench.widgets.html import text
from workbench.widgets.panel import Panel
from workbench.widgets.task import Task

EXERCISE = message("Exercise: three who need different things")
STRIP = (
    "accuracy", "file_bytes", "deflated_bytes", "latency_ms", "speedup", "weight_bytes",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Choosing:
    """The parts of the lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    panel: ipywidgets.Widget
    orders: ipywidgets.Widget
    tree: ipywidgets.Widget
    effects: ipywidgets.Widget
    machines: ipywidgets.Widget
    search: ipywidgets.Widget
    images: ipywidgets.Widget
    energy: ipywidgets.Widget
    claims: ipywidgets.Widget
    exercise: ipywidgets.Widget
    history: ipywidgets.Widget
    closing: ipywidgets.Widget
    bench: Panel
    desk: Desk
    studies: tuple[Task[Any, Any], ...]


def choosing() -> Choosing:
    """Make the lesson; the measuring begins at once, in a thread, with the baseline."""
    setting = shipped("fashion_mnist", "small_cnn")
    bench = Bench(setting=setting, strip=STRIP)
    plane, verdict, tree, effects, race = (
        PlaneView(), VerdictView(), TreeView(), EffectsView(), RaceView(),
    )  # fmt: skip
    views = [part.view for part in (plane, verdict, tree, effects, race)]
    desk = Desk(setting, test_images, views)
    plane.listen(desk)
    grid, orders, search = _grid(desk), _orders(desk), _search(desk)
    exercise = ServeExercise(
        {name: PERSONAS[name] for name in SERVED}, desk, surveys.measured, test_images,
        prose.task, prose.hints,
    )  # fmt: skip
    report_exercise(bench, EXERCISE, lambda: exercise.findings)
    bench.studied.append(lambda: studied(desk))
    panel = _panel(bench, desk, [plane.widget, grid.widget, verdict.widget])
    cards = device_cards.device_cards()
    return Choosing(
        opening=box([style(), frame.opening(prose.opening)], "wb-opening"),
        panel=section(message("Budgets on the plane"), prose.plane, panel),
        orders=section(message("Does the order matter?"), prose.orders, orders.widget),
        tree=section(message("The tree of your versions"), prose.tree, tree.widget),
        effects=section(message("From technique to goal"), prose.effects, effects.widget),
        machines=device_cards.about(cards),
        search=section(
            message("Search for me"), prose.search, box([search.widget, race.widget], "wb-figures")
        ),
        energy=text(prose.energy, "wb-prose"),
        images=bench.who_paid(),
        claims=sentences(9, bench),
        exercise=section(EXERCISE, prose.exercise, exercise.widget),
        history=bench.tried(),
        closing=text(prose.closing, "wb-prose"),
        bench=bench.panel,
        desk=desk,
        studies=(grid, orders, search, exercise.task, cards.task),
    )


def _panel(bench: Bench, desk: Desk, figures: list[ipywidgets.Widget]) -> ipywidgets.Widget:
    """Blocks and budgets beside what is measured of them; measuring begins."""
    blocks = Blocks(bench.panel.controls, bench.panel.show_problem)
    budgets = Budgets(PERSONAS, desk)
    parts = [blocks.widget, bench.panel.buttons, bench.panel.status, budgets.widget]
    left = box([*parts, _drawer(bench)], "wb-left")
    right = box([bench.readouts.widget, *figures], "wb-right")
    bench.panel.ask(bench.setting)
    for view in (blocks.view, desk.view):
        bench.panel.follow(view)
    desk.show(budgets.view)
    desk.begin()
    shown = box([left, right], "wb-panel")
    return box([shown, bench.predictions.widget, bench.code.widget], "wb-bench")


def studied(desk: Desk) -> list[Studied]:
    """Versions that came from studies, for the report."""
    return [
        Studied(by=WHO[source], measurements=tuple(v.measurement.shareable for v in versions))
        for source, versions in desk.scene.asked.items()
        if source != "you" and versions
    ]


def _drawer(bench: Bench) -> ipywidgets.Widget:
    networks = bench.control("model", ("small_cnn", "resnet8"))
    more = [networks, *(bench.control(name) for name in RUNNING)]
    return frame.drawer([*more, bench.compare.widget])


def _grid(desk: Desk) -> VersionsTask:
    return VersionsTask(
        "grid",
        surveys.grid,
        desk,
        summary,
        message("Measure 25 recipes"),
        message("five sparsities by five bit widths, each measured as on the panel"),
    )


def _orders(desk: Desk) -> VersionsTask:
    return VersionsTask(
        "order",
        surveys.orders,
        desk,
        compared_orders,
        message("Measure every order"),
        message("measure the blocks of the panel in every order"),
    )


def _search(desk: Desk) -> VersionsTask:
    return VersionsTask(
        "search",
        surveys.search,
        desk,
        summary,
        message("Search for me"),
        message("let TPE try sparsities, bits, channels and fine-tuning, towards both goals"),
    )
