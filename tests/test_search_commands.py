"""The commands search, worker and status, from their words to what they print."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from tests.searching import plan
from workbench.search_commands import add_commands, dispatch, goal_of, plan_of
from workbench.setting import SPACE

CHEAP = ["--objective", "arithmetic", "--dataset", "digits", "--epochs", "1", "--trials", "3"]


def add_fields(command: argparse.ArgumentParser, names: Any, flags: Any) -> None:
    """Those fields of a setting that these tests give."""
    kinds = {"dataset": str, "model": str, "epochs": int, "seed": int}
    for name, kind in kinds.items():
        command.add_argument(*flags.get(name, (f"--{name}",)), dest=name, type=kind)


def parsed(*words: str) -> argparse.Namespace:
    top = argparse.ArgumentParser()
    add_commands(top.add_subparsers(dest="command"), add_fields)
    return top.parse_args(words)


def run(*words: str) -> None:
    dispatch(parsed(*words))


@pytest.fixture
def storage(tmp_path: Path) -> list[str]:
    return ["--storage", f"sqlite:///{tmp_path / 'studies.sqlite3'}"]


def test_axes_are_read_with_the_types_of_their_fields() -> None:
    words = "learning_rate=0.01:1,batch_size=32:64,optimizer=sgd:adamw,useless=1:b,kernel_size=3"
    assert plan_of(parsed("search", "--axes", words)).axes == {
        "learning_rate": (0.01, 1.0),
        "batch_size": (32, 64),
        "optimizer": ("sgd", "adamw"),
        "useless": (1, "b"),
        "kernel_size": (3,),
    }


def test_axes_without_values_have_those_of_the_space() -> None:
    found = plan_of(parsed("search", "--axes", "learning_rate, momentum,useless_2"))
    assert found.axes["momentum"] == SPACE["momentum"]
    assert found.axes["useless_2"] == tuple(range(7))


def test_the_seed_of_the_strategy_is_not_that_of_the_training() -> None:
    found = plan_of(parsed("search", "--seed", "3", "--training-seed", "1"))
    assert (found.seed, found.setting.seed) == (3, 1)


def test_a_search_is_made_worked_on_and_told(
    storage: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run("search", *storage, "--study", "s", "--no-work", *CHEAP)
    run("status", *storage, "--json")
    told = json.loads(capsys.readouterr().out.split("\n", 1)[1])
    assert [(one["study"], one["complete"], one["live"]) for one in told["studies"]] == [
        ("s", 0, 3)
    ]
    run("worker", *storage)
    written = capsys.readouterr()
    assert "3 of 3" in written.out
    assert len([line for line in written.err.splitlines() if line.startswith("trial ")]) == 3
    run("search", *storage, "--study", "s", *CHEAP)
    assert capsys.readouterr().err == ""
    run("status", *storage, "--study", "s", "--json")
    one = json.loads(capsys.readouterr().out)["studies"][0]
    assert (one["complete"], one["over"], one["missing"]) == (3, True, 0)
    assert one["trials"][one["best"]]["state"] == "complete"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--axes", "lerning_rate"], "an axis without values is one of dataset, "),
        (["--axes", "useless,lerning_rate=1"], "an axis is a field of a setting, or begins with"),
        (["--objective", "beauty"], "objective is one of training, "),
        (["--parameters", "[1]"], 'parameters are a JSON object, as {"milliseconds": 20}, got [1]'),
        (
            ["--parameters", '{"colour": 1}'],
            "the objective training takes the parameters none, got",
        ),
        (["--trials", "0"], "trials is a whole number of at least 1, got 0"),
    ],
)
def test_wrong_words_are_one_sentence(storage: list[str], words: list[str], sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$") as caught:
        run("search", *storage, "--no-work", *words)
    assert str(caught.value).startswith(sentence)


def test_a_worker_without_a_study_says_how_to_make_one(storage: list[str]) -> None:
    with pytest.raises(ValueError, match="there is no storage"):
        run("worker", *storage)
    run("search", *storage, "--study", "s", *CHEAP)
    with pytest.raises(ValueError, match="a study in this storage is one of s, got t"):
        run("worker", *storage, "--study", "t")


def test_ctrl_c_says_that_nothing_is_lost(
    storage: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("workbench.core.objectives.cheap._work_for", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run("search", *storage, "--study", "s", *CHEAP)
    assert "nothing is lost: the same command goes on" in capsys.readouterr().err
    monkeypatch.undo()
    run("search", *storage, "--study", "s", *CHEAP)
    assert "3 of 3" in capsys.readouterr().out


def test_an_objective_takes_its_parameters() -> None:
    found = goal_of(plan(parameters={"milliseconds": 0.5}))
    assert dict(found.directions) == {"validation_accuracy": "maximize"}
