"""The search panel and its views with a fake search: what they show, and that nothing kills it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from scipy import stats

from workbench.checks import is_solved
from workbench.checks.search import LEAST, well_ranged
from workbench.locale import message, use_language
from workbench.measurement import Quantity
from workbench.search.rules import RANDOM_FIRST
from workbench.search.values import Plan, Race, Standing, Surrogate, Trial
from workbench.setting import SPACE
from workbench.statistics import mean_interval
from workbench.widgets.search.choices import Choices, middle
from workbench.widgets.search.curves import TrialCurves
from workbench.widgets.search.differences import compared, spread_text
from workbench.widgets.search.drawings import Drawing, Drawings
from workbench.widgets.search.exercise import SearchExercise
from workbench.widgets.search.form import WatchForm
from workbench.widgets.search.history import SearchHistory
from workbench.widgets.search.importance import Importance
from workbench.widgets.search.loop import EVALUATE, RANGES, REPEAT, SEARCH, Loop, station
from workbench.widgets.search.luck import Luck, leads
from workbench.widgets.search.optimism import Optimism, gap
from workbench.widgets.search.panel import SearchPanel
from workbench.widgets.search.parallel import Parallel
from workbench.widgets.search.pareto import ParetoFigure
from workbench.widgets.search.race import RaceFigure
from workbench.widgets.search.readouts import SearchReadouts, readings
from workbench.widgets.search.response import ResponseMap
from workbench.widgets.search.scene import Scene, Watch, best_so_far, complete, counted
from workbench.widgets.search.status import SearchStatus
from workbench.widgets.search.surrogate import SurrogateStrips
from workbench.widgets.task import Task
from workbench.widgets.views import View

PATIENCE_S = 20
SMALL = Choices(trials=4)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def share(value: float, provenance: Any = "measured") -> Quantity:
    return Quantity(
        value=value, unit="fraction", provenance=provenance, how=message("calibration"),
        low=value - 0.02, high=value + 0.02, n=100,
    )  # fmt: skip


def trial(number: int, value: float, state: Any = "complete", **chosen: Any) -> Trial:
    curve = tuple((epoch, share(value * epoch / 2)) for epoch in (1, 2))
    ended = state == "complete"
    seconds = Quantity(value=0.5, unit="s", provenance="measured", how=message("calibration"))
    found = {"validation_accuracy": share(value), "accuracy": share(value - 0.01),
             "seconds": seconds}  # fmt: skip
    values = {"learning_rate": SPACE["learning_rate"][number % 7], "batch_size": 32}
    return Trial(
        number=number, key=f"slot {number}", state=state, chosen=values | chosen,
        quantities=found if ended else {}, curve=curve if ended else curve[:1],
    )  # fmt: skip


def standing(*trials: Trial, plan: Plan = SMALL.plan) -> Standing:
    ended = sum(t.state in ("complete", "pruned") for t in trials)
    live = sum(t.state == "running" for t in trials)
    return Standing(
        plan=plan, trials=trials, wanted=plan.trials, complete=ended, live=live,
        missing=plan.trials - ended - live, given_up=0,
    )  # fmt: skip


SCORES = (0.4, 0.9, 0.6, 0.8)


def searched(plan: Plan, tell: Callable[[Standing], None]) -> Standing:
    """Four trials at once, each told while it runs and when it has ended."""
    done: list[Trial] = []
    for number, value in enumerate(SCORES):
        tell(standing(*done, trial(number, value, "running"), plan=plan))
        done.append(trial(number, value))
        tell(standing(*done, plan=plan))
    return standing(*done, plan=plan)


def unwatched(watch: Watch, tell: Callable[[Standing], None]) -> Standing:
    raise ValueError(f"there is no study <{watch.study}>")


class Watched:
    """A panel, every scene that it showed, and a way to wait for one without sleeping."""

    def __init__(self, search: Any = searched, watch: Any = unwatched) -> None:
        self.scenes: list[Scene] = []
        self._wanted: Callable[[Scene], bool] = lambda scene: False
        self._seen = Event()
        look = View[Scene](key=lambda scene: scene, draw=self._look)
        self.panel = SearchPanel(search, watch, SMALL, [])
        self.panel._scene.follow(look)  # after the status line: who sees a scene can read it

    def _look(self, scene: Scene) -> None:
        self.scenes.append(scene)
        if self._wanted(scene):
            self._seen.set()

    def wait(self, wanted: Callable[[Scene], bool]) -> Scene:
        self._seen.clear()
        self._wanted = wanted
        if not wanted(self.panel.scene):
            assert self._seen.wait(PATIENCE_S), self.panel.scene
        return self.panel.scene


@pytest.fixture
def make() -> Iterator[Callable[..., Watched]]:
    made: list[Watched] = []

    def build(**how: Any) -> Watched:
        made.append(Watched(**how))
        return made[-1]

    yield build
    for watched in made:
        watched.panel.close()


def is_done(scene: Scene) -> bool:
    return not scene.is_running


def test_every_trial_that_ends_is_drawn(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.panel.ask(SMALL.plan)
    watched.wait(is_done)
    counts = [len(complete(s.standing)) for s in watched.scenes if s.standing]
    assert {1, 2, 3, 4} <= set(counts)
    assert counts == sorted(counts)
    assert "✓" in watched.panel.status.value


def test_a_control_ends_the_search_and_begins_another(make: Callable[..., Watched]) -> None:
    begun = Event()
    asked: list[Plan] = []

    def endless(plan: Plan, tell: Callable[[Standing], None]) -> Standing:
        asked.append(plan)
        if plan.strategy == "grid":
            return searched(plan, tell)
        begun.set()
        while True:
            tell(standing(trial(0, 0.5, "running"), plan=plan))

    watched = make(search=endless)
    strategy = watched.panel.controls.widget("strategy")
    watched.panel.ask(SMALL.plan)
    assert begun.wait(PATIENCE_S)
    strategy.value = "grid"
    scene = watched.wait(is_done)
    assert [plan.strategy for plan in asked] == ["tpe", "grid"]
    assert scene.standing is not None
    assert scene.standing.plan.strategy == "grid"


def test_one_trial_after_the_other(make: Callable[..., Watched]) -> None:
    watched = make()
    for count in (1, 2):
        watched.panel.play_one()
        scene = watched.wait(lambda scene: scene.is_paused)
        assert len(complete(scene.standing)) == count
        assert "paused" in watched.panel.status.value
    watched.panel.play()
    assert len(complete(watched.wait(is_done).standing)) == 4


def test_stop_ends_a_search_that_is_held(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.panel.play_one()
    watched.wait(lambda scene: scene.is_paused)
    watched.panel.stop()
    scene = watched.wait(is_done)
    assert not scene.is_paused
    assert len(complete(scene.standing)) == 1


def test_stop_keeps_the_trials_so_far(make: Callable[..., Watched]) -> None:
    begun = Event()

    def endless(plan: Plan, tell: Callable[[Standing], None]) -> Standing:
        tell(standing(trial(0, 0.5), plan=plan))
        begun.set()
        while True:
            tell(standing(trial(0, 0.5), trial(1, 0.5, "running"), plan=plan))

    watched = make(search=endless)
    watched.panel.ask(SMALL.plan)
    assert begun.wait(PATIENCE_S)
    watched.panel.stop()
    scene = watched.wait(is_done)
    assert len(complete(scene.standing)) == 1
    assert "stopped" in watched.panel.status.value


def test_a_search_that_fails_says_one_sentence_and_the_next_one_runs(
    make: Callable[..., Watched],
) -> None:
    calls: list[int] = []

    def first_fails(plan: Plan, tell: Callable[[Standing], None]) -> Standing:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("the axis <rate> has no values")
        return searched(plan, tell)

    watched = make(search=first_fails)
    watched.panel.ask(SMALL.plan)
    watched.wait(lambda scene: bool(scene.problem))
    assert "&lt;rate&gt;" in watched.panel.status.value
    watched.panel.ask(SMALL.plan)
    watched.wait(lambda scene: is_done(scene) and not scene.problem)
    assert "✓" in watched.panel.status.value


def test_a_study_of_others_is_watched_and_a_control_leaves_it(make: Callable[..., Watched]) -> None:
    seen = Event()

    def watch(wanted: Watch, tell: Callable[[Standing], None]) -> Standing:
        while wanted.study:
            tell(standing(trial(0, 0.7)))
            seen.set()
        raise ValueError("there is no study <>")

    watched = make(watch=watch)
    form = WatchForm(watched.panel.watch, watched.panel.show_problem)
    url, name, press = form.widget.children
    press.click()
    watched.wait(lambda scene: bool(scene.problem))
    assert "no study &lt;&gt;" in watched.panel.status.value
    url.value, name.value = " sqlite:///class.sqlite3 ", "lesson"
    press.click()
    assert seen.wait(PATIENCE_S)
    watched.wait(lambda scene: scene.standing is not None)
    assert watched.panel.scene.watched == Watch(storage="sqlite:///class.sqlite3", study="lesson")
    assert "lesson" in watched.panel.status.value
    assert "It searches by TPE for small_cnn (digits), over learning rate" in (
        watched.panel.status.value
    )
    for press in (watched.panel.pause, watched.panel.play_one, watched.panel.play):
        watched.panel.update(notice=None)
        press()
        assert "worked on by others" in watched.panel.status.value
        assert watched.panel.scene.watched is not None
    watched.panel.ask(SMALL.plan)
    scene = watched.wait(lambda scene: is_done(scene) and len(complete(scene.standing)) == 4)
    assert scene.watched is None


def test_a_study_that_is_not_there_is_told_in_one_sentence(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.panel.watch(Watch(storage="x", study="none"))
    watched.wait(lambda scene: bool(scene.problem))
    assert "&lt;none&gt;" in watched.panel.status.value


def test_pinning_waits_for_a_trial_and_then_keeps_the_search(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.panel.pin()
    assert "nothing to pin" in watched.panel.status.value
    watched.panel.ask(SMALL.plan)
    done = watched.wait(is_done).standing
    watched.panel.pin()
    assert watched.panel.scene.pinned is done


def test_choices_make_a_plan_that_the_engine_accepts() -> None:
    for width, count in (("narrow", 3), ("medium", 5)):
        plan = replace(SMALL, width=width).plan  # type: ignore[arg-type]
        assert {len(values) for values in plan.axes.values()} == {count}
    wide = Choices(is_useless_there=True).plan
    assert wide.axes["learning_rate"] == SPACE["learning_rate"]
    assert set(wide.axes) == {"learning_rate", "batch_size", "useless"}
    assert middle((1, 2, 3, 4, 5), 3) == (2, 3, 4)
    assert middle((1, 2), 3) == (1, 2)


def scene(*trials: Trial, **how: Any) -> Scene:
    return Scene(plan=SMALL.plan, standing=standing(*trials), **how)


ALL = tuple(trial(number, value) for number, value in enumerate(SCORES))
FULL = scene(*ALL)
BARE = Scene(plan=SMALL.plan)
VIEWS: tuple[Callable[[], Any], ...] = (
    SearchReadouts, Loop, ResponseMap, SearchHistory, Parallel, TrialCurves, Optimism,
    lambda: Importance(lambda s: {"learning_rate": share(0.9), "batch_size": share(0.1)}),
    lambda: SurrogateStrips(lambda s: [
        Surrogate(axis="learning_rate", values=(0.1, 1.0), good=(0.8, 0.2), bad=(0.5, 0.5),
                  n_good=1, n_bad=3)]),
)  # fmt: skip


@pytest.mark.parametrize("make_view", VIEWS)
@pytest.mark.parametrize("first", [BARE, scene(trial(0, 0.5, "running")), FULL])
def test_a_view_draws_every_scene_and_every_language(
    make_view: Callable[[], Any], first: Scene
) -> None:
    part = make_view()
    for code in ("en", "tr"):
        use_language(code)
        for each in (
            first,
            FULL,
            BARE,
            scene(*ALL, trial(4, 0.3, "pruned"), pinned=standing(*ALL)),
        ):
            part.view.draw(each)


def marks(part: Any) -> list[Any]:
    return list(part.widget.children[0].marks)


def test_no_mark_that_is_seen_has_a_place_that_is_no_number() -> None:
    """bqplot logs an error for each of them."""
    for part in (ResponseMap(), SearchHistory(), TrialCurves()):
        part.view.draw(scene(*ALL, trial(4, 0.3, "pruned"), pinned=standing(*ALL)))
        for mark in marks(part):
            assert not mark.visible or not np.isnan(np.asarray(mark.y, float)).any()


def test_the_best_so_far_never_falls_and_ends_at_the_best() -> None:
    way = [best.value for _number, best in best_so_far(standing(*ALL))]
    assert way == [0.4, 0.9, 0.9, 0.9]


def test_the_response_map_numbers_the_trials_in_the_order_tried() -> None:
    part = ResponseMap()
    part.view.draw(FULL)
    numbers = next(mark for mark in marks(part) if hasattr(mark, "text"))
    assert list(numbers.text) == ["0", "1", "2", "3"]
    assert list(numbers.x) == [0.0, 1.0, 2.0, 3.0]
    assert "40.0 %" in part.widget.children[-1].value
    assert "<table" in part.widget.children[-1].value


def test_trials_of_one_point_do_not_hide_each_other() -> None:
    part = ResponseMap()
    part.view.draw(scene(*(trial(number, 0.5, learning_rate=0.1) for number in range(4))))
    dots = marks(part)[1]
    assert len(set(zip(dots.x, dots.y, strict=True))) == 4


def test_brushing_keeps_the_trials_within_every_range() -> None:
    part = Parallel()
    part.view.draw(FULL)
    accuracy = part.widget.children[1].children[-1]
    assert "4 of 4" in part.widget.children[0].children[-1].value
    accuracy.value = (80, 100)
    assert "2 of 4" in part.widget.children[0].children[-1].value
    part.view.draw(FULL)
    assert part.widget.children[1].children[-1] is accuracy


def test_the_loop_lights_one_station_while_a_search_runs() -> None:
    early = replace(trial(1, 0.5, "running"), curve=())
    assert station(BARE) is None
    assert station(replace(BARE, is_running=True)) == RANGES
    assert station(scene(ALL[0], early, is_running=True)) == SEARCH
    assert station(scene(ALL[0], trial(1, 0.5, "running"), is_running=True)) == EVALUATE
    assert station(scene(ALL[0], is_running=True)) == REPEAT
    assert station(FULL) is None
    part = Loop()
    part.view.draw(scene(ALL[0], is_running=True))
    assert part.widget.value.count("aria-current") == 1


def test_the_readouts_are_quantities_with_their_labels() -> None:
    part = SearchReadouts()
    part.view.draw(FULL)
    assert part.widget.value.count("wb-tag") == 6
    assert "90.0 %" in part.widget.value
    assert "89.0 %" in part.widget.value
    assert "67.5 %" in part.widget.value


def test_a_pruned_trial_counts_in_the_time_and_in_the_mean() -> None:
    pruned = replace(trial(4, 0.5, "pruned"), seconds=3.0)
    first = replace(ALL[0], seconds=2.0)
    found = readings(standing(first, pruned))
    assert found["seconds"].value == 5.0
    assert found["mean"].value == pytest.approx((0.4 + 0.25) / 2)
    assert found["complete"].value == found["pruned"].value == 1


def diverged(number: int) -> Trial:
    found = {
        "validation_accuracy": share(0.1, "computed"),
        "diverged_epoch": counted(1, message("calibration")),
    }
    return replace(trial(number, 0.1), quantities=found)


def test_a_trial_that_diverged_is_named_and_not_counted_as_trained_to_its_end() -> None:
    found = readings(standing(*ALL, diverged(4)))
    assert found["complete"].value == 4
    assert found["diverged"].value == 1
    shown = SearchReadouts()
    shown.view.draw(scene(*ALL, diverged(4)))
    assert "1 diverged" in shown.widget.value
    part = ResponseMap()
    part.view.draw(scene(*ALL, diverged(4)))
    assert part.widget.children[-1].value.count("<td>diverged</td>") == 1


def test_one_winner_proves_no_optimism() -> None:
    part = Optimism()
    part.view.draw(FULL)
    assert "Trial 1 won: −1.0 points" in part.widget.value
    assert "proves no optimism" in part.widget.value
    assert "No other trial came within 5 points" in part.widget.value


def test_those_nobody_chose_tell_what_the_images_alone_take() -> None:
    part = Optimism()
    part.view.draw(scene(trial(0, 0.9), trial(1, 0.88), trial(2, 0.4)))
    assert "−1.0 points on average (trials: 1)" in part.widget.value
    near = [chosen(number, 0.9 - number / 100, 0.88) for number in range(4)]
    part.view.draw(scene(*near))
    told = spread_text(mean_interval([gap(each) for each in near[1:]]))
    assert f"{told} on average (trials: 3)" in part.widget.value


def test_the_map_compares_the_random_trials_with_those_after_them() -> None:
    part = ResponseMap()
    trials = [trial(number, 0.9 if number < RANDOM_FIRST else 0.5) for number in range(14)]
    part.view.draw(scene(*trials))
    words = part.widget.children[-1].value
    assert "Mean of the first 10, random trials: 90.0 %" in words
    assert "of the 4 after them: 50.0 %" in words
    part.view.draw(scene(*trials[:RANDOM_FIRST]))
    assert "random trials:" not in part.widget.children[-1].value


def test_a_watched_study_that_is_over_is_not_told_as_ones_own() -> None:
    status = SearchStatus()
    status.view.draw(replace(FULL, watched=Watch(storage="", study="lesson")))
    assert "watched: study lesson, TPE, 4 trials, small_cnn (digits), epochs 3" in (
        status.widget.value
    )
    status.view.draw(FULL)
    assert "searched: TPE, 4 trials" in status.widget.value


def test_a_useless_axis_has_a_name_and_the_next_guess_is_marked() -> None:
    strips = SurrogateStrips(
        lambda s: [
            Surrogate(axis="useless", values=(0, 1), good=(0.2, 0.8), bad=(0.5, 0.5), n_good=1,
                      n_bad=3)]
    )  # fmt: skip
    strips.view.draw(FULL)
    assert "useless axis" in strips.widget.value
    assert strips.widget.value.count("wb-next") == 1


def raced(ahead: float, seeds: int = 8) -> Race:
    """TPE `ahead` of random by so much with every seed."""
    plan = replace(SMALL.plan, objective="recorded")
    keys = [(name, seed) for seed in range(seeds) for name in ("random", "tpe")]
    runs = {
        key: tuple(share(0.5 + 0.01 * key[1] + k / 20 + (ahead if key[0] == "tpe" else 0.0),
                         "recorded") for k in range(plan.trials))
        for key in keys
    }  # fmt: skip
    winners = {
        key: replace(trial(0, run[-1].value), quantities={"validation_accuracy": run[-1]})
        for key, run in runs.items()
    }
    return Race(
        plan=plan, strategies=("random", "tpe"), seeds=tuple(range(seeds)), runs=runs,  # type: ignore[arg-type]
        winners=winners,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_race_draws_a_line_and_a_band_a_strategy_and_says_recorded() -> None:
    figure = RaceFigure()
    figure.draw(None)
    assert len(figure.widget.children[0].children) == 1
    figure.draw(raced(0.1))
    plot, words = figure.widget.children[0].children
    assert sum(mark.visible for mark in plot.marks) == 4
    assert "recorded" in words.value
    assert "calibration" in words.value.rpartition("</table>")[2]  # how: machine, versions, date
    assert "<table" in words.value


def test_strategies_are_told_apart_only_where_seed_after_seed_says_so() -> None:
    assert "TPE is ahead" in compared(raced(0.1), "random", "tpe")
    assert "cannot tell" in compared(raced(0.0), "random", "tpe")
    assert compared(raced(0.1, seeds=5), "random", "tpe") == ""


def test_the_interval_of_a_mean_is_that_of_scipy() -> None:
    samples = [0.1, 0.4, -0.2, 0.3, 0.0]
    reference = stats.ttest_1samp(samples, 0).confidence_interval()
    assert np.allclose(mean_interval(samples), (np.mean(samples), *reference))


def chosen(seed: int, validation: float, test: float) -> Trial:
    found = {"validation_accuracy": share(validation), "accuracy": share(test)}
    return replace(trial(seed, validation, seed=seed), quantities=found)


def among(number: int, luck: float) -> Standing:
    """A choice whose winner is 5 points ahead by validation and so much less by test."""
    return standing(
        chosen(number, 0.95, 0.90 - luck), chosen(100 + number, 0.90, 0.85), plan=SMALL.plan
    )


def test_luck_is_the_part_of_a_lead_that_test_images_do_not_confirm() -> None:
    found = leads([among(number, 0.03) for number in range(6)])
    assert [lead.seed for lead in found] == list(range(6))
    assert all(lead.luck == pytest.approx(0.03) for lead in found)


def test_a_difference_in_difficulty_between_the_images_is_no_luck() -> None:
    harder = [among(number, 0.0) for number in range(6)]
    assert all(lead.luck == pytest.approx(0.0) for lead in leads(harder))


def test_luck_is_told_only_where_the_interval_leaves_out_nothing_at_all() -> None:
    part = Luck()
    part.draw([among(number, 0.02 + number / 1000) for number in range(6)])
    assert "so much of the lead was luck" in part.widget.value
    part.draw([among(number, (-1) ** number * 0.02) for number in range(6)])
    assert "cannot tell" in part.widget.value
    for few in (None, [among(0, 0.1)]):
        part.draw(few)
        assert "from 6 choices on" in part.widget.value


def test_densities_are_shown_for_tpe_alone() -> None:
    asked: list[Standing] = []
    part = SurrogateStrips(lambda s: asked.append(s) or [])  # type: ignore[func-returns-value]
    plan = replace(SMALL, strategy="random").plan
    part.view.draw(Scene(plan=plan, standing=standing(*ALL, plan=plan)))
    assert "random does not guess by densities" in part.widget.value
    assert asked == []


def test_the_front_is_marked_and_in_the_table() -> None:
    sizes = Quantity(value=2048, unit="bytes", provenance="measured", how=message("calibration"))
    time = Quantity(value=1.0, unit="ms", provenance="measured", how=message("calibration"))
    trials = tuple(
        replace(t, quantities={**t.quantities, "deflated_bytes": sizes, "latency_ms": time})
        for t in ALL
    )
    figure = ParetoFigure(lambda s: s.done[1:2])
    figure.draw(None)
    figure.draw(standing(*trials))
    assert "on the front: 1" in figure.widget.children[1].value
    assert figure.widget.children[1].value.count("<td>◆</td>") == 1


def test_no_number_of_the_front_lies_on_another() -> None:
    def sized(number: int, kib: float) -> Trial:
        size = Quantity(
            value=1024 * kib, unit="bytes", provenance="measured", how=message("calibration")
        )
        time = replace(size, value=1.0, unit="ms")
        base = trial(number, 0.9)
        return replace(
            base, quantities={**base.quantities, "deflated_bytes": size, "latency_ms": time}
        )

    figure = ParetoFigure(lambda s: s.done)
    figure.draw(standing(sized(0, 10.0), sized(1, 10.1), sized(2, 30.0)))
    shown = figure.widget.children[0].marks[-1]
    assert list(shown.text) == ["0", "2"]


def test_the_race_tells_its_means_with_an_interval_and_no_choosing_of_the_grid() -> None:
    race = raced(0.1)
    seconds = replace(share(0.1), unit="s")
    figure = RaceFigure()
    figure.draw(
        replace(
            race, means={key: run[0] for key, run in race.runs.items()},
            sampler_seconds={"grid": replace(seconds, value=0.0), "tpe": seconds},
        )
    )  # fmt: skip
    means, cost = figure.widget.children[1].value.split("<p")[-2:]
    assert means.count("(95 %)") == 2
    assert "wb-recorded" in means
    assert "grid" not in cost


def test_a_task_that_is_stopped_keeps_what_it_found() -> None:
    begun, over = Event(), Event()
    drawn: list[str | None] = []

    def run(wanted: int, tell: Callable[[str], None]) -> str:
        tell("half")
        begun.set()
        while True:
            tell("half")

    from ipywidgets import HTML

    task: Task[int, str] = Task(run, drawn.append, lambda found: found, HTML())
    task._status.observe(lambda change: over.set() if "stopped" in change["new"] else None, "value")
    task.offer(message("Stop"), message("Stop"), lambda: 1)
    task.start(1)
    assert begun.wait(PATIENCE_S)
    task.stop()
    assert over.wait(PATIENCE_S)
    assert task.found == "half"
    assert drawn == [None, "half"]
    task.close()


def test_optunas_plot_is_drawn_of_the_search_and_of_nothing_it_says_so() -> None:
    now: list[Standing | None] = [None]
    part = Drawings(lambda name, s: b"png", lambda: now[0], ("history", "contour"))
    over = Event()
    part.task._status.observe(lambda change: over.set() if "✓" in change["new"] else None, "value")
    start = part.task._row.children[0]
    start.click()
    assert "none yet" in part.task._status.value
    now[0] = standing(*ALL)
    start.click()
    assert over.wait(PATIENCE_S)
    assert isinstance(part.task.found, Drawing)
    assert "data:image/png;base64,cG5n" in part._picture.value
    assert 'alt="score of every trial' in part._picture.value
    part.task.close()


def test_the_exercise_asks_for_a_space_and_for_the_accuracy() -> None:
    axes = {"learning_rate": (0.1, 0.3, 1.0), "batch_size": (8, 16, 32, 64)}
    good, bad = share(LEAST), share(LEAST - 0.001)
    assert is_solved(well_ranged(axes, [good] * 4 + [bad]))
    assert not is_solved(well_ranged(axes, [good] * 3 + [bad] * 2))
    assert not is_solved(well_ranged({"learning_rate": (0.1,)}, [good] * 5))


def test_the_exercise_judges_only_when_every_seed_has_come() -> None:
    answered = Event()

    def run(attempt: Any, tell: Callable[[Race], None]) -> Race:
        whole = raced(0.4, seeds=5)
        race = replace(whole, strategies=("tpe",), plan=attempt.plan)
        tell(replace(race, winners=dict(list(race.winners.items())[:2])))
        return race

    part = SearchExercise(
        run, well_ranged, (lambda: "task", lambda: ["wider", "narrower"]), SMALL, (0, 1, 2, 3, 4)
    )
    part.task._status.observe(
        lambda change: answered.set() if "✓" in change["new"] else None, "value"
    )
    part.task._row.children[0].click()
    assert answered.wait(PATIENCE_S)
    assert "Solved" in part._judged.value
    part.task.close()
