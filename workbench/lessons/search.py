"""Lesson 4: a search for a good training, as it runs, and what its winner is worth."""

from dataclasses import dataclass, replace

import ipywidgets

from workbench.checks import search as search_checks
from workbench.lessons import frame, searches
from workbench.lessons import search_prose as prose
from workbench.lessons import search_tasks_prose as tasks
from workbench.lessons.claim_cards import sentences
from workbench.lessons.frame import box, section
from workbench.lessons.programs import search_of
from workbench.lessons.races import QUICK, Races
from workbench.locale import _, message, preferred_language, use_language
from workbench.search.values import Plan, Race, Standing
from workbench.serve import language_of_query
from workbench.setting import shipped
from workbench.setting.recorded import PLAIN_TRAINING
from workbench.widgets.as_code import AsCode
from workbench.widgets.html import text
from workbench.widgets.search.choices import Choices
from workbench.widgets.search.controls import PRIMARY
from workbench.widgets.search.curves import TrialCurves
from workbench.widgets.search.drawings import Drawings
from workbench.widgets.search.exercise import Attempt, SearchExercise
from workbench.widgets.search.form import WatchForm
from workbench.widgets.search.history import SearchHistory
from workbench.widgets.search.importance import Importance
from workbench.widgets.search.loop import Loop
from workbench.widgets.search.luck import Luck
from workbench.widgets.search.optimism import Optimism
from workbench.widgets.search.panel import SearchPanel
from workbench.widgets.search.parallel import Parallel
from workbench.widgets.search.pareto import ParetoFigure, front_text
from workbench.widgets.search.readouts import SearchReadouts
from workbench.widgets.search.response import ResponseMap
from workbench.widgets.search.style import style
from workbench.widgets.search.surrogate import SurrogateStrips
from workbench.widgets.task import Task

DRAWER = ("pruning", "epochs", "seed", "offset", "is_useless_there", "network", "seconds")
DRAWINGS = ("history", "parallel", "importance", "contour", "intermediate", "slice")
GOAL_AXES = {
    "sparsity": (0.0, 0.3, 0.5, 0.7, 0.8, 0.9),
    "weight_bits": (32, 8, 6, 5, 4, 3),
}
GOAL_TRIALS = 16
CHOICES, EACH = 12, 8
LUCKY = replace(PLAIN_TRAINING, learning_rate=0.3, epochs=10)
"""A training that every seed leads to nearly the same accuracy: what is best is mostly luck."""


@dataclass(frozen=True, kw_only=True)
class SearchLesson:
    """The parts of the lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    panel: ipywidgets.Widget
    loop: ipywidgets.Widget
    response: ipywidgets.Widget
    parallel: ipywidgets.Widget
    importance: ipywidgets.Widget
    curves: ipywidgets.Widget
    surrogate: ipywidgets.Widget
    race: ipywidgets.Widget
    optimism: ipywidgets.Widget
    goals: ipywidgets.Widget
    drawings: ipywidgets.Widget
    machines: ipywidgets.Widget
    claims: ipywidgets.Widget
    exercise: ipywidgets.Widget
    closing: ipywidgets.Widget
    bench: SearchPanel
    races: Races


def search() -> SearchLesson:
    """Make the lesson; the first search begins at once, in a thread."""
    use_language(language_of_query() or preferred_language())
    loop, response, history, parallel = Loop(), ResponseMap(), SearchHistory(), Parallel()
    importance, curves = Importance(searches.importances), TrialCurves()
    surrogate, optimism = SurrogateStrips(searches.surrogates), Optimism()
    readouts, code = SearchReadouts(), AsCode(search_of, lambda scene: scene.shown)
    parts = (readouts, loop, response, history, parallel, importance, curves, surrogate, optimism,
             code)  # fmt: skip
    choices = Choices()
    panel = SearchPanel(searches.search, searches.watch, choices, [part.view for part in parts])
    races = Races()
    return SearchLesson(
        opening=box([style(), frame.opening(prose.opening)], "wb-opening"),
        panel=box([_panel(panel, readouts, history.widget), code.widget], "wb-bench"),
        loop=section(message("The loop"), prose.loop, loop.widget),
        response=section(message("Where it tried"), prose.response, response.widget),
        parallel=section(message("All values at once"), prose.parallel, parallel.widget),
        importance=section(message("Which axis decided?"), prose.importance, importance.widget),
        curves=section(message("Ending bad trials early"), prose.curves, curves.widget),
        surrogate=section(message("How TPE guesses"), prose.surrogate, surrogate.widget),
        race=section(message("The race"), prose.race, races.widget),
        optimism=section(
            message("How good is the winner really?"),
            prose.optimism,
            box([optimism.widget, text(prose.luck, "wb-prose"), _luck().widget], "wb-study"),
        ),
        goals=section(message("Several goals"), prose.goals, _goals().widget),
        drawings=section(message("optuna's own plots"), prose.drawings, _drawings(panel).widget),
        machines=section(
            message("Beyond one machine"), prose.machines, text(prose.commands, "wb-prose")
        ),
        claims=sentences(4),
        exercise=section(
            message("Exercise: ranges worth searching"), prose.exercise, _exercise().widget
        ),
        closing=text(tasks.closing, "wb-prose"),
        bench=panel,
        races=races,
    )


def _panel(
    panel: SearchPanel, readouts: SearchReadouts, history: ipywidgets.Widget
) -> ipywidgets.Widget:
    """The panel with its controls; searching begins."""
    primary = [panel.controls.widget(name) for name in PRIMARY]
    form = WatchForm(panel.watch, panel.show_problem)
    more = [*(panel.controls.widget(name) for name in DRAWER), form.widget]
    left = [box(primary, "wb-controls"), panel.buttons, panel.status, frame.drawer(more)]
    panel.ask(panel.controls.choices.plan)
    right = [readouts.widget, history]
    whole = box([box(left, "wb-left"), box(right, "wb-right")], "wb-panel")
    whole.add_class("wb-search")
    return whole


def _goals() -> Task[Plan, Standing]:
    figure = ParetoFigure(searches.front)
    task: Task[Plan, Standing] = Task(searches.search, figure.draw, front_text, figure.widget)
    plan = Plan(
        setting=shipped("digits", "small_cnn"), axes=GOAL_AXES, trials=GOAL_TRIALS,
        objective="compression",
    )  # fmt: skip
    task.offer(
        message("Search for all three"),
        message("compress the shipped network in many ways, and measure accuracy, size and time"),
        lambda: plan,
    )
    return task


def _luck() -> Task[tuple[Plan, ...], tuple[Standing, ...]]:
    figure = Luck()
    task: Task[tuple[Plan, ...], tuple[Standing, ...]] = Task(
        searches.choices, figure.draw, choices_text, figure.widget
    )
    task.offer(
        message("Choose among equals"),
        message("train the same setting from many seeds, and choose the best by validation images"),
        lambda: tuple(map(seeds_only, range(CHOICES))),
    )
    return task


def seeds_only(number: int) -> Plan:
    """A grid of seeds, other ones for each number: a choice among trainings that differ in luck."""
    seeds = tuple(range(EACH * number, EACH * (number + 1)))
    return Plan(setting=LUCKY, axes={"seed": seeds}, strategy="grid", trials=EACH)


def choices_text(found: tuple[Standing, ...]) -> str:
    """How many choices have been made."""
    return _("{done} of {n} choices").format(done=len(found), n=CHOICES)


def _drawings(panel: SearchPanel) -> Drawings:
    return Drawings(searches.optuna_plot, lambda: panel.scene.standing, DRAWINGS)


def _exercise() -> SearchExercise:
    def run(attempt: Attempt, tell: searches.TellRace) -> Race:
        wish = searches.RaceWish(
            plan=attempt.plan,
            strategies=(attempt.plan.strategy,),
            seeds=attempt.seeds,
            vary=searches.by_seed,
        )
        return searches.race(wish, tell)

    return SearchExercise(
        run,
        search_checks.well_ranged,
        (tasks.task, tasks.hints),
        replace(QUICK, trials=search_checks.TRIALS),
        search_checks.HIDDEN_SEEDS,
    )
