"""Laws of a search in one process: what is wanted is measured, once, and can be stopped."""

import json
from collections import Counter
from dataclasses import replace
from itertools import product
from math import prod
from pathlib import Path

import optuna
import pytest
from optuna.samplers import GPSampler, RandomSampler, TPESampler

from tests.searching import AXES, epoch, goal, plan, share, silent, told
from workbench.core.objectives import OBJECTIVES
from workbench.measurement import Quantities, Report, Superseded
from workbench.search.axes import distributions, params_of, setting_of
from workbench.search.keys import counts, grid, key_of, slot_seed, wanted
from workbench.search.plans import Plan, Strategy
from workbench.search.running import search
from workbench.search.storage import open_storage
from workbench.search.values import Standing
from workbench.setting import Setting


def test_a_grid_visits_every_point_once() -> None:
    found = search(plan(strategy="grid", trials=63), goal(), silent)
    visited = Counter(tuple(trial.chosen.values()) for trial in found.done)
    assert visited == Counter(product(*AXES.values()))


THREE = {**AXES, "useless": tuple(range(7))}


@pytest.mark.parametrize("trials", [1, 5, 12, 16, 30, 500])
@pytest.mark.parametrize("offset", [0, 3, 6])
def test_a_coarse_grid_uses_what_trials_it_can(trials: int, offset: int) -> None:
    asked = plan(strategy="grid", trials=trials, axes=THREE, offset=offset)
    points, found = grid(asked), counts(asked)
    assert len({key_of(point) for point in points}) == prod(found.values()) <= trials
    for name, values in THREE.items():
        assert len({point[name] for point in points}) == found[name]
        more = len(points) // found[name] * (found[name] + 1)
        assert more > trials or found[name] == len(values)


def test_the_offsets_of_a_coarse_grid_cover_every_value_between_them() -> None:
    asked = plan(strategy="grid", trials=16)
    grids = [grid(replace(asked, offset=offset)) for offset in range(7)]
    for name, values in AXES.items():
        assert {point[name] for points in grids for point in points} == set(values)


def test_a_grid_does_not_know_which_axis_matters() -> None:
    asked = plan(strategy="grid", trials=16, axes=THREE)
    finest = {max(found, key=found.__getitem__) for found in
              (counts(replace(asked, seed=seed)) for seed in range(30))}  # fmt: skip
    assert finest == set(THREE)


@pytest.mark.parametrize("strategy", ["grid", "random", "tpe", "gp"])
def test_every_key_is_measured_once_by_every_strategy(strategy: Strategy) -> None:
    asked = plan(strategy=strategy, trials=12, axes={**AXES, "augmentation": ("none", "shift")})
    found = search(asked, goal(), silent)
    assert Counter(trial.key for trial in found.done) == Counter(wanted(asked).keys())
    assert (found.complete, found.live, found.missing, found.given_up) == (found.wanted, 0, 0, 0)
    assert found.is_over


def test_a_useless_axis_changes_no_setting() -> None:
    asked = plan(axes={"useless": (1, 2, 3), "batch_size": (32, 64)})
    for value in (1, 2, 3):
        chosen = {"useless": value, "batch_size": 64}
        assert setting_of(asked, chosen) == replace(asked.setting, batch_size=64)


def reference(asked: Plan, found: Standing, number: int) -> dict[str, object]:
    """What optuna's own sampler gives trial `number` after the trials before it."""
    seed = slot_seed(asked.seed, f"slot {number}")
    samplers = {"random": RandomSampler, "tpe": TPESampler, "gp": GPSampler}
    study = optuna.create_study(direction="maximize", sampler=samplers[asked.strategy](seed=seed))
    for trial in found.trials[:number]:
        study.add_trial(
            optuna.trial.create_trial(
                params=params_of(asked, trial.chosen), distributions=distributions(asked),
                value=trial.quantities["validation_accuracy"].value,
            )
        )  # fmt: skip
    return dict(study.ask(distributions(asked)).params)


@pytest.mark.parametrize(("strategy", "trials"), [("random", 12), ("tpe", 20), ("gp", 12)])
def test_a_slot_is_given_what_optuna_gives_it(strategy: Strategy, trials: int) -> None:
    asked = plan(strategy=strategy, trials=trials, seed=3)
    found = search(asked, goal(), silent)
    for number in range(trials):
        ours = params_of(asked, found.trials[number].chosen)
        assert ours == reference(asked, found, number), number


def test_numbers_are_ordered_for_the_sampler_and_names_are_not() -> None:
    asked = plan(axes={"batch_size": (64, 8, 32), "optimizer": ("sgd", "adamw")})
    places = [params_of(asked, {"batch_size": size})["batch_size"] for size in (8, 32, 64)]
    assert places == [0, 1, 2]
    assert params_of(asked, {"optimizer": "adamw"}) == {"optimizer": "adamw"}


def test_a_plan_survives_json() -> None:
    asked = plan(parameters={"milliseconds": 2.5}, seconds=3.0, axes={**AXES, "useless": ("a", 1)})
    assert Plan.from_dict(json.loads(json.dumps(asked.as_dict()))) == asked


def test_a_search_that_is_stopped_loses_nothing_and_goes_on() -> None:
    storage, measured = open_storage(None), []

    def stopped_at_the_third(setting: Setting, report: Report) -> Quantities:
        measured.append(setting)
        if len(measured) == 3:
            raise Superseded
        return OBJECTIVES["arithmetic"].measure(setting, report)

    with pytest.raises(Superseded):
        search(plan(), goal(stopped_at_the_third), silent, storage)
    found = search(plan(), goal(stopped_at_the_third), silent, storage)
    assert found.complete == 6
    assert len(measured) == 7
    assert not [trial for trial in found.trials if trial.state == "failed"]


def test_a_search_stops_in_the_middle_of_a_trial() -> None:
    words = []

    def endless(setting: Setting, report: Report) -> Quantities:
        while True:
            words.append(len(words))
            report(replace(epoch(0.5), quantities={}))

    def hear(standing: Standing) -> None:
        if len(words) == 10:
            raise Superseded

    with pytest.raises(Superseded):
        search(plan(), goal(endless), hear)
    assert len(words) == 10


def test_the_report_hears_the_same_standing_until_something_changes() -> None:
    heard: list[Standing] = []

    def many_words(setting: Setting, report: Report) -> Quantities:
        for _word in range(5):
            report(replace(epoch(0.5), quantities={}))
        return told(0.5)

    search(plan(trials=2), goal(many_words), heard.append)
    times = Counter(map(id, heard))
    assert sorted(times.values())[-2:] == [6, 6]
    states = [[trial.state for trial in standing.trials] for standing in heard]
    assert states[0] == ["waiting", "waiting"]
    assert ["running", "waiting"] in states
    assert states[-1] == ["complete", "complete"]


def test_the_curve_of_a_trial_is_what_its_objective_said() -> None:
    def three_epochs(setting: Setting, report: Report) -> Quantities:
        for value in (0.2, 0.4, 0.6):
            progress = epoch(value)
            report(progress)
            report(progress)
        return told(0.6)

    found = search(plan(trials=1), goal(three_epochs), silent)
    curve = [(number, quantity.value) for number, quantity in found.trials[0].curve]
    assert curve == [(1, 0.2), (2, 0.4), (3, 0.6)]


def test_a_trial_worse_than_the_median_is_pruned_and_counts_as_complete() -> None:
    def by_turns(setting: Setting, report: Report) -> Quantities:
        values.append(0.9 if len(values) < 7 else 0.1)
        report(epoch(values[-1]))
        report(epoch(values[-1]))
        return told(values[-1])

    values: list[float] = []
    found = search(plan(pruning="median", trials=9), goal(by_turns), silent)
    assert [trial.state for trial in found.trials] == ["complete"] * 7 + ["pruned"] * 2
    assert found.complete == 9
    assert len(found.trials[-1].curve) == 1
    assert found.trials[-1].quantities["validation_accuracy"].value == 0.1


def test_hyperband_prunes_some_and_ends() -> None:
    asked = plan(pruning="hyperband", trials=20, setting=Setting(dataset="digits", epochs=9))
    found = search(asked, goal(), silent)
    assert found.complete == 20
    assert {trial.state for trial in found.trials} == {"complete", "pruned"}


@pytest.mark.parametrize(
    ("problem", "tries"),
    [(OSError("away for a while"), 5), (ValueError("too small"), 1)],
)
def test_a_key_is_tried_five_times_unless_its_values_are_refused(
    problem: Exception, tries: int
) -> None:
    def fails_with_small_batches(setting: Setting, report: Report) -> Quantities:
        if setting.batch_size == 32:
            raise problem
        return told(0.5)

    axes = {"batch_size": (32, 64, 128)}
    found = search(
        plan(strategy="grid", axes=axes, trials=3), goal(fails_with_small_batches), silent
    )
    assert (found.complete, found.given_up, found.missing) == (2, 1, 0)
    failed = [trial for trial in found.trials if trial.state == "failed"]
    assert [trial.reason for trial in failed] == [str(problem)] * tries
    assert found.is_over


def test_an_answer_that_is_no_number_is_a_failed_try() -> None:
    found = search(plan(trials=1), goal(lambda s, r: told(float("nan"))), silent)
    assert found.given_up == 1
    assert "validation_accuracy" in found.trials[0].reason


@pytest.mark.parametrize("strategy", ["grid", "tpe"])
def test_values_that_no_trial_could_have_are_refused_before_there_is_a_study(
    strategy: Strategy,
) -> None:
    def at_most_256(setting: Setting) -> None:
        if setting.batch_size > 256:
            raise ValueError(f"batch_size is at most 256, got {setting.batch_size}")

    storage = open_storage(None)
    with pytest.raises(ValueError, match=r"^batch_size is at most 256, got 512$"):
        search(plan(strategy=strategy), replace(goal(), check=at_most_256), silent, storage)
    assert storage.get_all_studies() == []
    axes = {"batch_size": (32, 256)}
    found = search(plan(axes=axes), replace(goal(), check=at_most_256), silent, storage)
    assert found.complete == found.wanted


@pytest.mark.parametrize("grace", [0.0, -5.0, float("nan"), float("inf")])
def test_a_grace_that_is_no_time_is_refused_before_there_is_a_study(grace: float) -> None:
    storage = open_storage(None)
    with pytest.raises(ValueError, match=r"^grace is how many seconds a worker may be silent: "):
        search(plan(), goal(), silent, storage, grace_seconds=grace)
    assert storage.get_all_studies() == []


def test_every_key_is_counted_in_one_place() -> None:
    def by_turns(setting: Setting, report: Report) -> Quantities:
        values.append(0.9 if len(values) < 6 else 0.1)
        if len(values) == 2:
            return {**told(0.1), "diverged_epoch": share(1.0)}
        if len(values) == 3:
            raise ValueError("never")
        for _epoch in range(2):
            report(epoch(values[-1]))
        return told(values[-1])

    def add_up(now: Standing) -> None:
        heard.append(dict(now.counts))

    values: list[float] = []
    heard: list[dict[str, int]] = []
    search(plan(pruning="median", trials=9), goal(by_turns), add_up)
    assert {sum(counts.values()) for counts in heard} == {9}
    assert heard[0]["waiting"] == 9
    assert {counts["running"] for counts in heard} == {0, 1}
    ends = {"measured": 4, "pruned": 3, "diverged": 1, "given_up": 1}
    assert {name: count for name, count in heard[-1].items() if count} == ends


def test_no_trial_begins_after_the_seconds_are_used_up() -> None:
    def slow(setting: Setting, report: Report) -> Quantities:
        return OBJECTIVES["arithmetic"].measure(setting, report, 40.0)

    found = search(plan(trials=50, seconds=0.1), goal(slow), silent)
    assert 1 <= found.complete < 50
    assert found.seconds >= 0.1
    assert found.seconds - found.done[-1].seconds < 0.1
    assert found.is_over


def test_nothing_is_pickled(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "studies.sqlite3"
    search(plan(strategy="tpe", trials=12), goal(), silent, f"sqlite:///{path}")
    with sqlite3.connect(path) as base:
        tables = [
            name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for table in tables:
            for row in base.execute(f'SELECT * FROM "{table}"'):
                assert not any(isinstance(cell, bytes) for cell in row)
        kept = ("trial_user_attributes", "study_user_attributes")
        texts = [t for table in kept for (t,) in base.execute(f"SELECT value_json FROM {table}")]
    assert len(texts) > 12
    assert all(json.loads(text) is not None for text in texts)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"strategy": "magic"}, "strategy is one of grid, random, tpe, gp, got magic"),
        ({"pruning": "hope"}, "pruning is one of none, median, hyperband, got hope"),
        ({"trials": 0}, "trials is a whole number of at least 1, got 0"),
        ({"offset": -1}, "offset is a whole number of at least 0, got -1"),
        ({"seconds": 0.0}, "seconds is how long trials may begin: a number above 0, got 0.0"),
        ({"axes": {}}, "axes are the fields to search, one or more, got none"),
        ({"axes": {"rate": (1,)}}, "an axis is a field of a setting, or begins with useless, got"),
        ({"axes": {"epochs": (1, 1)}}, "the axis epochs has one value or more, each once, got"),
        ({"axes": {"epochs": ()}}, "the axis epochs has one value or more, each once, got"),
        ({"axes": {"learning_rate": (0.0, 0.1)}}, "learning_rate is the step size"),
        ({"axes": {"useless": ((1,), (2,))}}, "the axis useless has numbers or names, got"),
        ({"parameters": {"f": print}}, "parameters are JSON: numbers, texts, lists and objects"),
    ],
)
def test_a_wrong_plan_is_refused_in_one_sentence(changed: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$") as caught:
        plan(**changed)
    assert str(caught.value).startswith(words)


def test_what_seeks_more_than_accuracy_is_not_pruned_by_it() -> None:
    two = replace(goal(), directions={"validation_accuracy": "maximize", "seconds": "minimize"})
    with pytest.raises(ValueError, match="pruning is for objectives that seek validation accuracy"):
        search(plan(pruning="median"), two, silent)
