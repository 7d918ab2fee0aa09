"""Weights from anybody's file: put where they belong, or refused without running any code."""

import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from tests.own_networks import SHAPE, made, refusal, written_networks
from workbench.core.own_model import has_weights


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_networks(tmp_path_factory.mktemp("nets"))


@pytest.mark.parametrize("ending", ["pt", "pth", "safetensors"])
def test_weights_of_a_file_are_put_into_the_network_that_is_named(
    ending: str, networks: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"weights.{ending}"
    for model in ("small_cnn", f"file:{networks}:depthwise"):
        state = {name: value + 1 for name, value in made(model).state_dict().items()}
        save_file(state, path) if ending == "safetensors" else torch.save(state, path)
        found = made(f"file:{path}:{model}").state_dict()
        assert found.keys() == state.keys()
        for name, value in state.items():
            assert torch.equal(value, found[name])
        assert has_weights(f"file:{path}:{model}")
        assert not has_weights(model)


@pytest.mark.parametrize("key", ["state_dict", "model", ""])
def test_the_weights_in_a_checkpoint_of_a_training_script_are_found(
    key: str, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoint.pt"
    state = {name: value + 1 for name, value in made("mlp").state_dict().items()}
    parallel = {f"module.{name}": value for name, value in state.items()}
    torch.save({key: parallel, "epoch": 3} if key else parallel, path)
    found = made(f"file:{path}:mlp").state_dict()
    assert all(torch.equal(value, found[name]) for name, value in state.items())


class Code:
    """What unpickling would turn into a call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.folder),)


def test_a_pickle_with_code_is_refused_with_the_reason_and_not_run(tmp_path: Path) -> None:
    path, folder = tmp_path / "weights.pt", tmp_path / "made"
    torch.save({"weight": Code(folder)}, path)
    told = refusal(lambda: made(f"file:{path}:mlp"))
    assert "holds code beside weights" in told
    assert "mkdir" in told
    assert not folder.exists()


def test_a_whole_network_or_program_is_refused_with_what_to_do(tmp_path: Path) -> None:
    model, images = nn.Sequential(nn.Flatten(), nn.Linear(3072, 4)), torch.zeros(1, *SHAPE)
    path = tmp_path / "weights.pt"
    name = f"file:{path}:mlp"
    torch.save(model, path)
    assert "save model.state_dict()" in refusal(lambda: made(name))
    torch.jit.trace(model, images).save(path)
    assert "a whole program" in refusal(lambda: made(name))
    torch.export.save(torch.export.export(model, (images,)), path)
    assert "a whole program" in refusal(lambda: made(name))


BAD_WEIGHTS: dict[str, tuple[object, str]] = {
    "a list": ([torch.zeros(2)], "got list"),
    "a training's file": ({"model": {}, "epoch": 3}, "got model, epoch"),
    "another network's": ({"weight": torch.zeros(2)}, "does not hold the weights of this mlp"),
}


@pytest.mark.parametrize("case", BAD_WEIGHTS)
def test_other_contents_are_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    content, told = BAD_WEIGHTS[case]
    path = tmp_path / "weights.pt"
    torch.save(content, path)
    assert told in refusal(lambda: made(f"file:{path}:mlp"))


@pytest.mark.parametrize("ending", ["pt", "safetensors"])
@pytest.mark.parametrize("content", [b"", b"no weights at all", b"PK\x03\x04 broken", bytes(300)])
def test_a_broken_file_is_refused_in_one_sentence(
    ending: str, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / f"weights.{ending}"
    path.write_bytes(content)
    assert "cannot be read as weights" in refusal(lambda: made(f"file:{path}:mlp"))
