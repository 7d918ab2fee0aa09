"""Weights belong to one training on one data set, and are never taken for another's."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from workbench.core import checkpoint
from workbench.core.architecture import architecture_of
from workbench.core.checkpoint import checkpoint_path, metadata, save_checkpoint, trained
from workbench.core.data import load
from workbench.core.experiment import run
from workbench.core.files import FileProblem
from workbench.core.models import build
from workbench.measurement import Progress, ignore
from workbench.setting import Setting

QUICK = Setting(dataset="digits", model="mlp", width=4, epochs=1)


def draw(folder: Path, *, seed: int, count: int = 6) -> Setting:
    """Noise in two classes, and a quick training on it."""
    noise = np.random.default_rng(seed)
    for number in range(count):
        path = folder / ("even", "odd")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise.integers(0, 256, (32, 32), dtype=np.uint8)).save(path)
    return replace(QUICK, dataset=f"folder:{folder}", batch_size=2)


def first_stage(setting: Setting) -> str:
    heard: list[Progress] = []
    trained(setting, load(setting.dataset), heard.append)
    return str(heard[0].stage)


def test_a_training_is_announced_with_its_epochs_before_it_begins(empty_cache: Path) -> None:
    assert first_stage(QUICK) == "these weights were never trained: training 1 epochs first"
    assert first_stage(QUICK) == "loading the trained weights"


def test_weights_of_other_pictures_are_not_taken(tmp_path: Path, empty_cache: Path) -> None:
    setting = draw(tmp_path / "pictures", seed=0)
    assert "never trained" in first_stage(setting)
    assert first_stage(setting) == "loading the trained weights"
    before = checkpoint_path(setting).read_bytes()
    draw(tmp_path / "pictures", seed=1)
    heard: list[Progress] = []
    trained(setting, load(setting.dataset), heard.append)
    assert "trained on other data: training 1 epochs anew" in str(heard[1].stage)
    assert checkpoint_path(setting).read_bytes() != before
    heard.clear()
    trained(setting, load(setting.dataset), heard.append)
    assert len(heard) == 1


def test_data_are_known_by_their_pictures_not_by_their_dates(
    tmp_path: Path, empty_cache: Path
) -> None:
    setting = draw(tmp_path / "pictures", seed=0)
    before = load(setting.dataset)
    for path in (tmp_path / "pictures").rglob("*.png"):
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
    draw(tmp_path / "other", seed=1)
    assert load(setting.dataset).identity == before.identity
    assert load(f"folder:{tmp_path / 'other'}").identity != before.identity


def test_two_folders_of_one_relative_name_are_two_data_sets(
    tmp_path: Path, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = replace(QUICK, dataset="folder:pics", batch_size=2)
    for seed, place in enumerate((tmp_path / "one", tmp_path / "two")):
        draw(place / "pics", seed=seed)
        monkeypatch.chdir(place)
        assert "never trained" in first_stage(setting)
    assert len(list((empty_cache / "checkpoints").glob("*.safetensors"))) == 2


def test_a_checkpoint_tells_its_training_and_its_data(empty_cache: Path) -> None:
    data = load("digits")
    trained(QUICK, data, ignore)
    told = metadata(checkpoint_path(QUICK))
    assert json.loads(told["setting"]) == QUICK.training.as_dict()
    assert json.loads(told["data"]) == data.identity


def test_weights_of_another_setting_under_the_same_name_are_not_taken(empty_cache: Path) -> None:
    data = load("digits")
    other = build(QUICK, data.image_shape, 10)
    save_checkpoint(other, replace(QUICK, seed=9), data, {}, checkpoint_path(QUICK))
    heard: list[Progress] = []
    trained(QUICK, data, heard.append)
    assert any("epoch 1 of 1" in str(progress.stage) for progress in heard)


def test_weights_that_do_not_fit_are_told_in_one_sentence(empty_cache: Path) -> None:
    data = load("digits")
    wider = build(replace(QUICK, width=5), data.image_shape, 10)
    save_checkpoint(wider, QUICK, data, {}, checkpoint_path(QUICK))
    with pytest.raises(FileProblem, match="does not hold the weights of this mlp") as error:
        trained(QUICK, data, ignore)
    assert "\n" not in str(error.value)


def test_a_cache_that_cannot_be_written_is_told_before_the_training(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = load("digits")
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(checkpoint, "fit", lambda *_arguments: pytest.fail("it trained"))
    with pytest.raises(FileProblem, match="WORKBENCH_CACHE"):
        trained(QUICK, data, ignore)


def test_a_run_trains_on_one_thread(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    learn = checkpoint.fit

    def fit(*arguments: object) -> nn.Module:
        threads.append(torch.get_num_threads())
        return learn(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(checkpoint, "fit", fit)
    torch.set_num_threads(2)
    try:
        run(QUICK)
    finally:
        torch.set_num_threads(1)
    assert threads == [1]


def test_a_folder_that_changes_while_the_kernel_lives_is_measured_anew(
    tmp_path: Path, empty_cache: Path
) -> None:
    setting = draw(tmp_path / "pictures", seed=0)
    first = architecture_of(setting)
    assert architecture_of(replace(setting, sparsity=0.5)) is first
    draw(tmp_path / "pictures", seed=1, count=12)
    again = architecture_of(setting)
    assert again.data is load(setting.dataset)
    assert len(again.data.train_labels) > len(first.data.train_labels)
