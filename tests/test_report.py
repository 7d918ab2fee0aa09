"""A report holds everything that was predicted, measured and found, each number with its label."""

import json
import re
import xml.etree.ElementTree as Xml
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from workbench.core.experiment import run
from workbench.locale import Message, message, use_language
from workbench.measurement import Quantity
from workbench.report import (
    Prediction,
    Ruled,
    Session,
    Shared,
    Studied,
    Verdict,
    as_json,
    content,
    html,
    markdown,
    read,
    shared,
)
from workbench.report.blocks import Picture, Table
from workbench.setting import shipped
from workbench.widgets.page import page
from workbench.widgets.report import FORMATS, Predictions, ReportButtons
from workbench.wording import PROVENANCES, setting_text

WORDS = "a third | of <b>it</b> goes, *nothing* is lost"
EMPTY = Session(day=date(2026, 1, 2))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


@pytest.fixture(scope="module")
def session(cache: Path) -> Session:
    plain = shipped("digits", "mlp")
    measured = (run(plain), run(replace(plain, weight_bits=4)))
    lost = Quantity(value=0.01, unit="points", provenance="simulated", how=message("how"), low=0.0,
                    high=0.02)  # fmt: skip
    verdict = Verdict(
        claim=Message("Four bits cost nothing"), ruling=message("not supported"),
        bet=message("supported"), told=(Message("it lost"),), numbers=((Message("lost"), lost),),
    )  # fmt: skip
    return Session(
        day=date(2026, 1, 2), measurements=measured,
        predictions=(Prediction(words=WORDS, before=2),), verdicts=(verdict,),
    )  # fmt: skip


class Words(HTMLParser):
    """The text of a page, and every address that it names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.addresses, self.open = "", [], []
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [v for n, v in attrs if n in ("src", "href", "xlink:href", "data") and v]


@pytest.mark.parametrize("language", ["en", "tr"])
def test_every_number_of_a_table_stands_with_its_label(session: Session, language: str) -> None:
    use_language(language)
    labels = {str(each) for each in PROVENANCES.values()}
    tables = [block for block in content(session) if isinstance(block, Table)]
    assert len(tables) == 1 + len(session.measurements) + len(session.verdicts)
    short, *full = tables
    for row in short.rows:
        assert all(cell.split(", ")[-1] in labels for cell in row[2:] if cell)
    for row in (row for table in full for row in table.rows):
        assert row[3] in labels
        assert row[4]


def test_every_quantity_of_every_measurement_is_told(session: Session) -> None:
    told = json.loads(as_json(session))
    for ours, theirs in zip(told["measurements"], session.measurements, strict=True):
        assert ours == json.loads(json.dumps(theirs.as_dict()))
    full = [block for block in content(session) if isinstance(block, Table)]
    assert [len(t.rows) for t in full[1:] if len(t.rows) > 1][-2:] == [
        len(m.quantities) for m in session.measurements
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_predictions_and_verdicts_are_in_every_format(session: Session, form: str) -> None:
    text = FORMATS[form][1](session)
    read = Words(text).text if form == "html" else text.replace("\\", "")
    assert WORDS in read
    for words in ("Four bits cost nothing", "not supported", "it lost", "how"):
        assert words in read
    for word in session.machine.values():
        assert word in read


def test_what_studies_measured_stands_in_every_format(session: Session) -> None:
    studied = Studied(by=message("the grid"), measurements=session.measurements)
    told = Session(day=session.day, studied=(studied,))
    page_of = html(content(told))
    assert "Measured by a study: the grid" in page_of
    assert page_of.count("<svg") == 1
    data = json.loads(as_json(told))
    assert len(data["studies"][0]["measurements"]) == 2
    assert data["machine"] == dict(session.machine)


def test_the_page_needs_nothing_beside_it(session: Session) -> None:
    addresses = Words(html(content(session))).addresses
    assert all(address.startswith("#") for address in addresses)
    assert "<script" not in html(content(session))
    assert "@import" not in html(content(session))


def test_the_drawing_is_an_svg_with_a_mark_for_every_measurement(session: Session) -> None:
    [picture] = [block for block in content(session) if isinstance(block, Picture)]
    Xml.fromstring(picture.svg)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture.svg)
    assert {"1", "2"} <= set(texts)
    assert picture.about in Words(html([picture])).text


def test_markdown_says_the_learner_s_words_as_they_are(session: Session) -> None:
    line = next(row for row in markdown(content(session)).splitlines() if "a third" in row)
    assert "\\|" in line
    assert "\\<b\\>" in line
    assert "\\*nothing\\*" in line


@pytest.mark.parametrize("form", FORMATS)
def test_a_session_without_a_measurement_still_reports(form: str) -> None:
    text = FORMATS[form][1](EMPTY)
    assert "2026-01-02" in text


def test_a_click_sends_the_file_of_that_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []
    buttons = ReportButtons(lambda: EMPTY)
    monkeypatch.setattr(buttons, "send", sent.append)
    buttons.value = {"format": "json", "at": 1}
    assert sent[0]["name"] == "workbench-2026-01-02.json"
    assert json.loads(sent[0]["text"])["day"] == "2026-01-02"


def test_a_prediction_is_noted_before_the_next_measurement() -> None:
    predictions = Predictions(lambda: 3)
    field, (note,), told = (
        predictions.widget.children[0], predictions.widget.children[1].children,
        predictions.widget.children[2],
    )  # fmt: skip
    field.value = "  it  <i>breaks</i> "
    note.click()
    assert predictions.noted == (Prediction(words="it <i>breaks</i>", before=4),)
    assert field.value == ""
    assert "&lt;i&gt;breaks" in told.value


@pytest.mark.parametrize("words", ["", "   ", "x" * 501])
def test_a_prediction_of_no_words_or_too_many_is_refused_in_one_sentence(words: str) -> None:
    predictions = Predictions(lambda: 0)
    field, row = predictions.widget.children[:2]
    field.value = words
    row.children[0].click()
    assert predictions.noted == ()
    assert field.value == words
    assert "1 to 500" in page().problem


# Read back

RULINGS = ("supported", "not supported")
RULED = Ruled(claim="leaner", ruling="not supported", bet="supported")


@pytest.fixture(scope="module")
def written(session: Session) -> Session:
    """With a claim, an exercise and a study."""
    claim = replace(session.verdicts[0], ruled=RULED)
    studied = Studied(by=message("the grid"), measurements=session.measurements[:1])
    return replace(session, verdicts=(claim, *session.verdicts), studied=(studied,))


@pytest.fixture(scope="module")
def text(written: Session) -> str:
    """The report of it; drawing its figures takes a while."""
    return as_json(written)


def changed(text: str, where: tuple[str | int, ...], value: Any) -> bytes:
    """The report with another value at one place."""
    report = inside = json.loads(text)
    for step in where[:-1]:
        inside = inside[step]
    inside[where[-1]] = value
    return json.dumps(report).encode()


@pytest.mark.parametrize("language", ["en", "tr"])
def test_what_is_read_back_is_what_the_session_shares_labelled_as_recorded(
    written: Session, language: str
) -> None:
    use_language(language)
    found, told = shared(written), read(as_json(written).encode(), RULINGS)
    assert (told.hardware, told.day, told.rulings) == (found.hardware, found.day, (RULED,))
    assert len(told.tried) == 3
    for theirs, ours in zip(told.tried, found.tried, strict=True):
        assert theirs.setting == ours.setting
        for name in ("accuracy", "deflated_bytes"):
            read_back, number = getattr(theirs, name), getattr(ours, name)
            assert read_back.provenance == "recorded"
            assert (read_back.value, *read_back.ends) == (number.value, *number.ends)
            assert written.machine["processor"] in str(read_back.how)
            assert "2026-01-02" in str(read_back.how)
            assert str(PROVENANCES[number.provenance]) in str(read_back.how)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<b>no</b>", "a report is JSON.*<b>no</b>"),
        (b"\x80\x04", "a report is JSON"),
        (b"[" * 100_000, "a report is JSON"),
        (b'{"format": NaN}', "a report is JSON"),
        (b"[]", "its format is “workbench report”, got None"),
        (b'{"format": "model card"}', "its format is “workbench report”, got 'model card'"),
        (b'{"format": "workbench report", "version": 2}', "up to version 1, got 2"),
        (b'{"format": "workbench report", "version": "1"}', "up to version 1, got '1'"),
        (b'{"format": "workbench report", "version": 1}', "the day of this report is broken"),
        (b" " * 20_000_001, "a report has at most 20 MB, got 20.0"),
    ],
)
def test_a_file_that_is_no_report_of_ours_is_refused_in_one_sentence(
    content: bytes, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        read(content, RULINGS)


@pytest.mark.parametrize(
    ("where", "value", "words"),
    [
        (("day",), "yesterday", "the day of this report is broken: a day is written like"),
        (("machine",), None, "the machine of this report is broken: something is missing"),
        (("machine", "processor"), "x" * 2001, "at most 2,?000 characters"),
        (("measurements",), [{}] * 2001, "at most 2000 measurements, got 200"),
        (("measurements", 1), {}, "measurement 2 of this report is broken: something is missing"),
        (("measurements", 1, "accuracy", "value"), 1.01, "measurement 2 .* between 0.0 and 1.0"),
        (("measurements", 1, "accuracy", "low"), 1.0, "measurement 2 of this report is broken"),
        (("measurements", 0, "accuracy", "unit"), "points", "has the unit fraction"),
        (("measurements", 0, "accuracy", "provenance"), "dreamt", "one of our labels"),
        (("measurements", 0, "deflated_bytes", "value"), -1, "measurement 1 .* got -1"),
        (("measurements", 0, "setting", "sparsity"), 2, "measurement 1 .*sparsity.*got 2"),
        (("measurements", 0, "setting", "seed"), 10**99, "measurement 1 .* got 1000"),
        (("studies", 0, "measurements"), None, "the list of measurements .* something is missing"),
        (("studies", 0, "measurements", 0, "accuracy"), [], "measurement 3 of this report"),
        (("verdicts", 0, "ruled", "ruling"), "maybe", "verdict 1 .* supported, not supported, got"),
        (("verdicts", 0, "ruled", "more"), "x", "verdict 1 of this report is broken"),
    ],
)
def test_a_broken_entry_is_named_with_the_rule_and_what_stands_there(
    text: str, where: tuple[str | int, ...], value: Any, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        read(changed(text, where, value), RULINGS)


def test_infinity_that_json_lets_through_is_no_accuracy(text: str) -> None:
    content = changed(text, ("measurements", 0, "accuracy", "value"), 4321)
    with pytest.raises(ValueError, match="got inf"):
        read(content.replace(b"4321", b"1e999"), RULINGS)


JUNK: tuple[Any, ...] = (None, True, -1, 0, 0.5, 10**30, "", "<b>", "a=b", [], {}, [[1]], {"a": {}})


@pytest.mark.parametrize("value", JUNK, ids=repr)
def test_whatever_stands_in_a_field_is_read_or_refused_in_one_sentence(
    text: str, value: Any
) -> None:
    report = json.loads(text)
    first = report["measurements"][0]
    places = [("measurements", 0, "setting", name) for name in first["setting"]]
    places += [("measurements", 0, "accuracy", name) for name in first["accuracy"]]
    places += [("verdicts", 0, "ruled", name) for name in report["verdicts"][0]["ruled"]]
    places += [(name,) for name in report]
    for where in places:
        told = told_of(changed(text, where, value))
        if isinstance(told, Shared):
            assert [setting_text(each.setting.effective) for each in told.tried]
            assert len({each.setting for each in told.tried}) >= 1
        else:
            assert 20 < len(told) < 2500
            assert "\n" not in told


def told_of(content: bytes) -> Shared | str:
    """What is read, or the sentence that refuses it; anything else fails the test."""
    try:
        return read(content, RULINGS)
    except ValueError as error:
        return str(error)
