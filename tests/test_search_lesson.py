"""What lesson 4 says on its page, held against what its engine does."""

import runpy
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest

from workbench.core.objectives import training
from workbench.lessons import races, search_tasks_prose, searches
from workbench.lessons.programs import search_of
from workbench.locale import use_language
from workbench.measurement import ignore
from workbench.search.rules import USELESS
from workbench.search.running import start
from workbench.search.storage import open_storage
from workbench.search.values import Race
from workbench.widgets.search.choices import Choices
from workbench.widgets.search.differences import compared
from workbench.widgets.search.scene import Watch

SEEDS = tuple(range(races.SEEDS[0]))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def raced(*, is_useless_there: bool) -> Race:
    """The race that the lesson offers first."""
    plan = replace(races.QUICK, is_useless_there=is_useless_there).plan
    wish = searches.RaceWish(
        plan=replace(plan, objective="recorded"), strategies=races.THREE, seeds=SEEDS,
        vary=searches.by_seed,
    )  # fmt: skip
    return searches.race(wish, lambda race: None)


def mean_of_all(race: Race, strategy: Any) -> float:
    return sum(race.means[strategy, seed].value for seed in SEEDS) / len(SEEDS)


def test_the_recorded_race_shows_what_its_task_says() -> None:
    plain, useless = raced(is_useless_there=False), raced(is_useless_there=True)
    assert "cannot tell" in compared(plain, "grid", "random")
    assert "random is ahead" in compared(useless, "grid", "random")
    assert "TPE is ahead" in compared(useless, "grid", "tpe")
    for race in (plain, useless):
        others = max(mean_of_all(race, "grid"), mean_of_all(race, "random"))
        assert mean_of_all(race, "tpe") > others + 0.05
    assert "cannot be told apart" in search_tasks_prose.closing()


def test_the_grid_alone_moves_with_its_offset() -> None:
    def ends(strategy: Any, offset: int) -> list[float]:
        plan = replace(races.QUICK, trials=9, offset=offset).plan
        wish = searches.RaceWish(
            plan=replace(plan, objective="recorded"), strategies=(strategy,), seeds=(0, 1, 2),
            vary=searches.from_offset,
        )  # fmt: skip
        found = searches.race(wish, lambda race: None)
        return [found.runs[strategy, seed][-1].value for seed in (0, 1, 2)]

    assert ends("grid", 0) != ends("grid", 1)
    assert ends("random", 0) == ends("random", 1)


def test_a_race_names_what_was_raced_and_tells_when_the_switches_have_moved() -> None:
    panel = races.Races()
    raced_now = panel._begin("recorded")
    assert raced_now.plan.trials == races.QUICK.trials
    assert "recorded trainings, mlp (digits), epochs 2, trials 25" in panel._raced.value
    assert "have moved" not in panel._raced.value
    panel._seeds.value = 12
    assert "have moved" in panel._raced.value
    panel._seeds.value = 24
    assert "have moved" not in panel._raced.value
    panel.task.close()


SMALL = Choices(model="mlp", epochs=1, trials=3)


@pytest.mark.parametrize(
    "choices",
    [
        replace(SMALL, strategy="grid", is_useless_there=True),
        replace(SMALL, strategy="random", pruning="hyperband"),
        replace(SMALL, strategy="tpe", pruning="median", seconds=60),
        replace(SMALL, strategy="gp"),
    ],
)
def test_the_program_of_a_search_tries_its_space_and_finds_what_the_panel_would(
    choices: Choices, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    told, path = search_of(choices.plan), tmp_path / "program.py"
    path.write_text(told.text, encoding="utf-8")
    with monkeypatch.context() as alone:
        alone.setitem(sys.modules, "workbench", None)
        made = runpy.run_path(str(path))
        study: optuna.Study = made["main"](str(told.files[0]))
    assert len(study.trials) == choices.trials
    for trial in study.trials:
        values = {n: made["SPACE"][n][at] for n, at in trial.params.items() if n != USELESS}
        found = training(replace(choices.setting, **values), ignore)["validation_accuracy"].value
        if trial.value is not None and trial.state.name == "COMPLETE":
            assert trial.value == pytest.approx(found, abs=1e-6)
    assert made["SPACE"] == {name: tuple(v) for name, v in choices.plan.axes.items()}
    assert 0 <= study.best_value <= 1
    if choices.strategy == "grid":
        tried = [{n: made["SPACE"][n][at] for n, at in t.params.items()} for t in study.trials]
        wanted = searches.grid_points(choices.plan)
        assert sorted(map(str, tried)) == sorted(map(str, wanted))


def test_a_search_along_other_axes_is_told_to_have_no_program() -> None:
    plan = replace(SMALL.plan, axes={"momentum": (0.0, 0.9)})
    with pytest.raises(ValueError, match="learning_rate and batch_size, got momentum"):
        search_of(plan)


def test_who_watches_without_a_name_is_told_the_studies_that_are_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'class.sqlite3'}"
    storage = open_storage(url)
    with pytest.raises(ValueError, match="no study in this storage"):
        searches.watch(Watch(storage=url, study=""), lambda now: None)
    plan = replace(SMALL.plan, objective="arithmetic")
    start(plan, searches.goal_of(plan), storage, "lesson")
    with pytest.raises(ValueError, match="In this storage: lesson"):
        searches.watch(Watch(storage=url, study=""), lambda now: None)


def test_a_wrong_storage_is_told_of_before_the_name_of_the_study() -> None:
    with pytest.raises(ValueError, match="a storage is"):
        searches.watch(Watch(storage="nonsense", study=""), lambda now: None)
