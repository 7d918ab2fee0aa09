"""The command line, in process: one JSON object, one sentence for a mistake, two languages."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench import commands
from workbench.__main__ import main
from workbench.commands import Telling
from workbench.core import training
from workbench.core.checkpoint import metadata
from workbench.core.data import names
from workbench.core.files import verified
from workbench.locale import LANGUAGES, message, use_language
from workbench.measurement import Progress, Quantity
from workbench.setting import Setting, shipped

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
        (["--weight-bits", "9"], "weight_bits is one of 32, 16, 8"),
        (["--engine", "magic"], "engine is one of onnxruntime"),
        (["--kernel-size", "4"], "kernel_size is odd"),
        (["--kernel-size", "9"], "at most the picture's side"),
        (
            ["--model", "resnet9"],
            "model is one of mlp, small_cnn, resnet8, sigmoid_cnn or one of torchvision's",
        ),
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


def test_what_cannot_be_parsed_is_refused_in_turkish_too(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_LANGUAGE", "tr")
    with pytest.raises(SystemExit):
        main(["measure", "--sparsity", "many"])
    assert "workbench measure: hata: --sparsity argümanı: geçersiz float" in capsys.readouterr().err


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_fault_of_ours_is_one_sentence_unless_somebody_looks_for_it(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, debug: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setenv("WORKBENCH_DEBUG", debug)
    monkeypatch.setattr(commands, "measure", fail)
    assert main(["measure"]) == 1
    told = capsys.readouterr()
    sentence = "workbench: something went wrong here (RuntimeError: two lines)\n"
    assert told.out == ""
    assert told.err.endswith(sentence)
    assert ("Traceback" in told.err) == (told.err != sentence) == bool(debug)


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
    assert told.startswith("kullanım: workbench" if language == "tr" else "usage: workbench")
    for english in ("options:", "show this help message", "show program's version"):
        assert (english in told) == (language == "en" and "version" not in english)
    if command in ("train", "measure"):
        assert len(told.split("\n\n")[1]) > 100
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
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert captured.err.splitlines()[1].startswith("training: epoch 1 of 1: validation accuracy")
    assert told["accuracy"]["provenance"] == told["validation_accuracy"]["provenance"] == "measured"
    setting = Setting.from_dict(told["setting"])
    path = tmp_path / setting.checkpoint_name
    assert captured.err.splitlines()[2:] == [f"written to {path}"]
    assert verified(path)
    assert json.loads(metadata(path)["setting"]) == told["setting"]
    assert json.loads(metadata(path)["measured"])["accuracy"]["value"] == told["accuracy"]["value"]


def test_an_output_that_cannot_be_written_is_told_before_the_training(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "fit", lambda *_arguments: pytest.fail("it trained"))
    (tmp_path / "file").write_bytes(b"")
    output = tmp_path / "file" / "folder"
    assert main(["train", "--dataset", "digits", "--model", "mlp", "--output", str(output)]) == 2
    told = capsys.readouterr().err
    assert f"cannot write in {output}: a part of its path is a file" in told
    assert "WORKBENCH_CACHE" not in told
    assert told.count("\n") == 1


def test_measure_says_that_it_trains_first(capsys: Captured, empty_cache: Path) -> None:
    words = ["--dataset", "digits", "--model", "mlp", "--training-epochs", "2", "--json"]
    assert main(["measure", *words]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["setting"]["epochs"] == 2
    first, *rest = told.err.splitlines()
    assert first == "these weights were never trained: training 2 epochs first"
    assert any(line.startswith("training: epoch 2 of 2: validation accuracy") for line in rest)


def test_epochs_of_measure_are_those_of_the_fine_tuning(capsys: Captured, cache: Path) -> None:
    words = ["measure", "--dataset", "digits", "--sparsity", "0.5", "--epochs", "1"]
    assert main([*words, "--repair", "finetune", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["setting"]["repair_epochs"] == 1
    assert told["setting"]["epochs"] == shipped("digits", "small_cnn").epochs
    assert told["repair_seconds"]["provenance"] == "measured"
    assert main(words) == 2
    assert "need --repair finetune" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--recipe", "prune:0.5,finetine:1"], "finetune, quantize, got finetine"),
        (["--layer-sparsity", "conv1=0.5"], "knows the layers blocks.0.0"),
        (["--layer-bits", "conv1=4"], "knows the layers blocks.0.0"),
        (["--sparsity", "0.99", "--granularity", "filter"], "of layer blocks.0.0: at most 0.968"),
        (["--sparsity", "0.999", "--scope", "layer"], "of layer blocks.0.0, got 0 left"),
        (["--sparsity", "0.5", "--granularity", "neuron"], "one of weight, filter, got neuron"),
        (
            ["--sparsity", "0.5", "--criterion", "batch_norm"],
            "batch_norm scores channels",
        ),
        (["--calibration", "0"], "calibration is a whole number of at least 1, got 0"),
        (["--activation-bits", "8", "--engine", "torch"], "are for engine onnxruntime"),
        (["--model", "mlp", "--sparsity", "0.5", "--repair", "batch_norm"], "finetune is possible"),
    ],
)
def test_what_cannot_be_compressed_is_one_sentence_with_what_is_possible(
    capsys: Captured, cache: Path, words: list[str], told: str
) -> None:
    assert main(["measure", "--dataset", "digits", *words]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("workbench: ")
    assert told in last


def test_how_far_it_is_is_told_about_once_a_second(capsys: Captured) -> None:
    now = 0.0
    tell = Telling(clock=lambda: now)
    stage = message("training: epoch {epoch} of {epochs}", epoch=1, epochs=1)
    tell(Progress(stage=message("these weights were never trained"), total=1))
    for done in range(101):  # ten batches a second
        now = 5 + done / 10
        tell(Progress(stage=stage, done=done, total=100))
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "these weights were never trained"
    assert told[1] == "training: epoch 1 of 1"
    assert told[2] == "training: epoch 1 of 1: 10 % done, about 9 s left"
    assert len(told) == 2 + 10


def test_a_redirected_training_tells_its_epochs_alone(capsys: Captured) -> None:
    now = 0.0
    tell = Telling(only_epochs=True, clock=lambda: now)
    stage = message("training: epoch {epoch} of {epochs}", epoch=1, epochs=1)
    found = Quantity(value=0.5, unit="fraction", provenance="measured", how=message("counted"))
    for done in range(10):
        now = 60.0 * done
        tell(Progress(stage=stage, done=done, total=10))
    tell(Progress(stage=stage, done=10, total=10, quantities={"validation_accuracy": found}))
    told = capsys.readouterr().err
    assert told == "training: epoch 1 of 1: validation accuracy 50.0 %\n"


def test_the_version_is_printed(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip().count(".") == 2
