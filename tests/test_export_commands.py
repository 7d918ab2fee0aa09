"""workbench export, as it is typed."""

import json
from pathlib import Path

import pytest

from workbench.__main__ import main

WORDS = ["export", "--dataset", "digits", "--model", "mlp"]


def test_export_writes_the_folder_and_says_what_is_in_it(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "net"
    assert main([*WORDS, "--recipe", "prune:0.5,quantize:8", "--out", str(folder)]) == 0
    told = capsys.readouterr().out
    for path in folder.iterdir():
        assert str(path) in told
    assert "accuracy" in told


def test_export_answers_as_one_json_object(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "net"
    assert main([*WORDS, "--weight-bits", "8", "--out", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["setting"]["weight_bits"] == 8
    assert told["files"]["model.onnx"]["value"] == told["file_bytes"]["value"]
    assert set(told["files"]) == {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "exists already"),
        (["--epochs", "3"], "need --repair finetune"),
        (["--engine", "torch"], "engine onnxruntime, got torch"),
        (["--model", "file:net.txt:make"], "file:PATH.py:FACTORY"),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(
    words: list[str], sentence: str, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path if not words else tmp_path / "net"
    assert main([*WORDS, *words, "--out", str(folder)]) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert len([line for line in told.err.splitlines() if line.startswith("workbench:")]) == 1
    assert not told.out
    assert not list(tmp_path.iterdir())
