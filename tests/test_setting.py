"""A setting is a value: frozen, its own judge, and the key of what was trained."""

import json
import shlex
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path
from typing import Any

import pytest

from workbench.core.checkpoint import checkpoint_path, metadata
from workbench.core.files import check, manifest
from workbench.measurement import Quantity
from workbench.places import data_folder
from workbench.setting import SHIPPED, SPACE, TRAINING, Setting, shipped

SHIPPED_SETTINGS = [pytest.param(value, id=" ".join(key)) for key, value in SHIPPED.items()]

OTHER: dict[str, Any] = {
    "dataset": "digits", "model": "resnet8", "width": 8, "depth": 1, "kernel_size": 5,
    "convolutions": 2, "stride": 1, "padding": "valid", "optimizer": "adamw", "momentum": 0.5,
    "weight_decay": 0.0, "schedule": "cosine", "patience": 3, "train_images": 500,
    "learning_rate": 0.03, "batch_size": 64, "epochs": 1, "augmentation": "none", "seed": 7,
    "device": "cuda",
    "precision": "mixed_float16", "loss_scale": 1024,
    "sparsity": 0.5, "granularity": "filter", "criterion": "random", "scope": "layer",
    "pattern": "2:4", "layer_sparsity": "classifier=0.3", "masks": "kept", "snap_to": 8,
    "prune_steps": 3, "repair": "finetune", "repair_epochs": 2, "finetune_rate": 0.3,
    "weight_bits": 4, "activation_bits": 8, "weight_symmetry": "asymmetric",
    "activation_symmetry": "symmetric", "quantized_per": "tensor", "levels": "kmeans",
    "batch_norm": "separate", "layer_bits": "classifier=8", "calibration": 32,
    "calibration_method": "mse", "percentile": 99.0, "qat_epochs": 1,
    "recipe": "prune:0.5,quantize:8", "engine": "torch", "inference_batch": 1,
}  # fmt: skip
RUNNING = {"engine", "device", "inference_batch"}
COMPRESSION = set(OTHER) - RUNNING - set(TRAINING)

WRONG = [
    ("width", 0, "whole number of at least 1"),
    ("width", 2.5, "whole number of at least 1"),
    ("depth", -1, "whole number of at least 1"),
    ("kernel_size", 0, "whole number of at least 1"),
    ("kernel_size", 4, "odd"),
    ("learning_rate", 0.0, "a number above 0"),
    ("learning_rate", -0.1, "a number above 0"),
    ("learning_rate", float("inf"), "a number above 0"),
    ("learning_rate", float("nan"), "a number above 0"),
    ("batch_size", 0, "whole number of at least 1"),
    ("batch_size", True, "whole number of at least 1"),
    ("epochs", 0, "whole number of at least 1"),
    ("convolutions", 0, "whole number of at least 1"),
    ("stride", 0, "whole number of at least 1"),
    ("padding", "zeros", "one of same, valid"),
    ("optimizer", "adam", "one of sgd, adamw"),
    ("schedule", "warm", "one of one_cycle, constant, step, cosine"),
    ("momentum", 1.0, "0 <= momentum < 1"),
    ("momentum", float("nan"), "0 <= momentum < 1"),
    ("weight_decay", -0.1, "0 <= weight_decay < 1"),
    ("patience", -1, "whole number of at least 0"),
    ("train_images", -1, "whole number of at least 0"),
    ("augmentation", "mirror", "one of none, shift, shift_flip"),
    ("seed", -1, "whole number of at least 0"),
    ("seed", 2**63, "whole number below 9223372036854775808"),
    ("precision", "float64", "one of float32, mixed_float16, mixed_bfloat16, float16"),
    ("loss_scale", 3, "0 (dynamic), 1 (none) or a power of two up to 16777216"),
    ("loss_scale", -1, "0 (dynamic), 1 (none) or a power of two up to 16777216"),
    ("loss_scale", True, "0 (dynamic), 1 (none) or a power of two up to 16777216"),
    ("loss_scale", 2.0, "0 (dynamic), 1 (none) or a power of two up to 16777216"),
    ("loss_scale", 2**25, "0 (dynamic), 1 (none) or a power of two up to 16777216"),
    ("sparsity", 1.0, "0 <= sparsity < 1"),
    ("sparsity", -0.05, "0 <= sparsity < 1"),
    ("sparsity", float("nan"), "0 <= sparsity < 1"),
    ("weight_bits", 9, "one of 32, 16, 8, 7, 6, 5, 4, 3, 2"),
    ("weight_bits", 1, "one of 32, 16, 8, 7, 6, 5, 4, 3, 2"),
    ("activation_bits", 9, "one of 32, 16, 8, 7, 6, 5, 4, 3, 2"),
    ("granularity", "kernel", "one of weight, neuron, filter"),
    ("criterion", "l1", "one of magnitude, l2, random, gradient, activation, batch_norm"),
    ("scope", "net", "one of global, layer"),
    ("pattern", "4:2", "N below M"),
    ("pattern", "2:x", "N:M"),
    ("layer_sparsity", "classifier:0.3", "LAYER=VALUE"),
    ("layer_sparsity", "=0.3", "LAYER=VALUE"),
    ("layer_bits", "classifier=four", "LAYER=VALUE"),
    ("snap_to", 0, "whole number of at least 1"),
    ("prune_steps", 0, "whole number of at least 1"),
    ("repair", "retrain", "one of none, batch_norm, finetune"),
    ("repair_epochs", 0, "whole number of at least 1"),
    ("finetune_rate", 0, "a number above 0"),
    ("calibration", 0, "whole number of at least 1"),
    ("percentile", 101, "50 to 100"),
    ("qat_epochs", -1, "whole number of at least 0"),
    ("engine", "tensorrt", "one of onnxruntime, torch"),
    ("device", "tpu", "one of cpu, cuda, mps"),
    ("inference_batch", 0, "whole number of at least 1"),
]


def test_a_setting_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Setting().sparsity = 0.5  # type: ignore[misc]


def test_equal_settings_are_one_key() -> None:
    assert {Setting(sparsity=0.5): "seen"}[replace(Setting(), sparsity=0.5)] == "seen"
    assert len({Setting(), Setting(sparsity=0.5), Setting(weight_bits=8)}) == 3


@pytest.mark.parametrize(("name", "value", "rule"), WRONG)
def test_a_wrong_value_is_a_sentence_with_field_rule_and_value(
    name: str, value: Any, rule: str
) -> None:
    with pytest.raises(ValueError, match=name) as error:
        Setting(**{name: value})
    sentence = str(error.value)
    assert rule in sentence
    assert f"got {value}" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("name", SPACE)
def test_every_value_of_the_space_is_legal(name: str) -> None:
    for value in SPACE[name]:
        assert getattr(Setting(**{name: value}), name) == value


def test_the_space_names_fields_and_repeats_no_value() -> None:
    assert set(SPACE) <= {field.name for field in fields(Setting)}
    assert all(len(set(values)) == len(values) for values in SPACE.values())


@pytest.mark.parametrize("name", ["sparsity", "learning_rate", "finetune_rate", "percentile"])
def test_floats_of_the_space_are_exact_keys(name: str) -> None:
    for value in SPACE[name]:
        assert float(f"{value:.6g}") == value
        assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize("name", OTHER)
def test_the_baseline_differs_in_compression_alone(name: str) -> None:
    changed = replace(Setting(), **{name: OTHER[name]})
    kept = getattr(Setting(), name) if name in COMPRESSION else OTHER[name]
    assert getattr(changed.baseline, name) == kept
    assert changed.baseline.baseline == changed.baseline


@pytest.mark.parametrize("name", OTHER)
def test_the_checkpoint_is_named_by_what_the_weights_depend_on(name: str) -> None:
    changed = replace(Setting(), **{name: OTHER[name]})
    is_same = name in COMPRESSION | RUNNING
    assert (changed.training == Setting().training) == is_same
    assert (changed.checkpoint_name == Setting().checkpoint_name) == is_same


def test_the_checkpoints_name_is_a_file_name_everywhere() -> None:
    name = Setting(dataset="folder:/home/me/My pictures?*<>|", model="a/b\\c").checkpoint_name
    stem, dot, ending = name.rpartition(".")
    assert (dot, ending) == (".", "safetensors")
    assert all(c.isalnum() or c in "_-" for c in stem)
    assert len(name) < 100


def test_a_folder_is_named_by_its_full_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = set()
    for place in (tmp_path / "one", tmp_path / "two"):
        (place / "pics").mkdir(parents=True)
        monkeypatch.chdir(place)
        relative, full = Setting(dataset="folder:pics"), Setting(dataset=f"folder:{place / 'pics'}")
        assert relative.checkpoint_name == full.checkpoint_name
        assert relative.training.dataset == full.dataset
        names.add(relative.checkpoint_name)
    assert len(names) == 2


def test_every_field_has_another_value_here() -> None:
    assert set(OTHER) == {field.name for field in fields(Setting)}


def test_a_setting_survives_json() -> None:
    fields_alone = {name: value for name, value in OTHER.items() if name != "recipe"}
    setting = Setting(**fields_alone | {"granularity": "weight", "engine": "onnxruntime"})
    assert Setting.from_dict(json.loads(json.dumps(setting.as_dict()))) == setting


def test_an_unknown_field_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="nbits") as error:
        Setting.from_dict({"nbits": 4})
    assert all(field.name in str(error.value) for field in fields(Setting))


def test_what_does_not_ship_has_the_defaults() -> None:
    assert shipped("digits", "small_cnn") in SHIPPED.values()
    assert shipped("CIFAR10", "resnet18") == Setting(dataset="CIFAR10", model="resnet18")


def test_every_bundled_data_set_and_network_of_the_controls_ships() -> None:
    """All but the one that stays untrained: it is there for its vanishing gradients."""
    models = set(SPACE["model"]) - {"sigmoid_cnn"}
    assert set(SHIPPED) == {(data, model) for data in SPACE["dataset"] for model in models}
    assert all((key == (s.dataset, s.model)) for key, s in SHIPPED.items())


@pytest.mark.parametrize("setting", SHIPPED_SETTINGS)
def test_shipped_weights_are_in_the_manifest_and_tell_their_setting(setting: Setting) -> None:
    path = check(checkpoint_path(setting))
    assert path.relative_to(data_folder()).as_posix() in manifest(data_folder())
    told = metadata(path)
    assert Setting.from_dict(json.loads(told["setting"])) == setting.training
    assert {"torch", "workbench"} <= set(json.loads(told["machine"]))


@pytest.mark.parametrize("setting", SHIPPED_SETTINGS)
def test_shipped_weights_are_as_accurate_as_promised(setting: Setting) -> None:
    promised = {("fashion_mnist", "small_cnn"): 0.905, ("fashion_mnist", "resnet8"): 0.925}
    least = promised.get((setting.dataset, setting.model), 0.0)
    least = 0.97 if setting.dataset == "digits" else least
    found = Quantity(**json.loads(metadata(checkpoint_path(setting))["measured"])["accuracy"])
    assert found.provenance == "measured"
    assert found.n == (10_000 if setting.dataset == "fashion_mnist" else 359)
    assert found.value >= least


@pytest.mark.parametrize("setting", SHIPPED_SETTINGS)
def test_the_log_of_a_shipped_training_begins_with_its_command(setting: Setting) -> None:
    log = checkpoint_path(setting).with_suffix(".log")
    words = shlex.split(log.read_text(encoding="utf-8").splitlines()[0])
    assert words[:3] == ["$", "workbench", "train"]
    assert words[words.index("--dataset") + 1] == setting.dataset
    assert words[words.index("--model") + 1] == setting.model
