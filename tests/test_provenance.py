"""No number without its label: every lesson, every study, walked widget by widget."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import ipywidgets
import pytest

from workbench import lessons
from workbench.locale import use_language
from workbench.wording import quantities

MARK = "\ue000"
LABEL = re.compile(r"wb-tag wb-(measured|computed|simulated|recorded|estimated)")
FINDINGS = "wb-findings"
"""An exercise's judgement: sentences about numbers that stand labelled above them."""
WAIT_S = 120
LESSONS = [getattr(lessons, name) for name in lessons.__all__]


@pytest.fixture(autouse=True)
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every number that is put into words carries a mark that no reader sees."""
    plain = quantities._with_unit
    monkeypatch.setattr(quantities, "_with_unit", lambda *told: f"{MARK}{plain(*told)}")
    use_language("en")
    yield
    use_language("en")


def widgets_of(lesson: Any) -> list[ipywidgets.Widget]:
    """The widgets that the notebook's cells show."""
    values = [getattr(lesson, field.name) for field in fields(lesson)]
    return [value for value in values if isinstance(value, ipywidgets.Widget)]


def blocks(widget: ipywidgets.Widget) -> Iterator[tuple[str, str]]:
    """Each text with the texts of the box that holds it: where a reader looks for a label."""
    inside = getattr(widget, "children", ())
    told = " ".join(child.value for child in inside if isinstance(child, ipywidgets.HTML))
    for child in inside:
        if isinstance(child, ipywidgets.HTML):
            yield child.value, told
        yield from blocks(child)


def unlabelled(lesson: Any) -> list[str]:
    """What shows a number where no label stands."""
    return [
        text
        for widget in widgets_of(lesson)
        for text, around in blocks(ipywidgets.VBox([widget]))
        if MARK in text and not LABEL.search(around) and FINDINGS not in text
    ]


def has_numbers(lesson: Any) -> bool:
    return any(numbers_of(widget) for widget in widgets_of(lesson))


def numbers_of(widget: ipywidgets.Widget) -> bool:
    return any(MARK in text.value for text in texts(widget))


def when_drawn(widget: ipywidgets.Widget, is_there: Callable[[], bool]) -> Event:
    """Set as soon as a text below `widget` makes `is_there` true."""
    there = Event()

    def look(change: Any) -> None:
        if is_there():
            there.set()

    for text in texts(widget):
        text.observe(look, "value")
    return there


def texts(widget: ipywidgets.Widget) -> Iterator[ipywidgets.HTML]:
    if isinstance(widget, ipywidgets.HTML):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from texts(child)


@pytest.mark.parametrize("make", LESSONS, ids=lambda make: make.__name__)
def test_no_number_stands_without_its_label(make: Callable[[], Any], cache: Path) -> None:
    lesson = make()
    try:
        whole = ipywidgets.VBox(widgets_of(lesson))
        there = when_drawn(whole, lambda: has_numbers(lesson))
        assert has_numbers(lesson) or there.wait(WAIT_S)
        assert unlabelled(lesson) == []
    finally:
        close(lesson)


@pytest.mark.parametrize("make", LESSONS, ids=lambda make: make.__name__)
def test_no_study_shows_a_number_without_its_label(make: Callable[[], Any], cache: Path) -> None:
    lesson = make()
    try:
        place_bets(lesson)
        for study in getattr(lesson, "studies", ()):
            there = when_drawn(study.widget, partial(has_answered, study.widget))
            begin(study.widget)
            assert there.wait(WAIT_S), study.widget
            study.stop()
        assert unlabelled(lesson) == []
    finally:
        close(lesson)


def place_bets(lesson: Any) -> None:
    """Some studies want a bet before they run: take the first answer of each."""
    for button in (each for widget in widgets_of(lesson) for each in buttons(widget)):
        if button.tooltip == "bet on this before you time":
            button.click()
    for widget in widgets_of(lesson):
        for choice in choices(widget):
            if "wb-bet" in choice._dom_classes:
                choice.value = choice.options[0]


def choices(widget: ipywidgets.Widget) -> Iterator[ipywidgets.ToggleButtons]:
    if isinstance(widget, ipywidgets.ToggleButtons):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from choices(child)


def buttons(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Button]:
    if isinstance(widget, ipywidgets.Button):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from buttons(child)


def has_answered(widget: ipywidgets.Widget) -> bool:
    """Numbers with their labels, or the findings of an exercise."""
    return any(LABEL.search(t.value) or FINDINGS in t.value for t in texts(widget))


def begin(widget: ipywidgets.Widget) -> None:
    """Press the first button of a study: the one that starts it."""
    next(buttons(widget)).click()


def close(lesson: Any) -> None:
    for field in fields(lesson):
        value = getattr(lesson, field.name)
        for part in value if isinstance(value, tuple) else (value,):
            if callable(getattr(part, "close", None)) and not isinstance(part, ipywidgets.Widget):
                part.close()
