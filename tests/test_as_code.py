"""The programs of settings run without workbench, and find what the panels show."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import onnx
import pytest
from onnx import numpy_helper

from workbench import as_code
from workbench.as_code import Search, compressing
from workbench.as_code.networks import groups
from workbench.core.architecture import _architecture, architecture_of
from workbench.core.engine import is_real_int8, scheme
from workbench.core.experiment import prepared, run
from workbench.core.precision.gradients import gradients
from workbench.core.training import watch
from workbench.lessons.kernels import START as START_FORM
from workbench.lessons.precision_surveys import START
from workbench.lessons.programs import (
    compression_of,
    data_of,
    gradients_of,
    processor,
    weights_of,
)
from workbench.locale import use_language
from workbench.measurement import ignore
from workbench.setting import PLAIN_TRAINING, Setting, after_recipe, shipped
from workbench.widgets.as_code import AsCode

FOLDER = "programs"
SCAFFOLD_BYTES = 4096
"""Names and helper nodes, of which another tool may write more: the weights are held to a byte."""
LINES = re.compile(r"accuracy: ([\d.]+) on (\d+)[^\n]*\nfile: (\d+) bytes \((.*)\)")
SIDES = ("out", "norm", "in")
DRIVER = """
import contextlib, os, pathlib, runpy, sys, traceback
sys.modules["workbench"] = None  # whoever imports it gets an ImportError
here, names = os.getcwd(), sys.argv[1:]
for name in names:
    os.chdir(pathlib.Path(here, name))
    sys.argv = ["program.py", *filter(None, pathlib.Path("files").read_text().split("\\n"))]
    with open("told", "w") as told, contextlib.redirect_stdout(told):
        try:
            runpy.run_path("program.py", run_name="__main__")
        except SystemExit as ended:
            print(ended)
        except Exception:
            traceback.print_exc(file=told)
"""
STATES: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing is taken away": ("small_cnn", {}),
    "weights pruned": ("mlp", {"sparsity": 0.8}),
    "weights pruned by gradient in each layer, batch norms measured anew": (
        "small_cnn",
        {"sparsity": 0.7, "criterion": "gradient", "scope": "layer", "repair": "batch_norm"},
    ),
    "layers of their own sparsity": (
        "small_cnn",
        {"sparsity": 0.5, "layer_sparsity": "classifier=0.8, blocks.0.0=0", "criterion": "l2"},
    ),
    "two of four, masks kept": ("small_cnn", {"pattern": "2:4", "masks": "kept"}),
    "pruned in steps by activation, fine-tuned": (
        "mlp",
        {
            "sparsity": 0.9,
            "criterion": "activation",
            "prune_steps": 2,
            "repair": "finetune",
            "repair_epochs": 1,
        },
    ),
    "neurons removed": ("mlp", {"sparsity": 0.5, "granularity": "neuron", "criterion": "random"}),
    "filters removed, fine-tuned": (
        "resnet8",
        {
            "sparsity": 0.4,
            "granularity": "filter",
            "criterion": "l2",
            "scope": "global",
            "repair": "finetune",
        },
    ),
    "filters removed by their batch norms": (
        "small_cnn",
        {
            "sparsity": 0.3,
            "granularity": "filter",
            "criterion": "batch_norm",
            "snap_to": 4,
            "layer_sparsity": "blocks.1.0=0.1",
        },
    ),
    "16 bits": ("small_cnn", {"weight_bits": 16}),
    "8 bits from the least, a tensor": (
        "small_cnn",
        {
            "weight_bits": 8,
            "activation_bits": 32,
            "weight_symmetry": "asymmetric",
            "quantized_per": "tensor",
        },
    ),
    "8 bits, symmetric": ("resnet8", {"weight_bits": 8, "activation_bits": 32}),
    "k-means of 3 bits": ("small_cnn", {"weight_bits": 3, "levels": "kmeans"}),
    "layers of their own bits": (
        "small_cnn",
        {"weight_bits": 4, "layer_bits": "classifier=2", "batch_norm": "separate"},
    ),
    "int8": ("small_cnn", {"weight_bits": 8}),
    "int8 of a residual network, pruned": ("resnet8", {"weight_bits": 8, "sparsity": 0.5}),
    "int8, percentile": (
        "resnet8",
        {"weight_bits": 8, "calibration_method": "percentile", "percentile": 99.0},
    ),
    "int8, symmetric activations by entropy": (
        "small_cnn",
        {"weight_bits": 8, "activation_symmetry": "symmetric", "calibration_method": "entropy"},
    ),
    "4 bits imitated, least squared error": (
        "small_cnn",
        {"weight_bits": 4, "activation_bits": 4, "calibration_method": "mse"},
    ),
    "16 bits imitated": ("small_cnn", {"weight_bits": 16, "activation_bits": 16}),
    "trained with 3 bits": (
        "small_cnn",
        {"weight_bits": 3, "activation_bits": 6, "qat_epochs": 1},
    ),
    "trained with int8, symmetric": (
        "mlp",
        {"weight_bits": 8, "activation_symmetry": "symmetric", "qat_epochs": 1},
    ),
    "a recipe in an unusual order": (
        "small_cnn",
        {"recipe": "quantize:6, prune:0.5, finetune:1, prune:0.3:filter, quantize:8"},
    ),
    "trained with 3 bits, a step for a tensor": (
        "resnet8",
        {
            "weight_bits": 3,
            "quantized_per": "tensor",
            "weight_symmetry": "asymmetric",
            "qat_epochs": 1,
        },
    ),
    "trained with k-means of 2 bits": (
        "small_cnn",
        {"weight_bits": 2, "levels": "kmeans", "qat_epochs": 1},
    ),
    "filters removed, rounded, fine-tuned": (
        "small_cnn",
        {"recipe": "prune:0.4:filter, quantize:8, finetune:1"},
    ),
    "PyTorch": ("small_cnn", {"engine": "torch", "sparsity": 0.5, "weight_bits": 4}),
}


def state(model: str, fields: dict[str, Any], dataset: str = "digits") -> Setting:
    return replace(shipped(dataset, model), **fields)


def files_of(setting: Setting) -> tuple[Path, Path]:
    """What a program that compresses is given."""
    return weights_of(setting), data_of(setting)


def told_by(programs: Mapping[str, tuple[str, Sequence[Path]]], folder: Path) -> dict[str, str]:
    """What each program prints, run in a folder of its own, where no workbench can be imported.

    One process runs them all, since each would import torch anew.
    """
    for name, (text, paths) in programs.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "program.py").write_text(text, encoding="utf-8")
        (folder / name / "files").write_text("\n".join(map(str, paths)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DRIVER, *programs],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "WARNING" not in done.stderr
    return {name: (folder / name / "told").read_text(encoding="utf-8") for name in programs}


def weight_bytes(model: onnx.ModelProto) -> int:
    """Bytes of all weights of a graph, in the types in which it keeps them."""
    arrays = [numpy_helper.to_array(item) for item in model.graph.initializer]
    return sum(a.nbytes for a in arrays if a.ndim in (2, 4) and a.size > len(a))


@pytest.fixture(scope="module")
def printed(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What the program of every state prints."""
    programs = {
        name: (as_code.compression(state(*each), processor()), files_of(state(*each)))
        for name, each in STATES.items()
    }
    return told_by(programs, tmp_path_factory.getbasetemp() / FOLDER)


@pytest.mark.parametrize("name", STATES)
def test_a_program_finds_what_the_panel_shows(
    name: str, printed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    setting = state(*STATES[name])
    shown, candidate = run(setting).quantities, prepared(setting)[0]
    found = re.search(LINES, printed[name])
    assert found is not None, printed[name]
    assert float(found[1]) == pytest.approx(shown["accuracy"].value, abs=0.001)
    assert int(found[2]) == shown["accuracy"].n
    assert int(found[3]) == pytest.approx(shown["file_bytes"].value, abs=SCAFFOLD_BYTES)
    if candidate.engine.graph is not None:
        written = onnx.load(tmp_path_factory.getbasetemp() / FOLDER / name / found[4])
        assert weight_bytes(written) == weight_bytes(candidate.engine.graph)


@pytest.fixture
def other_processor(
    request: pytest.FixtureRequest, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """This machine believes that its processor has these flags."""
    _architecture.cache_clear()  # its templates have the types of this processor
    scheme.cache_clear()
    monkeypatch.setattr(sys.modules["workbench.core.engine.scheme"], "cpu_flags", request.param)
    yield
    _architecture.cache_clear()
    scheme.cache_clear()


@pytest.mark.parametrize(
    "other_processor",
    [dict, lambda: {"architecture": "arm64"}],
    ids=["x86 without VNNI", "Arm"],
    indirect=True,
)
@pytest.mark.parametrize(
    "fields",
    [
        {"weight_bits": 8},
        {"weight_bits": 8, "activation_symmetry": "symmetric"},
        {"weight_bits": 8, "quantized_per": "tensor", "calibration_method": "mse"},
    ],
    ids=["plain", "symmetric", "a step for a tensor"],
)
def test_a_program_multiplies_int8_as_the_processor_does(
    other_processor: None, fields: dict[str, Any], tmp_path: Path
) -> None:
    setting = state("resnet8", fields)
    text = as_code.compression(setting, processor())
    printed = told_by({"program": (text, files_of(setting))}, tmp_path)["program"]
    found = re.search(LINES, printed)
    assert found is not None, printed
    assert float(found[1]) == pytest.approx(run(setting).quantities["accuracy"].value, abs=0.001)
    assert "weight_limit=63" in text or "activations=QuantType.QInt8" in text


TRAININGS: dict[str, dict[str, Any]] = {
    "plain descent": {"epochs": 3},
    "a convolutional network, AdamW, cosine, moved pictures": {
        "model": "small_cnn", "optimizer": "adamw", "schedule": "cosine", "learning_rate": 0.01,
        "augmentation": "shift_flip", "weight_decay": 0.01, "kernel_size": 5, "convolutions": 2,
        "epochs": 2,
    },
    "momentum, one cycle of five updates, shifts": {
        "momentum": 0.9, "schedule": "one_cycle", "batch_size": 256, "epochs": 1,
        "augmentation": "shift",
    },
    "few images, stopped early": {
        "train_images": 100, "epochs": 30, "learning_rate": 0.03, "momentum": 0.9,
        "batch_size": 8, "patience": 2, "schedule": "step",
    },
    "no padding, stride 1": {
        "model": "small_cnn", "padding": "valid", "depth": 1, "stride": 1,
        "epochs": 1, "seed": 3,
    },
    "too large steps": {"learning_rate": 10.0, "momentum": 0.9},
    "float16, mixed, the scale found": {"precision": "mixed_float16", "epochs": 2},
    "float16, mixed, a scale that overflows": {
        "precision": "mixed_float16", "loss_scale": 2**24, "model": "small_cnn", "epochs": 1,
        "train_images": 500,
    },
    "float16, mixed, not scaled": {"precision": "mixed_float16", "loss_scale": 1, "epochs": 1},
    "bfloat16, mixed": {
        "precision": "mixed_bfloat16", "model": "small_cnn", "epochs": 1, "train_images": 500,
    },
    "float16 alone": {"precision": "float16", "epochs": 2},
    "sigmoids": {"model": "sigmoid_cnn", "depth": 2, "epochs": 1},
    "a residual network": {"model": "resnet8", "depth": 2, "width": 8, "epochs": 1},
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What the program of every training prints."""
    settings = {name: replace(PLAIN_TRAINING, **fields) for name, fields in TRAININGS.items()}
    programs = {n: (as_code.training(s), [data_of(s)]) for n, s in settings.items()}
    return told_by(programs, tmp_path_factory.mktemp("trainings"))


@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_program_has_the_losses_of_the_panel(
    name: str, trained: Mapping[str, str]
) -> None:
    shown = watch(replace(PLAIN_TRAINING, **TRAININGS[name]), ignore)
    losses = [float(each) for each in re.findall(r"([\d.]+) on validation", trained[name])]
    expected = [m.quantities["validation_loss"].value for m in shown.validated]
    assert losses == pytest.approx(expected, abs=1e-3)
    left_out = re.findall(r"(\d+) updates were left out", trained[name])
    if left_out:
        assert int(left_out[-1]) == shown.quantities["skipped_updates"].value
    is_over = shown.outcome == "diverged"
    assert ("diverged: the learning rate is too large" in trained[name]) == is_over


OWN = {
    "layer_bits": "stem.0=3, blocks.0.first.0=4, blocks.0.second.0=2, blocks.1.first.0=6",
    "weight_bits": 5, "activation_bits": 32,
}  # fmt: skip
OTHER = as_code.Processor(weight_bits=7, has_signed_activations=True)
SEARCH = Search(
    setting=PLAIN_TRAINING, axes={"learning_rate": (0.1, 1.0)}, sampler="TPESampler(seed=0)",
    pruner="NopPruner()", trials=3, seconds=None, grid={"learning_rate": (0.1,)}, idle=frozenset(),
)  # fmt: skip
WIDE = replace(START_FORM, convolutions=3)
TEXTS = [
    *(as_code.training(replace(PLAIN_TRAINING, **fields)) for fields in TRAININGS.values()),
    *(as_code.compression(state(*each), OTHER) for each in (*STATES.values(), ("resnet8", OWN))),
    as_code.gradients(START),
    as_code.searching(SEARCH),
    as_code.form(WIDE),
    as_code.form(replace(WIDE, engine="torch")),
    as_code.kernel_sizes(WIDE, (1, 3, 5, 7)),
    as_code.timing(as_code.Calls(PLAIN_TRAINING, True, 2, 8, 200)),
    as_code.timing(as_code.Calls(replace(PLAIN_TRAINING, engine="torch"), False, 2, 0, 200)),
    as_code.casting(Fraction(1, 3), Fraction(1)),
    as_code.adding(inf, Fraction(1, 3), 1000, Fraction(2, 3)),
    as_code.rounding([0.123456789] * 9, [1e-9] * 9, [-3] * 9, (-8, 7)),
]


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every text."""
    folder = tmp_path_factory.mktemp("texts")
    for number, text in enumerate(TEXTS):
        (folder / f"program_{number}.py").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "rules",
    ["F", "I", "E501", "ANN001,ANN201,ANN202"],
    ids=["names that are not there", "imports in groups", "long lines", "no annotations"],
)
def test_programs_read_as_python_is_written(rules: str, texts: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length=100",
         f"--select={rules}", "."],
        cwd=texts, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_no_program_needs_workbench() -> None:
    assert not [text for text in TEXTS if "workbench" in text]


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("mobilenet_v3_small", {}),
        ("mlp", {"granularity": "filter", "sparsity": 0.5}),
    ],
)
def test_what_is_no_short_program_is_said_in_one_sentence(
    model: str, fields: dict[str, Any]
) -> None:
    why = as_code.untold(Setting(model=model, **fields))
    assert why is not None
    assert str(why).count(". ") == 0


@pytest.mark.parametrize(
    "fields", [{}, {"loss_scale": 2**20}, {"model": "small_cnn", "loss_scale": 2**8}], ids=str
)
def test_the_program_of_a_way_back_counts_what_the_panel_counts(
    fields: dict[str, Any], cache: Path, tmp_path: Path
) -> None:
    setting = replace(START, **fields)
    told = gradients_of(setting)
    printed = told_by({"program": (told.text, told.files)}, tmp_path)["program"]
    shown = gradients(setting, ignore).quantities
    found = [int(each) for each in re.findall(r": (\d+) of", printed)]
    assert found == [shown["lost"].value, shown["overflowed"].value]


def test_a_layer_that_has_no_channels_to_give_is_named() -> None:
    fields = {"granularity": "filter", "sparsity": 0.5, "layer_sparsity": "classifier=0.5"}
    why = str(as_code.untold(state("small_cnn", fields)))
    assert "layer_sparsity" in why
    assert "classifier" in why


def test_a_program_that_lacks_its_files_says_what_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(as_code.training(PLAIN_TRAINING), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 1
    assert "python program.py DATA" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("model", ["mlp", "small_cnn", "resnet8", "sigmoid_cnn"])
@pytest.mark.parametrize("depth", [None, 1, 3])
def test_channels_that_go_together_are_those_that_are_traced(
    model: str, depth: int | None, cache: Path
) -> None:
    setting = Setting(model=model, depth=depth)
    traced = architecture_of(setting).groups
    assert list(groups(setting)) == [group.name for group in traced]
    for ours, theirs in zip(groups(setting).values(), traced, strict=True):
        sides = {side: [p.layer for p in theirs.places if p.side == side] for side in SIDES}
        assert sorted(ours.out) == sorted(sides["out"])
        assert sorted(ours.norms) == sorted(sides["norm"])
        assert sorted(ours.readers) == sorted(sides["in"])


@pytest.mark.parametrize("fields", [fields for _model, fields in STATES.values()])
def test_int8_is_told_where_the_engine_computes_it(fields: dict[str, Any]) -> None:
    plain = after_recipe(state("small_cnn", fields)).effective
    assert compressing.is_real_int8(plain) == is_real_int8(plain)


def test_the_switch_shows_the_program_of_the_setting_of_the_moment(cache: Path) -> None:
    use_language("en")
    code, moment = AsCode(compression_of), SimpleNamespace(setting=state("mlp", {"sparsity": 0.5}))
    code.view.draw(moment)
    switch, opened = code.widget.children
    program = opened.children[-1]
    assert program.value == ""
    switch.value = True
    assert "zero_lowest(model, scores, 0.5)" in program.value
    code.view.draw(SimpleNamespace(setting=state("mlp", {"sparsity": 0.9})))
    assert "zero_lowest(model, scores, 0.9)" in program.value
    code.view.draw(SimpleNamespace(setting=Setting(model="vgg11")))
    assert "<pre" not in program.value
    assert "vgg11" in program.value
