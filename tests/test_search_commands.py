"""The commands search, worker and status, from their words to what they print."""

import argparse
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.searching import plan, told
from workbench.__main__ import main
from workbench.commands import setting_of
from workbench.core import objectives
from workbench.core.objectives import OBJECTIVES
from workbench.search import flags
from workbench.search.plans import Plan
from workbench.search.telling import Talking
from workbench.search.values import Standing, Trial
from workbench.search_commands import add_commands, dispatch, goal_of
from workbench.setting import SPACE

CHEAP = ["--objective", "arithmetic", "--dataset", "digits", "--epochs", "1", "--trials", "3"]


def add_fields(command: argparse.ArgumentParser, names: Any, flags: Any) -> None:
    """Those fields of a setting that these tests give."""
    kinds = {"dataset": str, "model": str, "epochs": int, "seed": int, "batch_size": int}
    for name, kind in kinds.items():
        words = flags.get(name, (f"--{name.replace('_', '-')}",))
        command.add_argument(*words, dest=name, type=kind)


def parsed(*words: str) -> argparse.Namespace:
    top = argparse.ArgumentParser()
    add_commands(top.add_subparsers(dest="command"), add_fields)
    return top.parse_args(words)


def plan_of(arguments: argparse.Namespace) -> Plan:
    return flags.plan_of(arguments, setting_of(arguments))


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
    assert [(one["study"], one["measured"], one["waiting"]) for one in told["studies"]] == [
        ("s", 0, 3)
    ]
    run("worker", *storage)
    written = capsys.readouterr()
    head, line = (re.split(r"\s{2,}", one) for one in written.out.splitlines())
    assert dict(zip(head[:4], line[:4], strict=True)) == {
        "study": "s", "strategy": "tpe", "trials": "3", "measured": "3"
    }  # fmt: skip
    assert len([line for line in written.err.splitlines() if line.startswith("trial ")]) == 3
    run("search", *storage, "--study", "s", *CHEAP)
    assert capsys.readouterr().err == ""
    run("status", *storage, "--study", "s", "--json")
    one = json.loads(capsys.readouterr().out)["studies"][0]
    assert (one["measured"], one["over"], one["missing"]) == (3, True, 0)
    assert one["trials"][one["best"]]["state"] == "complete"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["--axes", "lerning_rate"],
            "an axis is a field, alone or with values that colons separate",
        ),
        (["--axes", "batch_size=8,100000"], "an axis is a field, alone or with values that colons"),
        (["--axes", "a=1,2"], "an axis is a field, alone or with values that colons separate"),
        (["--axes", "learning_rate="], "an axis is a field, alone or with values that colons"),
        (["--axes", "useless,lerning_rate=1"], "an axis is a field of a setting, or begins with"),
        (["--objective", "beauty"], "objective is one of training, "),
        (["--parameters", "[1]"], 'parameters are a JSON object, as {"milliseconds": 20}, got [1]'),
        (
            ["--parameters", '{"colour": 1}'],
            "the objective training takes the parameters none, got",
        ),
        (["--axes", "epochs=1,epochs=3"], "an axis is given once, with all its values, got epochs"),
        (["--axes", "epochs=1", "--axes", "epochs=3"], "an axis is given once, with all its"),
        (["--batch-size", "32"], "batch_size is searched, so it has no fixed value: leave it out"),
        (
            ["--objective", "arithmetic", "--parameters", '{"milliseconds": "x"}'],
            'the parameter milliseconds is a number, got "x"',
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
    assert re.search(r"\bs +tpe +3 +3 ", capsys.readouterr().out)


def told_by(trial: Trial, *, complete: int) -> Standing:
    counts = {"wanted": 4, "live": 4 - complete, "missing": 0, "given_up": 0}
    return Standing(plan=plan(trials=4), trials=(trial,), complete=complete, **counts)


def test_a_worker_tells_its_own_trials_and_how_far_all_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    talking, open_ = Talking("me:1"), {"key": "slot 0", "chosen": {"batch_size": 8}}
    talking(told_by(Trial(number=0, state="running", worker="me:1", **open_), complete=0))
    for worker in ("me:2", "me:1"):
        trial = Trial(number=0, state="complete", worker=worker, quantities=told(0.5), **open_)
        talking(told_by(trial, complete=1))
    assert capsys.readouterr().err == "trial 0: 50.0 % (batch_size 8); 1 of 4 done\n"
    for number in (1, 2):
        failed = Trial(number=number, state="failed", worker="me:1", reason="too big", **open_)
        talking(told_by(failed, complete=1))
    assert capsys.readouterr().err == ("trial 1: failed, too big (batch_size 8); 1 of 4 done\n")


def test_a_worker_of_a_finished_study_says_who_won(
    storage: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run("search", *storage, "--study", "s", *CHEAP)
    capsys.readouterr()
    for asked in ([], ["--study", "s"]):
        run("worker", *storage, *asked)
        said = capsys.readouterr().out
        assert said.startswith("the study s is over: 3 of 3 trials are done, the best is trial ")


def test_keys_that_are_given_up_are_told_once_and_end_with_a_code(
    storage: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_more: Any) -> Any:
        raise ValueError("too big")

    broken = replace(OBJECTIVES["arithmetic"], measure=refuse)
    monkeypatch.setitem(objectives.OBJECTIVES, "arithmetic", broken)
    assert main(["search", *storage, "--study", "s", *CHEAP]) == 2
    said = capsys.readouterr().err
    assert said.count("failed, too big") == 1
    assert said.endswith("workbench: the study s gave up 3 of 3 trials: too big\n")
    assert main(["status", *storage]) == 0
    assert main(["worker", *storage, "--study", "s"]) == 0
    assert "the study s is over: no trial came to its end" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--axes", "learning_rate", "--batch-size", "1000000"],
         "batch_size is at most the 1259 training images there are, got 1000000"),
        (["--axes", "batch_size=64:5000"],
         "batch_size is at most the 1259 training images there are, got 5000"),
        (["--model", "small_cnn", "--kernel-size", "99"],
         "kernel_size is at most the picture's side, 8 pixels, got 99"),
        (["--objective", "recorded", "--axes", "momentum=0.123"],
         "a training is looked up among those that were recorded, this was not: "),
        (["--grace", "0"], "grace is how many seconds a worker may be silent: above 0, got 0.0"),
        (["--grace", "-5"], "grace is how many seconds a worker may be silent: above 0, got -5.0"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("work", [[], ["--no-work"]])
@pytest.mark.usefixtures("cache")
def test_what_no_trial_could_have_is_refused_before_there_is_a_study(
    storage: list[str], words: list[str], sentence: str, work: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert main(["search", *storage, "--dataset", "digits", *words, *work]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"workbench: {sentence}")
    assert said.count("\n") == 1
    assert main(["worker", *storage]) == 2
    assert "there is no storage" in capsys.readouterr().err


def test_the_help_lists_every_objective_parameter_and_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["search", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for name, objective in OBJECTIVES.items():
        assert f"{name}: {objective.explained}; " in said
        for parameter, value in objective.parameters.items():
            assert json.dumps({parameter: value})[1:-1] in said
    for default in ("tpe", "16", "learning_rate,batch_size", "training", "none", "0", "30"):
        assert f"[{default}]" in said


def test_an_objective_takes_its_parameters() -> None:
    found = goal_of(plan(parameters={"milliseconds": 0.5}))
    assert dict(found.directions) == {"validation_accuracy": "maximize"}
