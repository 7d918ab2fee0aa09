"""The zip of a program: it runs where it is unpacked, and holds nothing of this computer."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import ipywidgets
import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load, load_file, save_file

from tests.test_as_code import DRIVER, state, told_by
from tests.test_as_code_panels import FORMS
from workbench.as_code import Program, archive
from workbench.core.studies import short_trainings
from workbench.lessons.form_programs import form_of, kernel_sizes_of
from workbench.lessons.number_programs import casting_of
from workbench.lessons.precision_surveys import START
from workbench.lessons.programs import compression_of, gradients_of, timing_of, training_of
from workbench.locale import message, use_language
from workbench.measurement.noise import Conditions
from workbench.places import data_folder
from workbench.setting import PLAIN_TRAINING, Setting
from workbench.widgets.as_code import AsCode

PROGRAMS: dict[str, Callable[[], Program]] = {
    "int8": lambda: compression_of(state("small_cnn", {"weight_bits": 8})),
    "pruned by activation, batch norms measured anew": lambda: compression_of(
        state("small_cnn", {"sparsity": 0.7, "criterion": "activation", "repair": "batch_norm"})
    ),
    "fine-tuned": lambda: compression_of(
        state("mlp", {"sparsity": 0.5, "repair": "finetune", "repair_epochs": 1})
    ),
    "few images": lambda: training_of(replace(PLAIN_TRAINING, epochs=1, train_images=100)),
    "a way back": lambda: gradients_of(replace(START, model="small_cnn", dataset="digits")),
    "a form": lambda: form_of(FORMS["as the lesson begins"]),
    "windows": lambda: kernel_sizes_of(Setting(dataset="digits", width=4)),
}


def unpacked(program: Program) -> dict[str, bytes]:
    with ZipFile(BytesIO(archive(program))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_a_program_finds_the_same_where_it_is_unpacked(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = {"train_images": 200, "epochs": 1}
    monkeypatch.setitem(short_trainings.SHORT, "digits", quick)  # type: ignore[arg-type]
    programs = {name: make() for name, make in PROGRAMS.items()}
    here = told_by({n: (p.text, p.files) for n, p in programs.items()}, tmp_path / "here")
    there = tmp_path / "there"
    for name, program in programs.items():
        with ZipFile(BytesIO(archive(program))) as packed:
            packed.extractall(there / name)
        given = unpacked(program)["README.txt"].decode().splitlines()[0].split("program.py ")[1]
        (there / name / "files").write_text(given.replace(" ", "\n"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DRIVER, *programs],
        cwd=there, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    for name in programs:
        assert (there / name / "told").read_text(encoding="utf-8") == here[name], name


def test_the_licence_of_the_images_lies_beside_them(cache: Path) -> None:
    files = unpacked(training_of(PLAIN_TRAINING))
    licence = (data_folder() / "LICENSE-digits.txt").read_bytes()
    assert files["data/LICENSE.txt"] == licence
    assert "data/LICENSE.txt" in files["README.txt"].decode()
    assert len(files["README.txt"].decode().splitlines()) == 2


def test_only_images_that_are_read_are_packed(cache: Path) -> None:
    fashion = compression_of(state("small_cnn", {"weight_bits": 8}, "fashion_mnist"))
    files = unpacked(fashion)
    assert "data/validation_images.npy" not in files
    assert np.load(BytesIO(files["data/train_images.npy"])).shape == (1024, 1, 28, 28)
    assert len(archive(fashion)) < 6 * 2**20


def test_weights_are_packed_without_what_is_told_beside_them(tmp_path: Path) -> None:
    path, arrays = tmp_path / "w.safetensors", {"a": np.ones(3, np.float32), "b": np.zeros((2, 2))}
    save_file(arrays, path, {"setting": json.dumps({"dataset": f"folder:{tmp_path}"})})
    packed = unpacked(Program(text="", about=message("weights"), weights=path))
    found = packed["weights.safetensors"]
    assert str(tmp_path).encode() not in found
    (tmp_path / "again.safetensors").write_bytes(found)
    with safe_open(tmp_path / "again.safetensors", "numpy") as file:
        assert file.metadata() is None
    for name, array in load(found).items():
        assert (array == arrays[name]).all()
    assert load(found).keys() == load_file(path).keys()


def test_images_that_are_too_many_are_refused_in_one_sentence(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["workbench.as_code.archive"], "MOST_BYTES", 2**10)
    with pytest.raises(ValueError, match=r"copy .* yourself, got 0 MB"):
        archive(training_of(PLAIN_TRAINING))


def offer(code: AsCode) -> Any:
    return code.widget.children[1].children[0]


def handout(code: AsCode) -> Any:
    return offer(code).children[0]


def test_a_click_hands_the_zip_to_the_page(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_language("en")
    code = AsCode(timing_of, lambda conditions: conditions)
    code.view.draw(Conditions(setting=state("mlp", {"inference_batch": 1})))
    code.widget.children[0].value = True
    sent: list[tuple[dict[str, str], list[bytes]]] = []
    monkeypatch.setattr(handout(code), "send", lambda *told: sent.append(told))
    handout(code).value = {"format": "zip", "at": 1}
    ((about, (packed,)),) = sent
    assert about == {"name": "program.zip", "type": "application/zip"}
    with ZipFile(BytesIO(packed)) as files:
        assert {"program.py", "weights.safetensors", "data/test_images.npy"} <= {*files.namelist()}


def test_what_cannot_be_packed_is_said_below_the_button(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_language("en")
    code = AsCode(compression_of)
    never = replace(state("mlp", {}), seed=4, epochs=1)
    code.view.draw(SimpleNamespace(setting=never))
    code.widget.children[0].value = True
    handout(code).value = {"format": "zip", "at": 1}
    status = code.widget.children[1].children[1]
    assert isinstance(status, ipywidgets.HTML)
    assert "let the panel measure first" in status.value


def test_a_program_that_is_given_no_files_is_no_zip() -> None:
    use_language("en")
    code = AsCode(casting_of, lambda words: words)
    assert offer(code).layout.display == "none"
    code.view.draw(("0.1", "1"))
    code.widget.children[0].value = True
    assert offer(code).layout.display == "none"
    code = AsCode(training_of)
    code.view.draw(SimpleNamespace(setting=PLAIN_TRAINING))
    code.widget.children[0].value = True
    assert offer(code).layout.display is None
