"""A network's file that changes, or that brings its weights along."""

from pathlib import Path

import pytest
import torch

from tests.drawn import QUICK, draw_textures
from tests.own_networks import written_networks
from workbench.core.architecture import architecture_of
from workbench.core.checkpoint import checkpoint_path, trained
from workbench.core.experiment import run
from workbench.measurement import Progress
from workbench.setting import Setting


@pytest.fixture
def start(tmp_path: Path, empty_cache: Path) -> Setting:
    pictures = draw_textures(tmp_path / "textures", each=12)
    model = f"file:{written_networks(tmp_path)}:residual"
    return Setting(dataset=f"folder:{pictures}", model=model, **{**QUICK, "epochs": 1})


class Heard:
    """A report that keeps what was said."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def __call__(self, progress: Progress) -> None:
        self.stages.append(str(progress.stage))

    def has(self, words: str) -> bool:
        return any(words in stage for stage in self.stages)


def test_an_edited_network_is_trained_and_measured_anew(start: Setting, tmp_path: Path) -> None:
    before, again, after = Heard(), Heard(), Heard()
    first = run(start, before)
    run(start, again)
    path = tmp_path / "networks.py"
    path.write_text(path.read_text().replace("8, 16, 3, 2, 1", "8, 16, 5, 2, 2"), encoding="utf-8")
    edited = run(start, after)
    assert before.has("never trained")
    assert not again.has("training")
    assert after.has("has changed since")
    assert edited.quantities["parameters"].value > first.quantities["parameters"].value


def test_weights_that_come_in_a_file_are_not_trained_again(start: Setting, tmp_path: Path) -> None:
    data = architecture_of(start).data
    state = trained(start, data, lambda _progress: None).state_dict()
    checkpoint_path(start).unlink()
    torch.save(state, tmp_path / "weights.pt")
    came = Setting(dataset=start.dataset, model=f"file:{tmp_path / 'weights.pt'}:{start.model}")
    heard = Heard()
    for name, value in trained(came, data, heard).state_dict().items():
        assert torch.equal(value, state[name])
    assert not heard.has("training")
    assert not checkpoint_path(came).exists()
    assert run(came).quantities["changed_answers"].value == 0


def test_weights_of_a_file_are_fine_tuned_and_compressed(start: Setting, tmp_path: Path) -> None:
    data = architecture_of(start).data
    torch.save(trained(start, data, lambda _progress: None).state_dict(), tmp_path / "w.pt")
    model = f"file:{tmp_path / 'w.pt'}:{start.model}"
    found = run(Setting(dataset=start.dataset, model=model, recipe="finetune:1,quantize:8"))
    assert "int8" in str(found.notes[0])
    assert max(point.epochs for point in found.curve) == 1
