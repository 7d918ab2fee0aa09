"""The command line, in process: one JSON object, one sentence for a mistake, two languages."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.__main__ import main
from workbench.core.checkpoint import metadata
from workbench.core.data import names
from workbench.core.files import verified
from workbench.locale import LANGUAGES, use_language
from workbench.setting import Setting

ISSUE = {
    "setting", "machine", "accuracy", "file_bytes", "deflated_bytes", "packed_bytes", "latency_ms",
    "speedup", "parameters", "nonzero_parameters", "macs",
}  # fmt: skip
DIGITS = ["--dataset", "digits", "--model", "small_cnn"]

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, cache: Path) -> Iterator[None]:
    monkeypatch.setenv("WORKBENCH_LANGUAGE", "en")
    yield
    use_language("en")


def test_measure_prints_one_json_object_with_the_promised_keys(capsys: Captured) -> None:
    words = [*DIGITS, "--sparsity", "0.5", "--weight-bits", "8", "--json"]
    assert main(["measure", *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told.keys() >= ISSUE
    assert (told["setting"]["sparsity"], told["setting"]["weight_bits"]) == (0.5, 8)
    assert told["machine"]["torch"]
    for name in ISSUE - {"setting", "machine"}:
        assert {"value", "unit", "provenance", "low", "high", "n"} <= told[name].keys()
    assert told["accuracy"]["n"] == 359


def test_the_printed_setting_is_a_setting_again(capsys: Captured) -> None:
    main(["measure", *DIGITS, "--inference-batch", "3", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert Setting.from_dict(told["setting"]).inference_batch == 3


def test_measure_prints_a_table_without_json(capsys: Captured) -> None:
    assert main(["measure", *DIGITS]) == 0
    table = capsys.readouterr().out
    for word in ("accuracy", "speed-up", "measured", "computed", "KiB", " ms"):
        assert word in table


def test_values_outside_the_space_are_measured_too(capsys: Captured) -> None:
    words = ["--sparsity", "0.37", "--weight-bits", "7", "--inference-batch", "5"]
    assert main(["measure", *DIGITS, *words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["setting"]["sparsity"] == 0.37
    assert told["accuracy"]["provenance"] == "simulated"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--sparsity", "1.5"], "0 <= sparsity < 1, got 1.5"),
        (["--weight-bits", "9"], "weight_bits is one of 32, 8"),
        (["--engine", "magic"], "engine is one of onnxruntime"),
        (["--kernel-size", "4"], "kernel_size is odd"),
        (["--kernel-size", "9"], "at most the picture's side"),
        (["--model", "resnet9"], "model is one of mlp, small_cnn, resnet8 or one of torchvision's"),
        (["--model", "alexnet"], "alexnet cannot take pictures of 8 x 8 pixels"),
        (["--dataset", "folder:nowhere"], "nowhere is no folder"),
        (["--width", "0"], "width is a whole number of at least 1"),
        (["--learning-rate", "nan"], "learning_rate is the step size"),
    ],
)
def test_a_bad_value_is_one_sentence(capsys: Captured, words: list[str], sentence: str) -> None:
    assert main(["measure", *DIGITS, *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert sentence in told.err
    assert told.err.startswith("workbench: ")
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    "words", [[], ["measure", "--sparsity", "much"], ["train", "--nbits", "4"]]
)
def test_what_cannot_be_parsed_is_refused_with_the_usage(
    capsys: Captured, words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: workbench" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["measure", "train"])
def test_an_unknown_data_set_lists_the_known_ones(capsys: Captured, command: str) -> None:
    assert main([command, "--dataset", "imagenet22k"]) == 2
    told = capsys.readouterr().err
    assert all(name in told for name in names())
    assert "imagenet22k" in told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", ["", "serve", "lab", "train", "measure", "bench"])
def test_help_works_in_every_language(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, language: str, command: str
) -> None:
    monkeypatch.setenv("WORKBENCH_LANGUAGE", language)
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "usage: workbench" in told
    if not command:
        assert ("her sayı" in told.lower()) == (language == "tr")
        assert all(known in told for known in ("serve", "lab", "train", "measure", "bench"))


def test_errors_are_told_in_turkish(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_LANGUAGE", "tr")
    assert main(["measure", *DIGITS, "--sparsity", "1.5"]) == 2
    told = capsys.readouterr().err
    assert "fraction of weights" not in told
    assert "1.5" in told


def test_train_writes_a_checkpoint_that_is_taken(capsys: Captured, tmp_path: Path) -> None:
    words = ["--dataset", "digits", "--model", "mlp", "--epochs", "1"]
    assert main(["train", *words, "--output", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["accuracy"]["provenance"] == told["validation_accuracy"]["provenance"] == "measured"
    setting = Setting.from_dict(told["setting"])
    path = tmp_path / setting.checkpoint_name
    assert verified(path)
    assert json.loads(metadata(path)["setting"]) == told["setting"]
    assert json.loads(metadata(path)["measured"])["accuracy"]["value"] == told["accuracy"]["value"]


def test_the_version_is_printed(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip().count(".") == 2
