"""Lesson 9 on the page: blocks, budgets, the plane, the tree, arrows, the race, the exercise."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Event
from types import SimpleNamespace
from typing import Any

import ipywidgets
import pytest

from tests.versions import DIGITS, IMAGES, LABELS, version
from workbench.checks.choosing import MET
from workbench.checks.versions import changes
from workbench.lessons.choosing import studied
from workbench.lessons.personas import PERSONAS, SERVED
from workbench.locale import message, use_language
from workbench.measurement import Measurement
from workbench.measurement.choosing import LINES, Version
from workbench.setting import Setting, steps_of
from workbench.widgets.choosing.blocks import KINDS, MOST_BLOCKS, Blocks, block_of, recipe_of
from workbench.widgets.choosing.budgets import OWN, Budgets
from workbench.widgets.choosing.effects import EffectsView, effects
from workbench.widgets.choosing.exercise import NO_ANSWER, ServeExercise
from workbench.widgets.choosing.plane import PlaneView
from workbench.widgets.choosing.race import RaceView
from workbench.widgets.choosing.scene import Desk, SceneView
from workbench.widgets.choosing.sources import VersionsTask, compared_orders
from workbench.widgets.choosing.tree import TreeView
from workbench.widgets.choosing.verdict import VerdictView
from workbench.widgets.controls import Controls
from workbench.widgets.state import State

PATIENCE_S = 20
PLAIN = replace(DIGITS, recipe="")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def images_of(_dataset: str) -> Any:
    return SimpleNamespace(test_labels=LABELS, classes=("a", "b", "c", "d"))


def desk_with(*views: Any, versions: Sequence[Version] = ()) -> Desk:
    """A desk on which the panel has put these versions, the last one in sight."""
    desk = Desk(PLAIN, images_of, [each.view for each in views])
    desk.begin()
    follow(desk, versions)
    return desk


def follow(desk: Desk, versions: Sequence[Version]) -> None:
    history = tuple(each.measurement for each in versions)
    last = history[-1] if history else None
    setting = last.setting if last else PLAIN
    desk.view.draw(State(setting=setting, history=history, answer=last))


def words(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def texts(widget: ipywidgets.Widget) -> str:
    own = words(widget.value) if isinstance(widget, ipywidgets.HTML) else ""
    return " ".join([own, *(texts(child) for child in getattr(widget, "children", ()))])


class Asked:
    """Controls that keep what they were asked for, with blocks that follow them."""

    def __init__(self) -> None:
        self.settings: list[Setting] = []
        self.problems: list[str] = []
        self.controls = Controls(PLAIN, self.settings.append, self.problems.append)
        self.blocks = Blocks(self.controls, self.problems.append)

    def see(self) -> None:
        """Let the blocks follow what was asked last."""
        self.blocks.view.draw(State(setting=self.settings[-1] if self.settings else PLAIN))

    def add(self, kind: str) -> None:
        self.blocks._add.value = kind
        self.see()

    def press(self, place: int, sign: str) -> None:
        self.blocks._rows[place]._buttons[sign].click()
        self.see()

    @property
    def recipe(self) -> str:
        return self.settings[-1].recipe


def test_a_block_is_added_moved_changed_and_taken_away_and_each_time_asked_for() -> None:
    asked = Asked()
    asked.add("weights")
    asked.add("quantize")
    assert asked.recipe == "prune:0.5, quantize:8"
    asked.press(0, "↓")
    assert asked.recipe == "quantize:8, prune:0.5"
    asked.blocks._rows[0]._value.value = "4"
    asked.see()
    assert asked.recipe == "quantize:4, prune:0.5"
    asked.press(0, "✕")
    assert asked.recipe == "prune:0.5"
    asked.press(0, "✕")
    assert asked.recipe == ""
    assert asked.problems == []


def test_the_first_block_cannot_go_up_nor_the_last_one_down() -> None:
    asked = Asked()
    for kind in ("weights", "finetune", "quantize"):
        asked.add(kind)
    rows = [row._buttons for row in asked.blocks._rows[:3]]
    assert [row["↑"].disabled for row in rows] == [True, False, False]
    assert [row["↓"].disabled for row in rows] == [False, False, True]


def test_one_block_too_many_is_refused_with_the_rule_and_nothing_is_lost() -> None:
    asked = Asked()
    for _number in range(MOST_BLOCKS + 1):
        asked.add("finetune")
    assert len(steps_of(asked.settings[-1])) == MOST_BLOCKS
    assert "at most 6 blocks" in asked.problems[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_block_of_every_value_comes_back_from_the_recipe_it_writes(kind: str) -> None:
    for value in KINDS[kind].values:
        (step,) = steps_of(replace(PLAIN, recipe=recipe_of([(kind, value)])))
        assert block_of(step) == (kind, value)


def test_blocks_follow_a_setting_that_others_made() -> None:
    asked = Asked()
    asked.blocks.view.draw(State(setting=replace(PLAIN, recipe="prune:0.35, quantize:3")))
    shown = [row.children[0].value for row in asked.blocks._listed.children]
    assert shown == ["0.35", "3"]
    asked.blocks.view.draw(State(setting=PLAIN))
    assert "baseline" in texts(asked.blocks._listed)


def test_a_persona_sets_every_budget_and_a_moved_budget_is_ones_own() -> None:
    desk = desk_with(versions=[version(size=2048)])
    budgets = Budgets(PERSONAS, desk)
    desk.show(budgets.view)
    for name, persona in PERSONAS.items():
        budgets.persona.value = name
        chosen = {key: c for key, c in desk.scene.choices.items() if c is not None}
        assert chosen == dict(persona.choices)
    budgets.sliders["latency_ms"].value = 1
    assert budgets.persona.value == OWN
    assert desk.scene.choices["latency_ms"] == 1.0


def test_budgets_are_told_in_the_unit_of_what_they_limit() -> None:
    desk = desk_with(versions=[version(size=2048)])
    budgets = Budgets(PERSONAS, desk)
    desk.show(budgets.view)
    labels = budgets.sliders["deflated_bytes"]._options_labels
    assert labels[0] == "no budget"
    assert labels[1] == "≤ 2.0 KiB"
    assert "≥ 90.0 %" in budgets.sliders["worst_class"]._options_labels


def test_every_persona_chooses_among_the_values_of_the_lines() -> None:
    lines = {line.name: line for line in LINES}
    assert len(PERSONAS) == 6
    for persona in PERSONAS.values():
        assert all(choice in lines[name].choices for name, choice in persona.choices.items())


def test_the_verdict_names_what_binds_and_what_stands_in_the_way() -> None:
    verdict = VerdictView()
    tried = [version(size=2048), version("quantize:4", size=1024, right=200)]
    desk = desk_with(verdict, versions=tried)
    assert "Set a budget" in texts(verdict.widget)
    desk.choose(choices={"deflated_bytes": 0.5, "accuracy": 0.0})
    told = texts(verdict.widget)
    assert "Budgets missed: 1 of 2" in told
    assert "Measured versions: 2. None keeps all budgets" in told
    assert "50.0 points short" in told
    desk.choose(choices={"deflated_bytes": 0.5, "accuracy": None})
    told = texts(verdict.widget)
    assert "the one that binds, as a share of its limit: file, deflated" in told
    assert "To be taken: round to 4 bits" in told
    assert "less accurate, by McNemar’s test" in told


def test_what_stands_in_the_way_is_told_of_the_versions_that_keep_the_rest() -> None:
    verdict = VerdictView()
    tried = [version(size=2048), version("quantize:4", size=1024, right=200)]
    desk = desk_with(verdict, versions=tried)
    desk.choose(choices={"deflated_bytes": 0.5, "accuracy": 0.0})
    assert "Of those that keep all other budgets the best is" in texts(verdict.widget)
    desk.choose(choices={"deflated_bytes": 0.05, "accuracy": 0.0})
    told = texts(verdict.widget)
    assert "misses even this alone: file, deflated 1.0 KiB" in told


def test_versions_of_another_network_or_batch_are_not_compared() -> None:
    desk = desk_with(versions=[version(), version("quantize:8")])
    other = replace(DIGITS, inference_batch=1)
    measured = tuple(v.measurement for v in desk.scene.versions)
    desk.view.draw(State(setting=other, history=measured))
    assert desk.scene.versions == ()
    desk.view.draw(State(setting=PLAIN, history=measured))
    assert len(desk.scene.versions) == 2


def test_a_recipe_that_two_sides_measured_is_one_version_and_ones_own_counts() -> None:
    desk = desk_with(versions=[version(), version("quantize:8")])
    desk.put("grid", [version("quantize:8").measurement, version("quantize:4").measurement])
    assert [(v.by, len(v.steps)) for v in desk.scene.versions] == [
        ("you", 1), ("grid", 1), ("you", 0),
    ]  # fmt: skip


def test_the_plane_shows_each_side_with_its_own_mark_and_the_budgets_as_lines() -> None:
    plane = PlaneView()
    desk = desk_with(plane, versions=[version(size=2048), version("quantize:8", size=1024)])
    desk.put("grid", [version("quantize:4", size=512, right=380).measurement])
    assert len(plane._dots["you"].x) == 2
    assert plane._dots["grid"].x.tolist() == [0.5]
    assert not plane._shade.visible
    desk.choose(choices={"deflated_bytes": 0.5, "accuracy": 0.02})
    assert plane._shade.visible
    assert max(plane._shade.x) == pytest.approx(1.0)
    assert min(plane._shade.y) == pytest.approx(98.0)
    assert plane._limits.visible
    assert plane._dots["grid"].opacities == [0.45]


def test_other_axes_move_the_dots() -> None:
    plane = PlaneView()
    desk = desk_with(plane, versions=[version(size=2048, ms=3.0, right=320)])
    plane.listen(desk)
    plane._axes["across"].value = "latency_ms"
    plane._axes["up"].value = "worst_class"
    (dot,) = zip(plane._dots["you"].x, plane._dots["you"].y, strict=True)
    assert dot == pytest.approx((3.0, 80.0))


def test_what_fell_deep_is_told_and_stands_in_the_table() -> None:
    plane = PlaneView()
    desk_with(plane, versions=[version(), version("prune:0.9", right=40)])
    assert len(plane._dots["you"].x) == 1
    told = texts(plane.widget)
    assert "in the table only: 1" in told
    assert "90 % of the weights to 0" in told


def test_an_empty_plane_has_no_figure() -> None:
    plane = PlaneView()
    desk_with(plane)
    assert len(plane._plot.widget.children) == 1


def test_the_tree_hangs_each_version_below_the_stage_that_it_goes_on_from() -> None:
    tree = TreeView()
    tried = [version(), version("prune:0.5"), version("prune:0.5, finetune:1, quantize:4")]
    desk_with(tree, versions=tried)
    html = tree.widget.value
    assert html.count("<li>") == 4
    assert '<span class="wb-empty">fine-tune, epochs: 1</span>' in html
    assert html.index("50 % of the weights") < html.index("fine-tune") < html.index("4 bits")
    assert html.count("◂") == 1


def test_arrows_are_the_medians_of_pairs_and_the_majority_gives_their_colour() -> None:
    tried = [
        version(), version("prune:0.5", right=300, size=500), version("prune:0.7", right=200),
        version("prune:0.5, quantize:8", right=300, size=100),
    ]  # fmt: skip
    found = {(e.technique, e.goal): e for e in effects(list(changes(tried)))}
    pruned = found["weights", "accuracy"]
    assert pruned.value == pytest.approx((300 + 200) / 2 / IMAGES - 1)
    assert (pruned.verdict, pruned.counts["worse"]) == ("worse", 2)
    assert found["int8", "deflated_bytes"].value == pytest.approx(0.2)
    assert ("channels", "accuracy") not in found


def test_arrows_wait_for_pairs_and_have_a_table() -> None:
    view = EffectsView()
    desk = desk_with(view, versions=[version()])
    assert "an arrow needs a version" in texts(view.widget)
    desk.put("grid", [version("prune:0.5", right=300, size=500).measurement])
    assert view.widget.value.count("<line") == 4
    assert "−25.0 points" in texts(view.widget)
    assert "nothing of this table is measured" in texts(view.widget)


def test_the_race_tells_the_sides_apart_only_where_their_answers_differ() -> None:
    view = RaceView()
    desk = desk_with(view, versions=[version(right=400), version("quantize:8", right=398, size=90)])
    desk.put("search", [version("quantize:6", right=397, size=95).measurement])
    assert "cannot be told apart" in texts(view.widget)
    desk.put("search", [version("quantize:6", right=300, size=95).measurement])
    assert "Your choice is more accurate" in texts(view.widget)


def test_orders_are_compared_with_the_first_image_by_image() -> None:
    first, alike, worse = (
        version("prune:0.5, quantize:4"), version("quantize:4, prune:0.5", right=399),
        version("quantize:4, finetune:1", right=300),
    )  # fmt: skip
    told = words(compared_orders([first, alike, worse]))
    assert told.index("cannot be told") < told.index("less accurate")


def test_many_orders_are_compared_with_a_correction_for_their_number() -> None:
    first, other = version("prune:0.5, quantize:4"), version("quantize:4, prune:0.5", right=394)
    assert "less accurate" in words(compared_orders([first, other]))
    alike = [version("quantize:4, finetune:1")] * 6
    assert "less accurate" not in words(compared_orders([first, other, *alike]))


def test_a_study_puts_its_versions_onto_the_desk() -> None:
    desk = desk_with(versions=[version()])
    found = (version("quantize:8").measurement, version("quantize:4", right=300).measurement)
    drawn = Event()
    desk.show(SceneView(
        key=lambda s: s.by("grid"), draw=lambda s: drawn.set() if len(s.by("grid")) == 2 else None
    ))  # fmt: skip

    def run(_setting: Setting, tell: Any) -> tuple[Measurement, ...]:
        tell(found[:1])
        return found

    task = VersionsTask(
        "grid", run, desk, lambda versions: str(len(versions)), message("go"), message("measure")
    )
    task.start(PLAIN)
    assert drawn.wait(PATIENCE_S)
    task.close()
    assert {v.by for v in desk.scene.versions} == {"you", "grid"}
    (told,) = studied(desk)
    assert [each.setting for each in told.measurements] == [each.setting for each in found]


def exercise_with(desk: Desk, measure: Any) -> ServeExercise:
    personas = {name: PERSONAS[name] for name in SERVED}
    return ServeExercise(
        personas, desk, measure, images_of, lambda: "task", lambda: ["one", "two", "three", "four"]
    )


def measured_as(baseline: Version, other: Version) -> Any:
    """A machine that measures the baseline as the one, and every recipe as the other."""
    return lambda settings, tell: tuple(
        (other if setting.recipe else baseline).measurement for setting in settings
    )


def judged(exercise: ServeExercise) -> str:
    """Hand in, and wait for the findings."""
    there = Event()
    exercise._found.observe(
        lambda change: there.set() if "wb-findings" in change["new"] else None, "value"
    )
    exercise.task.start(exercise._hand_in())
    assert there.wait(PATIENCE_S)
    exercise.task.close()
    return str(exercise._found.value)


def answer(exercise: ServeExercise, *answers: str) -> None:
    for choice, value in zip(exercise.answers.values(), answers, strict=True):
        choice.value = value


def test_the_exercise_is_solved_by_versions_that_serve_again_and_a_budget_that_cannot_be() -> None:
    tried = [version(right=395 - 60), version("quantize:8", right=330, size=100, ms=0.5)]
    desk = desk_with(versions=tried)
    again = version("quantize:8", right=330, size=100, ms=0.55)
    exercise = exercise_with(desk, measured_as(tried[0], again))
    answer(exercise, MET, "worst_class", MET)
    told = judged(exercise)
    assert told.count("✓") == 4
    assert "Solved." in told
    assert len(exercise.findings) == 4


def test_a_version_that_does_not_serve_when_measured_again_is_no_solution() -> None:
    tried = [version(right=335), version("quantize:8", right=330, size=100, ms=0.5)]
    desk = desk_with(versions=tried)
    again = version("quantize:8", right=330, size=100, ms=0.9)
    exercise = exercise_with(desk, measured_as(tried[0], again))
    answer(exercise, MET, "worst_class", MET)
    told = words(judged(exercise))
    assert "✗ driving" in told
    assert "✓ field sensor" in told


def test_times_are_judged_in_turn_with_the_baseline_whatever_the_machine_does_meanwhile() -> None:
    tried = [version(right=335), version("quantize:8", right=330, size=100, ms=0.5)]
    again = version("quantize:8", right=330, size=100, ms=0.9, speedup=(1.98, 2.02))
    exercise = exercise_with(desk_with(versions=tried), measured_as(tried[0], again))
    answer(exercise, MET, "worst_class", MET)
    assert "✓ driving" in words(judged(exercise))


def test_that_a_budget_cannot_be_met_is_believed_after_the_judge_has_tried() -> None:
    desk = desk_with(versions=[version(size=1000)])
    small = version("quantize:2", size=100)
    exercise = exercise_with(desk, measured_as(version(size=1000), small))
    answer(exercise, "deflated_bytes", "worst_class", NO_ANSWER)
    told = words(judged(exercise))
    assert "✗ field sensor: the best that was measured is file, deflated" in told


def test_no_answer_is_judged_too_and_nothing_is_measured_for_it() -> None:
    desk = desk_with(versions=[version()])
    wanted: list[int] = []

    def measure(settings: Sequence[Setting], tell: Any) -> tuple[Measurement, ...]:
        wanted.append(len(settings))
        return ()

    exercise = exercise_with(desk, measure)
    assert words(judged(exercise)).count("no answer yet") == 3
    assert wanted == [0]
