"""Device cards: what is written is read again, nothing is passed off as measured here."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import torch

from workbench.__main__ import main
from workbench.core import device_cards, device_timing
from workbench.core.files import FileProblem
from workbench.core.publication import write_with_sidecar
from workbench.measurement import DeviceCard, Progress, Superseded, Timing, ignore
from workbench.widgets.device_cards import DeviceCards

DAY = date(2026, 11, 24)
CARD = DeviceCard(
    device="cuda",
    name="a card of this test",
    machine={"torch": "9"},
    timings=(
        Timing(work="inference", network="small_cnn", engine="torch", precision="tf32", batch=1,
               samples_ms=(1.0, 2.0, 3.0)),
    ),
)  # fmt: skip


def test_a_card_that_was_written_is_read_again_as_recorded(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    device_cards.write(CARD, path, DAY)
    found = device_cards.read(path)
    assert replace(found, day="").timings == CARD.timings
    assert found.quantity(found.timings[0]).provenance == "recorded"
    assert DAY.isoformat() in str(found.quantity(found.timings[0]).how)
    assert CARD.quantity(CARD.timings[0]).provenance == "measured"


def test_one_caption_names_the_machine_for_all_bars_of_a_card() -> None:
    first = CARD.timings[0]
    timings = (first, replace(first, precision="float32", samples_ms=(1.0, 2.0)))
    recorded = replace(CARD, timings=timings, day=DAY.isoformat())
    cards = DeviceCards(lambda report: recorded, lambda: (recorded,))
    cards._take(None)
    told = cards._shown.value
    cards.task.close()
    assert told.count(f"recorded on {DAY.isoformat()} on {CARD.name}") == 1
    assert "all bars: recorded" in told
    assert "of 2–3 timings" in told


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: {**content, "format": 2},
        lambda content: {**content, "timings": [{"batch": 1}]},
        lambda content: {"format": 1},
        lambda content: [],
    ],
)
def test_what_is_no_card_is_one_sentence(spoil: Callable[[object], object], tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    device_cards.write(CARD, path, DAY)
    spoiled = json.dumps(spoil(json.loads(path.read_text()))).encode()
    write_with_sidecar(path, spoiled)
    with pytest.raises(FileProblem, match=r"^.* is no device card; .*$"):
        device_cards.read(path)


def test_an_altered_card_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    device_cards.write(CARD, path, DAY)
    path.write_text(path.read_text().replace("1.0", "0.1"))
    with pytest.raises(FileProblem, match="altered"):
        device_cards.read(path)


def test_every_type_of_a_device_is_timed_in_every_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_timing, "NETWORKS", ("small_cnn",))
    monkeypatch.setattr(device_timing, "ROUNDS", 2)
    monkeypatch.setattr(device_timing, "SECONDS", 1e-4)
    card = device_timing.device_card("cpu", ignore)
    assert {t.precision for t in card.timings if t.work == "update"} == {
        "float32",
        "mixed_bfloat16",
        "mixed_float16",
    }
    answers = [t for t in card.timings if t.work == "inference"]
    assert {(t.engine, t.precision, t.batch) for t in answers} == {
        *(
            ("torch", kind, batch)
            for kind in ("float32", "bfloat16", "float16")
            for batch in (1, 64)
        ),
        *(("onnxruntime", kind, batch) for kind in ("float32", "int8") for batch in (1, 64)),
    }
    assert all(
        len(timing.samples_ms) >= 2 and min(timing.samples_ms) > 0 for timing in card.timings
    )


def test_a_measuring_that_nobody_wants_ends_between_two_timings() -> None:
    def refuse(progress: Progress) -> None:
        if progress.done:
            raise Superseded

    with pytest.raises(Superseded):
        device_timing.device_card("cpu", refuse)


def test_tf32_is_a_type_of_cuda_alone() -> None:
    assert "tf32" in device_timing.precisions("cuda")
    assert "tf32" not in {*device_timing.precisions("cpu"), *device_timing.precisions("mps")}


@pytest.mark.parametrize(("precision", "allowed"), [("float32", False), ("tf32", True)])
def test_float32_on_cuda_is_float32_unless_tf32_is_asked(*, precision: str, allowed: bool) -> None:
    before = torch.backends.cudnn.allow_tf32
    with device_timing.real_float32(precision):
        assert torch.backends.cudnn.allow_tf32 is allowed
        assert torch.backends.cuda.matmul.allow_tf32 is allowed
    assert torch.backends.cudnn.allow_tf32 is before


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_card_has_every_type() -> None:
    card = device_timing.device_card("cuda", ignore)
    answers = [timing for timing in card.timings if timing.work == "inference"]
    assert {timing.precision for timing in answers} == set(device_timing.TYPES)


def test_record_device_writes_a_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(device_timing, "device_card", lambda device, report: CARD)
    path = tmp_path / "new" / "card.json"
    assert main(["record", "device", "--output", str(path)]) == 0
    assert device_cards.read(path).timings == CARD.timings
    assert CARD.name in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["record", "grid", "--device", "cpu"], "--device is for"),
        (["record", "device", "--device", "mps"], "MPS"),
        (["record", "device", "--output", "/proc/none/card.json"], "cannot write in"),
    ],
)
def test_a_card_that_cannot_be_made_is_one_sentence(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert main(words) == 2
    said = capsys.readouterr().err
    assert told in said
    assert len(said.splitlines()) == 1
