"""Recorded trainings: made by the command, told as recorded, resumed after whatever ended it."""

import errno
import json
import lzma
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.core import recording
from workbench.core.data import load
from workbench.core.files import FileProblem
from workbench.core.recorded import Row, grid_path, recorded_training
from workbench.core.recording import record
from workbench.core.training import watch
from workbench.measurement import Progress, Superseded, ignore
from workbench.setting import PLAIN_TRAINING, SPACE, Setting, recorded_settings

FEW = [
    replace(PLAIN_TRAINING, epochs=2, learning_rate=rate, batch_size=size)
    for rate, size in ((0.1, 256), (0.3, 256), (10.0, 32))
]


@pytest.fixture
def path(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a grid is recorded, with a journal of its own."""
    monkeypatch.setattr(recording, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "recorded" / "trainings.json.xz"


def rows_of(path: Path) -> list[dict[str, object]]:
    return list(json.loads(lzma.decompress(path.read_bytes()))["rows"])


def test_the_grid_that_ships_holds_every_rate_batch_and_kernel_size_from_several_seeds() -> None:
    content = json.loads(lzma.decompress(grid_path().read_bytes()))
    assert len(content["rows"]) == len(list(recorded_settings()))
    assert {"processor", "torch", "workbench"} <= set(content["machine"])
    assert content["date"]
    assert grid_path().stat().st_size < 200_000
    settings = list(recorded_settings())
    for name in ("learning_rate", "batch_size"):
        assert {getattr(s, name) for s in settings} == set(SPACE[name])
    kernels = {s.kernel_size for s in settings if s.model == "small_cnn"}
    assert kernels == set(SPACE["kernel_size"])
    assert len({s.seed for s in settings}) >= 3


@pytest.mark.parametrize("model", ["mlp", "small_cnn"])
def test_a_recorded_training_says_so_in_every_number(model: str, cache: Path) -> None:
    found = recorded_training(replace(PLAIN_TRAINING, model=model), load("digits"))
    assert found is not None
    assert found.is_recorded
    told = [*found.quantities.values(), *(q for m in found.moments for q in m.quantities.values())]
    assert {quantity.provenance for quantity in told} == {"recorded"}
    assert "20" in str(told[0].how)  # the year of the date


def test_a_recorded_training_is_what_this_machine_would_learn_within_noise(cache: Path) -> None:
    found = recorded_training(PLAIN_TRAINING, load("digits"))
    assert found is not None
    before = found.validated[-1].quantities["validation_accuracy"]
    now = watch(PLAIN_TRAINING, ignore).validated[-1].quantities["validation_accuracy"]
    assert (now.low or 0) <= before.value <= (now.high or 1)


@pytest.mark.parametrize(
    "setting",
    [replace(PLAIN_TRAINING, epochs=3), replace(PLAIN_TRAINING, seed=9), Setting()],
)
def test_what_was_not_recorded_is_not_made_up(setting: Setting, cache: Path) -> None:
    assert recorded_training(setting, load("digits")) is None


def test_other_data_of_the_same_name_has_no_recorded_training(cache: Path) -> None:
    other = replace(load("digits"), identity="another")
    assert recorded_training(PLAIN_TRAINING, other) is None


def test_a_row_keeps_what_was_measured(cache: Path) -> None:
    training = watch(FEW[0], ignore)
    row = Row.of(training)
    last = training.validated[-1].quantities
    loss, right, asked, of_validation, right_of = row.epochs[-1]
    assert right_of / row.validation_images == last["validation_accuracy"].value
    assert of_validation == pytest.approx(last["validation_loss"].value, rel=1e-4)
    assert asked == len(load("digits").train_labels)
    assert 0 <= right <= asked
    assert loss > 0


def test_a_grid_is_recorded_and_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert record(FEW, path, ignore) == len(FEW)
    monkeypatch.setattr("workbench.core.recorded.grid_path", lambda: path)
    found = recorded_training(FEW[0], load("digits"))
    assert found is not None
    assert len(found.validated) == 2
    diverged = recorded_training(FEW[2], load("digits"))
    assert diverged is not None
    assert diverged.outcome == "diverged"


@pytest.mark.parametrize("nth", [1, 2])
def test_a_stopped_recording_goes_on_where_it_was(path: Path, nth: int) -> None:
    def stop(progress: Progress) -> None:
        if progress.done == nth:
            raise Superseded

    with pytest.raises(Superseded):
        record(FEW, path, stop)
    assert not path.exists()
    assert record(FEW, path, ignore) == len(FEW) - nth
    assert len(rows_of(path)) == len(FEW)


def full_after(rows: int) -> Callable[[recording.Journal, Setting, dict[str, object]], None]:
    """A journal whose disk is full after so many rows."""
    add, count = recording.Journal.add, iter(range(100))

    def adding(journal: recording.Journal, setting: Setting, row: dict[str, object]) -> None:
        if next(count) == rows:
            with recording.told_of(path := Path("/full")):
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
        add(journal, setting, row)

    return adding


def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_lost(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording.Journal, "add", full_after(2))
    with pytest.raises(FileProblem, match="the disk is full") as error:
        record(FEW, path, ignore)
    assert "\n" not in str(error.value)
    assert not path.exists()
    monkeypatch.undo()
    monkeypatch.setattr(recording, "cache_folder", lambda: path.parent.parent / "cache")
    assert record(FEW, path, ignore) == 1


def test_a_line_that_a_crash_cut_short_costs_that_row_alone(path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.done == 2:
            raise Superseded

    with pytest.raises(Superseded):
        record(FEW, path, stop)
    journal = next((path.parent.parent / "cache" / "recorded").iterdir())
    whole = journal.read_text()
    journal.write_text(whole[: len(whole) - 20])
    assert record(FEW, path, ignore) == 2
    assert len(rows_of(path)) == len(FEW)


def test_a_file_that_is_no_grid_is_told_in_a_sentence(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(FEW, path, ignore)
    path.write_bytes(path.read_bytes()[:-10])
    monkeypatch.setattr("workbench.core.recorded.grid_path", lambda: path)
    with pytest.raises(FileProblem, match="truncated or altered"):
        recorded_training(FEW[0], load("digits"))
