"""Numbers as a person reads them: no sign before nothing, large sizes in MiB, the right mark."""

from collections.abc import Iterator

import pytest

from workbench.locale import decimal, message, use_language
from workbench.measurement import Quantity
from workbench.setting import SPACE
from workbench.wording import field_text, interval_text, value_text


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


@pytest.mark.parametrize("value", [-0.0, -0.0004, -0.04, -0.05])
def test_what_rounds_to_nothing_has_no_sign(value: float) -> None:
    assert decimal(value, 1) == "0.0"
    assert decimal(-0.06, 1) == "-0.1"


def test_a_size_is_told_in_mib_from_one_on() -> None:
    how = message("counted")
    size = Quantity(value=2**20 * 1.5, unit="bytes", provenance="measured", how=how,
                    low=2**19, high=2**21)  # fmt: skip
    assert value_text(size) == "1.5 MiB"
    assert interval_text(size).startswith("0.5–2.0 MiB")
    small = Quantity(value=2**20 - 2**10, unit="bytes", provenance="measured", how=how)
    assert value_text(small) == "1,023.0 KiB"


def test_a_difference_of_shares_is_told_in_points() -> None:
    gap = Quantity(value=0.263, unit="points", provenance="measured", how=message("subtracted"))
    assert value_text(gap) == "26.3 points"


@pytest.mark.parametrize("name", ["learning_rate", "weight_decay", "momentum"])
def test_a_control_writes_its_numbers_as_the_language_does(name: str) -> None:
    english = [field_text(name, value) for value in SPACE[name]]
    assert [float(text) for text in english] == list(SPACE[name])
    use_language("tr")
    assert [field_text(name, value) for value in SPACE[name]] == [
        text.replace(".", ",") for text in english
    ]
