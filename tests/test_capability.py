"""The capability card: what it says on this machine and, with fakes, on machines that are not."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from workbench.core import capability as core
from workbench.core import machine
from workbench.core.probe import FEWEST, MOST, probe
from workbench.info import print_card, print_info
from workbench.locale import message, use_language
from workbench.measurement import Quantity, Superseded
from workbench.measurement.capability import FLAGS, INSTRUCTIONS, Capability, family_of, named_flags
from workbench.widgets.trust.capability import card_drawn
from workbench.wording.capability import COUNTS, FACTS, lacks

INTEL = """processor\t: 0
model name\t: A Xeon
flags\t\t: fpu avx2 avx512f avx512_vnni amx_int8 amx_bf16

processor\t: 1
model name\t: Another
flags\t\t: fpu
"""
ARM = "processor\t: 0\nFeatures\t: fp asimd asimddp i8mm bf16 sve asimdhp\n"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def speed(value: float) -> Quantity:
    return Quantity(
        value=value, unit="ratio", provenance="measured", how=message("probed"),
        low=0.9 * value, high=1.1 * value,
    )  # fmt: skip


def card(family: str = "x86", **has: bool) -> Capability:
    names = {name.replace(" ", "_"): name for name in FLAGS.get(family, {})}
    flags = {name: has.get(key, False) for key, name in names.items()}
    return Capability(
        family=family, facts={"processor": "A", "system": "Linux 6"}, flags=flags,
        devices={"cuda": message("this PyTorch was built without CUDA"), "mps": "no"},
        quantities={"bfloat16_speed": speed(0.05), "int8_speed": speed(2)},
    )  # fmt: skip


def test_flags_of_linux_have_the_names_of_pytorch() -> None:
    found = named_flags("x86", machine.flags_in(INTEL))
    assert [name for name, has in found.items() if has] == [
        "AVX2", "AVX-512", "VNNI (int8)", "AMX (int8)", "AMX (bf16)",
    ]  # fmt: skip
    assert machine.flags_in(INTEL)["cpu_name"] == "A Xeon"


def test_flags_of_an_arm_are_its_own() -> None:
    assert all(named_flags("Arm", machine.flags_in(ARM)).values())


def test_pytorch_and_linux_tell_the_same_flags_of_this_machine() -> None:
    if not machine.CPUINFO.exists():
        pytest.skip("this system has no /proc/cpuinfo")
    theirs = torch.cpu.get_capabilities()
    family = family_of(str(theirs["architecture"]))
    told = machine.flags_in(machine.CPUINFO.read_text())
    assert named_flags(family, told) == named_flags(family, theirs)


@pytest.mark.parametrize(
    ("name", "family"),
    [("x86_64", "x86"), ("AMD64", "x86"), ("arm64", "Arm"), ("aarch64", "Arm"), ("riscv64", "")],
)
def test_a_family_is_known_by_the_name_of_each_system(name: str, family: str) -> None:
    assert family_of(name) == family


def test_every_instruction_of_a_type_is_one_of_the_flags() -> None:
    for families in INSTRUCTIONS.values():
        for family, names in families.items():
            assert set(names) <= FLAGS[family].keys()


def test_a_machine_that_tells_nothing_gives_fewer_rows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse() -> dict[str, object]:
        raise RuntimeError("cpuinfo failed")

    monkeypatch.setattr(torch.cpu, "get_capabilities", refuse)
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "none")
    monkeypatch.setattr(core, "probe", lambda check: {})
    monkeypatch.delattr(core.os, "sysconf", raising=False)
    monkeypatch.delattr(core.os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(core.platform, "machine", lambda: "riscv64")
    monkeypatch.setattr(core.platform, "processor", lambda: "")
    found = core.capability(lambda _card: None)
    assert not found.flags
    assert "processor" not in found.facts
    assert "memory_bytes" not in found.quantities
    assert "does not tell which instructions" in " ".join(lacks(found))
    assert "<table" in card_drawn(found)
    print_card(found)


def test_what_is_not_there_is_said_with_its_reason() -> None:
    told = lacks(card(AVX2=True))
    assert "Nothing is timed on an NVIDIA GPU: this PyTorch was built without CUDA." in told
    assert not any("Apple" in sentence for sentence in told)
    slow = next(sentence for sentence in told if sentence.startswith("bfloat16"))
    assert "AVX-512 BF16, AMX (bf16)" in slow
    assert "× 0.05" in slow
    assert any(sentence.startswith("int8") for sentence in told)


def test_a_type_with_instructions_lacks_nothing_unless_the_probe_was_slower() -> None:
    there = {"VNNI_(int8)": True, "AMX_(bf16)": True, "AVX-512_FP16": True}
    told = lacks(card(**there))
    assert not any(sentence.startswith(("int8", "float16")) for sentence in told)
    slow = next(sentence for sentence in told if sentence.startswith("bfloat16"))
    assert "has instructions for it, AMX (bf16);" in slow
    assert "still slower, × 0.05 as fast" in slow


def test_the_probe_ends_at_its_time_after_the_fewest_rounds() -> None:
    def seconds(each: float) -> Callable[[], float]:
        now = iter(each * tick for tick in range(10_000))
        return lambda: next(now)

    makers = {name: lambda: lambda: None for name in ("float32", "bfloat16")}
    slow = probe(lambda: None, makers, seconds(1.0))["bfloat16_speed"]
    quick = probe(lambda: None, makers, seconds(1e-6))["bfloat16_speed"]
    assert (slow.n, quick.n) == (FEWEST, MOST)


def test_a_type_that_an_engine_refuses_is_not_there() -> None:
    def refuse() -> Callable[[], None]:
        raise RuntimeError("not implemented for 'Half'")

    makers = {"float32": lambda: lambda: None, "float16": refuse, "bfloat16": lambda: lambda: None}
    assert probe(lambda: None, makers).keys() == {"bfloat16_speed", "probe_seconds"}


def test_the_card_can_be_stopped() -> None:
    def over(_card: object = None) -> None:
        raise Superseded

    with pytest.raises(Superseded):
        core.capability(over)
    with pytest.raises(Superseded):
        probe(over)


def test_info_prints_one_json_object_with_provenance_on_every_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_info(as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["facts"].keys() <= FACTS.keys()
    assert told["quantities"].keys() <= COUNTS.keys()
    assert {each["provenance"] for each in told["quantities"].values()} == {"measured"}
    assert {"bfloat16_speed", "int8_speed", "probe_seconds"} <= told["quantities"].keys()
    assert isinstance(told["cannot_show"], list)


def test_info_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_card(card(AVX2=True))
    told = capsys.readouterr().out
    assert "AVX2" in told
    assert "- Nothing is timed on an NVIDIA GPU" in told
