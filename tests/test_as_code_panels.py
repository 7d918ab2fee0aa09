"""Programs of what lessons 1, 3, 7 and 8 measure beside the panel, against what they show."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.test_as_code import SCAFFOLD_BYTES, state, told_by
from workbench.as_code import Program
from workbench.as_code.parts.comparing import p_value
from workbench.as_code.parts.timing import busy_neighbours
from workbench.core.experiment import run
from workbench.core.precision.casting import adding, casting
from workbench.core.studies import short_trainings
from workbench.core.studies.kernels import kernels
from workbench.core.studies.look import look
from workbench.core.studies.noise.calls import source_of
from workbench.lessons.form_programs import form_of, kernel_sizes_of
from workbench.lessons.kernels import START as FORM
from workbench.lessons.number_programs import adding_of, casting_of, rounding_of
from workbench.lessons.programs import timing_of
from workbench.measurement import ignore
from workbench.measurement.noise import Conditions
from workbench.measurement.precision import Cast
from workbench.setting import Setting
from workbench.statistics import mcnemar

ROWS = re.compile(r"(\w+): ([01]+) = (\S+?)(?:, off by (\S+))?$", re.MULTILINE)


def told(programs: Mapping[str, Program], folder: Path) -> Mapping[str, str]:
    return told_by({name: (each.text, each.files) for name, each in programs.items()}, folder)


# Lesson 1

CONDITIONS = {
    "warm": Conditions(setting=state("small_cnn", {"inference_batch": 4}), repeats=30),
    "cold, two threads": Conditions(
        setting=state("mlp", {"inference_batch": 2}), start="cold", threads=2, repeats=10
    ),
    "PyTorch, beside a busy process": Conditions(
        setting=state("resnet8", {"engine": "torch", "inference_batch": 1}), neighbours=1, repeats=5
    ),
    "PyTorch, cold, two threads": Conditions(
        setting=state("small_cnn", {"engine": "torch"}), start="cold", threads=2, repeats=7
    ),
}


@pytest.fixture(scope="module")
def timings(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    programs = {name: timing_of(conditions) for name, conditions in CONDITIONS.items()}
    return told(programs, tmp_path_factory.mktemp("timings"))


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_timing_program_calls_the_network_of_the_lab_as_often_and_on_the_same_images(
    name: str, timings: Mapping[str, str]
) -> None:
    conditions = CONDITIONS[name]
    source = source_of(conditions.setting, lambda: None)
    classes = source.engine().logits(source.pictures).argmax(axis=1).tolist()
    found = re.fullmatch(
        r"classes: (.*)\n(\d+) calls: p10 (\S+) ms, p50 (\S+) ms, p90 (\S+) ms\n"
        r"from p10 to p90: \S+% of the median\nthis thread had .* for (\S+)% of the time\n",
        timings[name],
    )
    assert found is not None, timings[name]
    assert found[1] == str(classes)
    assert int(found[2]) == conditions.repeats
    assert 0 < float(found[3]) <= float(found[4]) <= float(found[5])
    assert 0 < float(found[6]) <= 100


def test_busy_processes_of_a_program_end_with_the_timing() -> None:
    with busy_neighbours(2):
        inside = _children()
    assert len(inside - _children()) == 2


def _children() -> set[int]:
    psutil = pytest.importorskip("psutil")
    return {child.pid for child in psutil.Process().children()}


# Lesson 3

FORMS: dict[str, Setting] = {
    "as the lesson begins": replace(FORM, dataset="digits"),
    "no padding": replace(FORM, padding="valid", stride=1, depth=1, dataset="digits"),
    "wide windows": replace(FORM, kernel_size=7, dataset="digits"),
    "two convolutions a block, PyTorch": replace(
        FORM, kernel_size=1, convolutions=2, width=4, stride=3, dataset="digits", engine="torch"
    ),
}


@pytest.fixture(scope="module")
def counted(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    programs = {name: form_of(setting) for name, setting in FORMS.items()}
    return told(programs, tmp_path_factory.mktemp("forms"))


@pytest.mark.parametrize("name", FORMS)
def test_a_program_of_a_form_counts_what_the_panel_counts(
    name: str, counted: Mapping[str, str]
) -> None:
    shown = look(FORMS[name], lambda found: None)
    parameters, macs, field, size = (int(each) for each in re.findall(r": (\d+)", counted[name]))
    assert parameters == shown.quantities["parameters"].value
    assert macs == shown.quantities["macs"].value
    assert field == shown.sights[-1].field
    assert size == pytest.approx(shown.quantities["file_bytes"].value, abs=SCAFFOLD_BYTES)


def test_a_form_that_does_not_exist_has_no_program(cache: Path) -> None:
    with pytest.raises(ValueError, match="got kernel size 7"):
        form_of(replace(FORM, dataset="digits", kernel_size=7, padding="valid", depth=3))


@pytest.mark.parametrize(
    "fields", [{"padding": "same"}, {"padding": "valid", "stride": 1, "depth": 1}], ids=str
)
def test_a_program_trains_and_compares_the_windows_as_the_button_does(
    fields: dict[str, object], cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = {"train_images": 300, "epochs": 2}
    monkeypatch.setitem(short_trainings.SHORT, "digits", quick)  # type: ignore[arg-type]
    setting = Setting(dataset="digits", width=4, inference_batch=1, **fields)  # type: ignore[arg-type]
    printed = told({"program": kernel_sizes_of(setting)}, tmp_path)["program"]
    grid = kernels(setting, ignore)
    last = re.findall(r"epoch 2: .* ([\d.]+) are right", printed)
    shown = [grid.cells[row, "validation_accuracy"].value for row in grid.rows]
    assert [float(each) for each in last] == pytest.approx(shown, abs=1e-4)
    compared = re.findall(r"(\d) against 3: (\d+) helped, (\d+) hurt, p = (\S+)", printed)
    assert {size for size, *_rest in compared} == set(grid.rows) - {"3"}
    for size, helped, hurt, p in compared:
        assert int(helped) == grid.cells[size, "helped"].value
        assert int(hurt) == grid.cells[size, "hurt"].value
        assert float(p) == pytest.approx(grid.cells[size, "p_value"].value, rel=1e-3)


@pytest.mark.parametrize(("helped", "hurt"), [(0, 0), (1, 0), (3, 9), (40, 40), (700, 611)])
def test_the_p_value_of_a_program_is_mcnemars(helped: int, hurt: int) -> None:
    before = np.array([False] * helped + [True] * hurt, bool)
    assert p_value(helped, hurt) == pytest.approx(mcnemar(before, ~before).p_value, rel=1e-9)


# Lessons 7 and 8

CASTS = [
    ("0.1", "1"), ("1/3", "2"), ("2049", "2049"), ("65520", "1"), ("-2e-8", "1/3"),
    ("1 + 2**-11", "1"), ("2**900", "1"), ("inf", "1"), ("-inf", "3"), ("nan", "1"), ("0", "1"),
]  # fmt: skip
SUMS = [
    ("1", "2**-11", "1", "1"), ("1", "2**-12", "1000", "1"), ("256", "1", "3", "300"),
    ("60000", "10000", "1", "1"), ("1/3", "-1/7", "20", "2/3"), ("inf", "1", "1", "1"),
    ("nan", "1", "1", "1"),
]  # fmt: skip


def rows_of(casts: tuple[Cast, ...]) -> list[tuple[str, str, float, float | None]]:
    return [
        (
            each.format.name,
            each.bits,
            each.quantities["kept"].value,
            each.quantities["error"].value if "error" in each.quantities else None,
        )
        for each in casts
        if each.bits
    ]


def check(printed: str, casts: tuple[Cast, ...]) -> None:
    found, shown = ROWS.findall(printed), rows_of(casts)
    assert [each[:2] for each in found] == [each[:2] for each in shown], printed
    for (_name, _bits, kept, error), (*_same, value, off) in zip(found, shown, strict=True):
        assert float(kept) == pytest.approx(value, rel=1e-8, nan_ok=True)
        if error:
            assert float(error) == pytest.approx(off, rel=1e-8)
        else:
            assert off is None or not np.isfinite(value) or not np.isfinite(off) or off == 0


def test_a_program_casts_a_number_into_the_bits_that_the_microscope_shows(tmp_path: Path) -> None:
    programs = {str(at): casting_of(words) for at, words in enumerate(CASTS)}
    printed = told(programs, tmp_path)
    for at, words in enumerate(CASTS):
        check(printed[str(at)], casting(*words).casts)


def test_a_program_adds_to_the_bits_that_the_panel_shows(tmp_path: Path) -> None:
    programs = {str(at): adding_of(words) for at, words in enumerate(SUMS)}
    printed = told(programs, tmp_path)
    for at, words in enumerate(SUMS):
        check(printed[str(at)], adding(*words).casts)


@pytest.mark.parametrize(
    "fields",
    [
        {"weight_bits": 8},
        {"weight_bits": 3, "weight_symmetry": "asymmetric"},
        {"weight_bits": 2, "quantized_per": "tensor"},
        {"weight_bits": 4, "batch_norm": "separate"},
    ],
    ids=str,
)
def test_a_program_rounds_the_nine_weights_as_the_table_does(
    fields: dict[str, object], cache: Path, tmp_path: Path
) -> None:
    answer = run(state("small_cnn", fields))
    assert answer.closeup is not None
    nine = answer.closeup.rounding
    assert nine is not None
    printed = told({"program": rounding_of(answer)}, tmp_path)["program"]
    found = np.array([line.split(" -> ") for line in printed.splitlines()], float)
    assert found[:, 0] == pytest.approx(nine.before, abs=1e-6)
    assert found[:, 1].tolist() == nine.levels.tolist()
    assert found[:, 2] == pytest.approx(nine.after, abs=2e-6)


def test_weights_that_were_not_rounded_to_levels_have_no_program(cache: Path) -> None:
    with pytest.raises(ValueError, match="8 bits or fewer"):
        rounding_of(run(state("small_cnn", {"weight_bits": 16})))


def test_a_program_holds_the_number_and_not_the_letters_that_were_typed() -> None:
    text = casting_of(('1/3 # """', "1")).text
    compile(text, "program.py", "exec")
    assert "number, largest = Fraction(1, 3), Fraction(1, 1)" in text
