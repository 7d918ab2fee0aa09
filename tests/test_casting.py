"""The casting microscope: numbers as typed, as formats hold them, and sums in each of them."""

from fractions import Fraction
from math import inf, isnan

import numpy as np
import pytest
import torch

from workbench.core.precision.casting import adding, casting
from workbench.core.precision.formats import DTYPES, stands_for, stored
from workbench.core.precision.typed import typed_number
from workbench.core.quantization.grid import on_grid
from workbench.measurement.formats import Format, formats
from workbench.measurement.precision import Cast

FORMATS = {each.name: each for each in formats()}
ONE = Fraction(1)
MANY = [
    sign * float(mantissa) * 2.0**exponent
    for sign in (1, -1)
    for exponent in range(-160, 127, 3)
    for mantissa in np.random.default_rng(0).uniform(1, 2, 5).astype(np.float32)
]


def of(text: str, name: str, largest: str = "1") -> Cast:
    return next(cast for cast in casting(text, largest).casts if cast.format.name == name)


def summed(first: str, second: str, name: str, times: str = "1") -> Cast:
    told = adding(first, second, times, "1")
    return next(cast for cast in told.casts if cast.format.name == name)


# Typed numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.1", Fraction(1, 10)),
        ("1/3", Fraction(1, 3)),
        ("2**-11", Fraction(1, 2048)),
        ("1 + 2**-11", 1 + Fraction(1, 2048)),
        ("-(2 - 5) * 1e-3", Fraction(3, 1000)),
        ("\N{MINUS SIGN}2e-8", Fraction(-2, 10**8)),
        ("1_000", Fraction(1000)),
        ("0x10", Fraction(16)),
        ("1/inf", Fraction(0)),
    ],
)
def test_a_typed_number_is_worked_out_exactly(text: str, number: Fraction) -> None:
    assert typed_number(text) == number


def test_infinity_and_no_number_have_names() -> None:
    assert typed_number("-inf") == -inf
    assert isnan(float(typed_number("NaN")))
    assert isnan(float(typed_number("inf - inf")))


@pytest.mark.parametrize(
    "text",
    [
        "", "abc", "1 +", "__import__('os')", "f(1)", "1,5", "2 ** 0.5", "1j", "True", "'1'", "[1]",
        "1 if 1 else 2", "x := 1", "(" * 50, "9" * 61, "1 / 0", "0 ** -1", "2**1001", "1e999999999",
        "1e-999999999", "9**9**9**9", "2**99999999", "1**99999999999", "inf ** 2", "1//2", "1; 2",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^a number is [^\n]*got [^\n]*$"):
        typed_number(text)


# Casting


def test_float16_is_that_of_numpy() -> None:
    for value in MANY:
        with np.errstate(over="ignore"):
            expected = np.float16(np.float32(value))
        cast = of(repr(value), "FP16")
        assert cast.quantities["kept"].value == float(expected), value
        assert cast.bits == f"{int(expected.view(np.uint16)):016b}"


def test_bfloat16_is_float32_rounded_to_its_upper_half_ties_to_even() -> None:
    for value in (*MANY, 1 + 2.0**-8, 1 + 3 * 2.0**-8):
        bits = int(np.float32(value).view(np.uint32))
        upper = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
        assert int(of(repr(value), "BF16").bits, 2) == upper, value


@pytest.mark.parametrize("name", list(FORMATS))
def test_casting_twice_is_casting_once(name: str) -> None:
    each = FORMATS[name]
    for value in MANY:
        once = stored(Fraction(value), each, ONE)
        assert once is not None
        twice = stored(stands_for(once, each, ONE), each, ONE)
        assert twice is not None
        assert stands_for(twice, each, ONE) == stands_for(once, each, ONE), value


@pytest.mark.parametrize("name", ["FP32", "FP16", "BF16"])
def test_the_error_is_half_a_spacing_at_most_where_the_format_reaches(name: str) -> None:
    each = FORMATS[name]
    for value in MANY:
        number = float(np.float32(value))
        if not each.least_normal <= abs(number) < each.largest / 2:
            continue
        relative = of(repr(number), name).quantities["relative_error"].value
        assert relative <= each.step / 2


@pytest.mark.parametrize("name", ["INT8", "INT4"])
def test_whole_numbers_lie_on_the_grid_of_lesson_7(name: str) -> None:
    bits = 1 + FORMATS[name].mantissa
    values = torch.linspace(-1, 1, 301, dtype=torch.float64)
    expected = on_grid(values.view(1, -1), bits)[0]
    for value, known in zip(values.tolist(), expected.tolist(), strict=True):
        kept = of(repr(value), name).quantities["kept"].value
        assert kept == pytest.approx(known, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "name", "happened", "kept"),
    [
        ("0.5", "FP16", "exact", 0.5),
        ("0.1", "FP16", "rounded", 0.0999755859375),
        ("2049", "FP16", "rounded", 2048),
        ("65519", "FP16", "rounded", 65504),
        ("65520", "FP16", "overflow", inf),
        ("-65520", "FP16", "overflow", -inf),
        ("2e-8", "FP16", "underflow", 0),
        ("1e-6", "FP16", "subnormal", 17 * 2**-24),
        ("2e-8", "BF16", "rounded", 172 * 2**-33),
        ("65520", "BF16", "rounded", 65536),
        ("inf", "FP16", "exact", inf),
        ("0.001", "INT8", "underflow", 0),
        ("1", "INT4", "exact", 1),
        ("1.2", "INT8", "clipped", 1),
        ("-inf", "INT4", "clipped", -1),
        ("1.001", "INT8", "clipped", 1),
    ],
)
def test_it_says_what_happened(text: str, name: str, happened: str, kept: float) -> None:
    cast = of(text, name)
    assert cast.happened == happened
    assert cast.quantities["kept"].value == pytest.approx(kept, rel=1e-4)


def test_what_is_no_number_stays_none_in_floats_and_has_no_place_in_whole_numbers() -> None:
    for cast in casting("nan", "1").casts:
        assert cast.happened == "no number"
        assert "error" not in cast.quantities
        assert bool(cast.bits) != cast.format.is_whole
        assert cast.format.is_whole or isnan(cast.quantities["kept"].value)


def test_the_error_is_that_to_the_number_as_typed_not_to_its_nearest_float() -> None:
    error = of("0.1", "FP32").quantities["error"].value
    assert error == float(abs(Fraction(float(np.float32(0.1))) - Fraction(1, 10)))
    assert error > 0


def test_the_bits_of_whole_numbers_are_twos_complement() -> None:
    assert of("-1", "INT8").bits == "10000001"
    assert of("-1/7", "INT4").bits == "1111"


@pytest.mark.parametrize("largest", ["0", "-1", "inf", "nan"])
def test_a_grid_ends_at_a_number_above_zero(largest: str) -> None:
    with pytest.raises(ValueError, match="largest value of the grid"):
        casting("1", largest)


@pytest.mark.parametrize("each", [FORMATS[name] for name in DTYPES], ids=lambda each: each.name)
def test_all_bits_are_there(each: Format) -> None:
    assert len(of("1/3", each.name).bits) == torch.finfo(DTYPES[each.name]).bits


# Sums


def test_a_small_number_is_lost_beside_a_large_one() -> None:
    assert summed("1", "2**-11", "FP32").happened == "exact"
    assert summed("1", "2**-11", "FP16").happened == "lost"
    assert summed("1", "2**-10", "FP16").happened == "exact"
    assert summed("1", "2**-10", "BF16").happened == "lost"


@pytest.mark.parametrize("name", list(DTYPES))
def test_a_sum_is_that_of_torch(name: str) -> None:
    dtype = DTYPES[name]
    for first, second in zip(MANY[::7], MANY[3::7], strict=False):
        wanted = float(torch.tensor(first).to(dtype) + torch.tensor(second).to(dtype))
        kept = summed(repr(first), repr(second), name).quantities["kept"].value
        assert kept == wanted or (isnan(kept) and isnan(wanted))


def test_many_small_updates_are_lost_one_by_one_and_not_together() -> None:
    assert summed("1", "2**-12", "FP32", "1000").quantities["kept"].value == 1 + 1000 * 2**-12
    assert summed("1", "2**-12", "FP16", "1000").quantities["kept"].value == 1
    assert summed("1", "1000 * 2**-12", "FP16").quantities["kept"].value != 1


def test_a_sum_can_overflow_and_can_be_clipped() -> None:
    assert summed("60000", "10000", "FP16").happened == "overflow"
    assert summed("0.7", "0.7", "INT8").happened == "clipped"


@pytest.mark.parametrize("name", ["FP16", "INT8"])
def test_a_first_number_beyond_the_format_is_not_called_kept(name: str) -> None:
    assert summed("70000", "1", name).happened in ("overflow", "clipped")


def test_infinity_and_more_is_infinity() -> None:
    assert summed("inf", "1", "FP16").happened == "exact"


@pytest.mark.parametrize("times", ["0", "-1", "1.5", "10001", "many", ""])
def test_how_often_is_a_whole_number(times: str) -> None:
    with pytest.raises(ValueError, match="how often is a whole number"):
        adding("1", "1", times, "1")


def test_the_sum_of_nothing_changes_nothing() -> None:
    assert summed("1", "0", "FP16").happened == "exact"
    assert summed("inf", "-inf", "FP16").happened == "no number"
