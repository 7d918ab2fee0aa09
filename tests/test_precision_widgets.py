"""The toys of lesson 8: what a learner types, what stands there then, and that nothing is lost."""

import re
from collections.abc import Iterator
from threading import Event

import ipywidgets
import pytest

from workbench.core.precision.casting import adding, casting
from workbench.core.precision.op_types import op_types
from workbench.figures.casts import numeral
from workbench.figures.op_map import op_map
from workbench.figures.ruler import ruler
from workbench.locale import use_language
from workbench.measurement.formats import formats
from workbench.measurement.precision import Casting, UpdateHistogram
from workbench.setting import Setting
from workbench.widgets.page import page
from workbench.widgets.precision.casting import NUMBERS, SUMS, adder, microscope
from workbench.widgets.precision.master import Sizes, borders
from workbench.widgets.precision.ruler import MarkedRuler
from workbench.widgets.precision.toy import Toy

WAIT_SECONDS = 20


@pytest.fixture
def toy() -> Iterator[Toy[Casting]]:
    made = microscope(casting)
    answered = Event()
    made.follow(lambda found: answered.set() if found else None)
    assert answered.wait(WAIT_SECONDS)
    yield made
    made.close()


def fields(widget: ipywidgets.Widget) -> list[ipywidgets.Text]:
    return [each for each in inside(widget) if isinstance(each, ipywidgets.Text)]


def inside(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def told(widget: ipywidgets.Widget) -> str:
    return "".join(each.value for each in inside(widget) if isinstance(each, ipywidgets.HTML))


def press(widget: ipywidgets.Widget, label: str) -> None:
    next(
        each
        for each in inside(widget)
        if isinstance(each, ipywidgets.Button) and each.description == label
    ).click()


def test_a_typed_number_is_cast_at_once(toy: Toy[Casting]) -> None:
    fields(toy.widget)[0].value = "65520"
    assert "∞" in told(toy.widget)
    assert "overflow" in told(toy.widget)


def test_bad_input_is_one_sentence_and_the_last_answer_stays(toy: Toy[Casting]) -> None:
    number = fields(toy.widget)[0]
    number.value = "1/3"
    before = told(toy.widget)
    number.value = "<b>third</b>"
    assert number.value == "<b>third</b>"
    assert before in told(toy.widget).replace(problem(toy.widget), "")
    assert "&lt;b&gt;third&lt;/b&gt;" in problem(toy.widget)
    number.value = "1/4"
    assert not problem(toy.widget)


def problem(widget: ipywidgets.Widget) -> str:
    return "".join(re.findall(r'<div class="wb-problem">.*?</div>', told(widget)))


@pytest.mark.parametrize("label", list(NUMBERS))
def test_every_ready_made_number_fills_the_field(toy: Toy[Casting], label: str) -> None:
    press(toy.widget, label)
    assert fields(toy.widget)[0].value == label
    assert f"<b>{label}</b>" in told(toy.widget)
    assert not problem(toy.widget)


def test_every_ready_made_sum_fills_its_fields() -> None:
    sums = adder(adding)
    try:
        for label, words in SUMS.items():
            press(sums.widget, label)
            assert tuple(field.value for field in fields(sums.widget))[: len(words)] == words
            assert f"<b>{label}</b>" in told(sums.widget)
    finally:
        sums.close()


def test_a_late_first_answer_does_not_undo_a_later_one() -> None:
    begun, go_on = Event(), Event()

    def slow_at_first(text: str, largest: str) -> Casting:
        if not begun.is_set():
            begun.set()
            go_on.wait(WAIT_SECONDS)
        return casting(text, largest)

    made = microscope(slow_at_first)
    assert begun.wait(WAIT_SECONDS)
    press(made.widget, "65520")
    go_on.set()
    made.close()
    assert "<b>65520</b>" in told(made.widget)


def test_every_bit_is_drawn_and_read_out(toy: Toy[Casting]) -> None:
    drawn = told(toy.widget)
    assert len(re.findall(r'class="wb-bit [^"]*">[01]<', drawn)) == 32 + 16 + 16 + 8 + 4
    assert len(re.findall(r'role="img" aria-label="bits: sign 0', drawn)) == len(formats())


def test_every_field_has_a_name(toy: Toy[Casting]) -> None:
    marks = [
        next(name for name in field._dom_classes if name.startswith("wb-named-"))
        for field in fields(toy.widget)
    ]
    assert all(page().names[mark]["name"] for mark in marks)


def test_the_page_follows_the_language(toy: Toy[Casting]) -> None:
    press(toy.widget, "0.1")
    try:
        use_language("tr")
        assert "0,100000001" in told(toy.widget)
    finally:
        use_language("en")


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (0.0, 3, "0"),
        (0.1, 9, "0.1"),
        (65519.25, 3, "65,519"),
        (-65504.0, 9, "−65,504"),
        (float("-inf"), 9, "−∞"),
        (float("nan"), 9, "NaN"),
        (2e-8, 3, "2·10<sup>−8</sup>"),
        (2.0**-149, 3, "1.4·10<sup>−45</sup>"),
        (3.4e38, 2, "3.4·10<sup>38</sup>"),
    ],
)
def test_numbers_are_written_with_a_power_where_they_are_far_from_1(
    value: float, digits: int, written: str
) -> None:
    assert numeral(value, digits) == written


def test_the_ruler_marks_a_number_in_every_row_that_has_a_place_for_it() -> None:
    assert ruler().count("wb-ruler-mark") == 0
    assert ruler({"FP16": 1e-300}).count("wb-ruler-mark") == 0
    assert ruler({each.name: 1.001 for each in formats()}).count("wb-ruler-mark") == 10


@pytest.mark.parametrize("text", ["0", "inf", "nan"])
def test_what_has_no_logarithm_is_said_instead_of_marked(text: str) -> None:
    marked = MarkedRuler()
    marked.draw(casting(text, "1"))
    assert "wb-ruler-mark" not in marked.widget.value
    assert "no place" in marked.widget.value


def test_the_map_says_every_type_in_words() -> None:
    found = op_types(Setting(dataset="digits", model="mlp"), "bfloat16", lambda found: None)
    drawn = op_map(found)
    assert drawn.count('class="wb-type wb-type-') == len(re.findall(r'">b?float(?:16|32)<', drawn))
    assert drawn.count('<th scope="row">') == len(found.layers) + len(found.operations)


def test_half_a_spacing_lies_between_two_powers_of_2_below_the_weight() -> None:
    for name, (low, high) in borders().items():
        mantissa = next(each.mantissa for each in formats() if each.name == name)
        spacing = 2.0**-mantissa  # of the numbers from 1 to 2
        assert 2.0**high == spacing / 2 / 1
        assert 2.0**low == spacing / 2 / 2


def test_an_update_that_is_all_zeros_is_still_drawn() -> None:
    sizes = Sizes()
    sizes.draw(UpdateHistogram(update=1, first=-3, counts=(0, 0, 0), zeros=7))
    assert "7" in told(sizes.widget)
