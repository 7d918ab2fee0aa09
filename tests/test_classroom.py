"""The class board: reports of other machines beside what this page ruled and measured."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import ipywidgets
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browsers import Server
from tests.claim_grids import about, column
from workbench.claims import Ruling
from workbench.claims.sentences import BY_NAME
from workbench.lessons.capstone import capstone
from workbench.locale import use_language
from workbench.measurement import Measurement, WeightHistogram
from workbench.report import Ruled, Session, Shared, Tried, Verdict, as_json
from workbench.setting import Setting
from workbench.widgets.claims.card import RULINGS
from workbench.widgets.claims.classroom import MOST_REPORTS, Classroom
from workbench.widgets.claims.classroom_front import MOST_SHOWN, Dot, front
from workbench.widgets.claims.classroom_room import Column, Room, columns, model
from workbench.widgets.claims.classroom_table import table_text
from workbench.widgets.page import page as widgets_page

DAY = date(2026, 1, 2)
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
RYZEN, XEON, HERE = "AMD Ryzen 7 5800X 8-Core Processor", "Intel(R) Xeon(R) CPU @ 2.20GHz", "mine"
PLAIN = Setting(dataset="digits")
NOBODY = Session(day=DAY)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def measurement(
    processor: str = RYZEN, setting: Setting = PLAIN, accuracy: float = 0.9, kib: float = 20
) -> Measurement:
    return Measurement(
        setting=setting, machine={"processor": processor, "cores": "8"},
        quantities={
            "accuracy": about(accuracy, accuracy - 0.02, min(1.0, accuracy + 0.02), "fraction"),
            "deflated_bytes": about(kib * 1024, unit="bytes"),
            "latency_ms": about(1.234, 1.0, 1.5, "ms"),
        },
        predictions=np.zeros(1, np.int64), ratios=np.ones(1),
        weights=WeightHistogram(edges=(0.0, 1.0), kept=(1,), pruned=(0,)),
    )  # fmt: skip


def verdict(claim: str, ruling: Ruling, bet: Ruling = "supported") -> Verdict:
    return Verdict(
        claim=BY_NAME[claim].text, ruling=RULINGS[ruling], bet=RULINGS[bet],
        ruled=Ruled(claim=claim, ruling=ruling, bet=bet),
    )  # fmt: skip


def session(processor: str, *found: Verdict | Measurement, day: date = DAY) -> Session:
    measured = [each for each in found if isinstance(each, Measurement)]
    return Session(
        day=day, measurements=tuple(measured or [measurement(processor)]),
        verdicts=tuple(each for each in found if isinstance(each, Verdict)),
    )  # fmt: skip


def file(content: Session | str, name: str = "report.json", hour: int = 0) -> dict[str, Any]:
    """As ipywidgets hands a file over."""
    text = (content if isinstance(content, str) else as_json(content)).encode()
    return {
        "name": name, "type": "application/json", "size": len(text), "content": memoryview(text),
        "last_modified": NOON + timedelta(hours=hour),
    }  # fmt: skip


def board_with(*sessions: Session, own: Session = NOBODY) -> Classroom:
    board = Classroom(lambda: own)
    board.add([file(each) for each in sessions])
    return board


def told(widget: ipywidgets.Widget) -> str:
    if isinstance(widget, ipywidgets.HTML):
        return str(widget.value)
    return "".join(told(child) for child in getattr(widget, "children", ()))


def shared_by(
    processor: str, rulings: dict[str, Ruling], *, cores: str = "8", day: date = DAY
) -> Shared:
    ruled = [Ruled(claim=c, ruling=r, bet="supported") for c, r in rulings.items()]
    hardware = (processor, "", "", "", cores, "")
    return Shared(hardware=hardware, day=day, rulings=tuple(ruled))


def machines(*reports: Shared, own: Shared | None = None) -> tuple[Column, ...]:
    return columns(Room(own=own or shared_by(HERE, {}), reports=reports))


# Columns


def test_reports_of_one_machine_and_day_are_one_column_and_the_later_ruling_counts() -> None:
    _here, *others = machines(
        shared_by(RYZEN, {"leaner": "supported", "lighter": "supported"}),
        shared_by(XEON, {}),
        shared_by(RYZEN, {"leaner": "not supported"}),
        shared_by(RYZEN, {}, day=date(2026, 1, 3)),
    )
    assert [(each.name, each.day.day) for each in others] == [
        ("AMD Ryzen 7 5800X", 2), ("Intel Xeon", 2), ("AMD Ryzen 7 5800X", 3),
    ]  # fmt: skip
    assert {claim: ruled.ruling for claim, ruled in others[0].rulings.items()} == {
        "leaner": "not supported", "lighter": "supported",
    }  # fmt: skip


def test_two_machines_of_one_name_are_numbered() -> None:
    _here, *others = machines(
        shared_by(XEON, {}), shared_by(XEON, {}, cores="96"), shared_by(RYZEN, {})
    )
    assert [each.name for each in others] == ["Intel Xeon #1", "Intel Xeon #2", "AMD Ryzen 7 5800X"]


def test_this_page_is_the_first_column() -> None:
    own = shared_by(HERE, {"leaner": "depends"})
    here, _other = machines(shared_by(RYZEN, {}), own=own)
    assert here.is_here
    assert here.title == "here"
    assert here.rulings["leaner"].ruling == "depends"


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz", "Intel Core i7-9750H"),
        ("AMD Ryzen 5 7530U with Radeon Graphics", "AMD Ryzen 5 7530U"),
        ("Apple M2", "Apple M2"),
        ("", "unknown processor"),
        ("x" * 99, "x" * 31 + "…"),
    ],
)
def test_a_processor_is_named_by_its_model(full: str, short: str) -> None:
    assert model(full) == short


# The table


def test_the_table_says_on_how_many_machines_a_sentence_holds_and_where_they_differ() -> None:
    text = table_text(
        machines(
            shared_by("a", {"leaner": "supported", "lighter": "supported"}),
            shared_by("b", {"leaner": "not supported", "lighter": "cannot tell"}),
            own=shared_by(HERE, {"leaner": "not supported"}),
        )
    )
    lighter, leaner = text.split("<li>")[1:]
    assert "on 1 of 3 machines: supported; on 2 of 3 machines: not supported." in leaner
    assert "Machines differ: same sentence, other hardware." in leaner
    assert "on 1 of 2 machines: supported; on 1 of 2 machines: cannot be told." in lighter
    assert "differ" not in lighter  # one of them says nothing against the other
    assert str(BY_NAME["int8"].text) not in text  # nobody ran it


def test_a_machine_counts_once_by_what_it_said_last() -> None:
    own = shared_by(RYZEN, {"leaner": "supported"})
    early = shared_by(RYZEN, {"leaner": "not supported", "lighter": "not supported"})
    late = shared_by(RYZEN, {"lighter": "supported"}, day=date(2026, 1, 3))
    text = table_text(machines(late, early, own=own))
    assert "on 1 of 1 machines: supported." in text
    assert "not supported." not in text.partition("<li>")[2]
    assert "differ" not in text


def test_a_cell_tells_the_ruling_and_whether_the_bet_was_right() -> None:
    text = told(board_with(
        session(RYZEN, verdict("leaner", "not supported"), verdict("lighter", "supported")),
    ).table.widget)  # fmt: skip
    assert "<td>✗ not supported</td>" in text
    assert "<td>✓ supported</td>" in text
    assert f'title="recorded on 2026-01-02 on {RYZEN}"' in text


def test_one_s_own_verdicts_carry_no_label_of_a_record() -> None:
    own = session(HERE, verdict("leaner", "supported"))
    text = told(board_with(own=own).table.widget)
    assert "<td>✓ supported</td>" in text
    assert "wb-recorded" not in text


def test_nothing_of_a_file_becomes_markup() -> None:
    evil = "<img src=x onerror=alert(1)>"
    found = measurement(evil, Setting(dataset=evil, model=evil))
    board = board_with(session(evil, found, verdict("leaner", "supported")))
    board.add([file("no", name=f"{evil}.json")])
    text = told(board.widget)
    assert "<img" not in text
    assert text.count("&lt;img src=x onerror") > 4


# Files


def test_good_files_count_where_others_are_refused_and_further_ones_add_up() -> None:
    board = board_with(session(RYZEN, verdict("leaner", "supported")))
    newer = as_json(NOBODY).replace('"version": 1', '"version": 9')
    board.add([file("{", "a.json"), file(session(XEON)), file(newer, "b.json")])
    status = told(board.widget)
    assert "Reports: 2, of machines: 2." in status
    assert status.count("wb-problem") == 2
    assert "a.json: a report is JSON" in status
    assert "b.json: this workbench reads reports up to version 1, got 9" in status


def test_a_button_clears_the_class_and_what_was_refused() -> None:
    board = board_with(session(RYZEN, verdict("leaner", "supported")))
    board.add([file("{")])
    button = next(b for b in board.widget.children[1].children if hasattr(b, "click"))
    button.click()
    assert "Reports: 0" in told(board.widget)
    assert "wb-problem" not in told(board.widget)
    assert "Nobody has bet" in told(board.table.widget)


def test_a_class_has_no_more_than_sixty_reports() -> None:
    board = board_with(*[session(f"machine {n}") for n in range(MOST_REPORTS + 1)])
    assert f"Reports: {MOST_REPORTS}, of machines: {MOST_REPORTS}." in told(board.widget)
    assert f"a class has at most {MOST_REPORTS} reports" in told(board.widget)


def test_of_files_chosen_at_once_the_one_written_last_counts() -> None:
    board = Classroom(lambda: NOBODY)
    upload = board.widget.children[1].children[0]
    late = file(session(RYZEN, verdict("leaner", "depends")), "workbench (1).json", hour=2)
    early = file(session(RYZEN, verdict("leaner", "supported")), "workbench.json", hour=1)
    upload.value = [late, early]
    assert upload.value == ()
    assert "<td>✗ depends</td>" in told(board.table.widget)
    assert "<td>✓ supported</td>" not in told(board.table.widget)


def test_what_can_be_used_on_the_board_is_named_in_the_language_of_the_page() -> None:
    board = board_with(session(RYZEN))
    shown = (board.widget.children[1].children[0], board.front.dataset, board.table.widget)
    for language, expected in (
        ("en", ("Add reports (JSON)", "data set of the front of the class",
                "verdicts of the class")),
        ("tr", ("Rapor ekle (JSON)", "sınıf cephesinin veri kümesi", "sınıfın hükümleri")),
    ):  # fmt: skip
        use_language(language)
        marks = [next(c for c in w._dom_classes if c.startswith("wb-named-")) for w in shown]
        assert tuple(widgets_page().names[mark]["name"] for mark in marks) == expected


# The front


def dots(places: Sequence[tuple[float, float]]) -> list[Dot]:
    [here] = machines()
    return [
        Dot(
            machine=here,
            tried=Tried(
                setting=PLAIN, accuracy=about(accuracy, unit="fraction"),
                deflated_bytes=about(size, unit="bytes"),
            ),
        )
        for size, accuracy in places
    ]  # fmt: skip


def test_nobody_beats_who_is_on_the_front_and_somebody_beats_all_others() -> None:
    rng = np.random.default_rng(0)
    # Few values, so that many are equal in one number or in both.
    every = dots([(int(s), a / 10) for s, a in rng.integers(1, 10, (60, 2))])
    best = front(every)

    def beats(one: Dot, other: Dot) -> bool:
        (size, right), (other_size, other_right) = one.place, other.place
        return size <= other_size and right >= other_right and one.place != other.place

    for dot in every:
        assert (dot in best) is not any(beats(other, dot) for other in every)


def test_the_plane_merges_all_but_times_and_every_number_has_its_label() -> None:
    own = session(HERE, measurement(HERE, replace(PLAIN, weight_bits=4), 0.95, 10))
    board = board_with(session(RYZEN), session(XEON), own=own)
    text = told(board.front.widget)
    assert "measured on this page: 1" in text
    assert "from reports: 2" in text
    rows = text.partition("<tbody>")[2].split("<tr>")[1:]
    assert [("wb-recorded" in row, "wb-measured" in row) for row in rows] == [
        (False, True), (True, False), (True, False),
    ]  # fmt: skip
    assert f"recorded on 2026-01-02 on {RYZEN}, labelled there as measured" in rows[1]
    assert "1.23" not in text  # milliseconds of one machine
    assert "Latency is not merged: it holds for one machine alone." in text


def test_one_data_set_is_shown_at_a_time_and_the_choice_stays() -> None:
    fashion = replace(PLAIN, dataset="fashion_mnist")
    board = board_with(session(RYZEN))
    choice = board.front.dataset
    assert choice.layout.display == "none"
    board.add([file(session(XEON, measurement(XEON, fashion)))])
    assert choice.layout.display is None
    assert choice.options == ("digits", "fashion_mnist")
    choice.value = "fashion_mnist"
    assert "(fashion_mnist)" in told(board.front.widget)
    assert "(digits)" not in told(board.front.widget)
    board.add([file(session("third"))])
    assert choice.value == "fashion_mnist"


def test_what_was_measured_again_on_a_machine_and_day_is_one_dot() -> None:
    again = session(RYZEN, measurement(RYZEN, accuracy=0.8), measurement(RYZEN, accuracy=0.85))
    text = told(board_with(session(RYZEN), again).front.widget)
    assert "from reports: 1" in text
    assert "85.0 %" in text


def test_a_plane_that_is_too_full_keeps_the_front_and_says_how_many_it_left_out() -> None:
    many = [
        measurement(RYZEN, replace(PLAIN, seed=n), 0.9 - n / 10_000, 20 + n)
        for n in range(MOST_SHOWN + 5)
    ]
    low = measurement(RYZEN, replace(PLAIN, weight_bits=2), 0.1, 1)
    text = told(board_with(session(RYZEN, *many, low)).front.widget)
    assert "Less accurate ones that are not shown: 6." in text
    assert "Below the figure, in the table only: 1." in text
    assert "the front: 2" in text


# The lesson


def test_a_verdict_of_lesson_10_is_on_the_class_board_at_once(cache: Path) -> None:
    lesson = capstone()
    try:
        card = next(card for card in lesson.judge.cards if card.claim.name == "int8")
        card.bet.value = "supported"
        fast = about(2, 1.8, 2.2, "ratio")
        card.take(column("1", {"4": fast, "64": fast}))
        assert "<td>✓ supported</td>" in told(lesson.classroom)
    finally:
        lesson.bench.close()
        lesson.judge.close()
        lesson.home.close()
        for study in lesson.studies:
            study.close()


def test_reports_that_are_chosen_in_a_browser_stand_beside_each_other(
    voila_server: Server, page: Page, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{name}.json" for name in ("one", "two")]
    rulings = dict(zip((RYZEN, XEON), get_args(Ruling), strict=False))
    for path, (processor, ruling) in zip(paths, rulings.items(), strict=True):
        path.write_text(as_json(session(processor, verdict("leaner", ruling))), encoding="utf-8")
    page.goto(voila_server.lesson(file="10_capstone.ipynb"))
    upload = page.get_by_role("button", name="Add reports (JSON)")
    with page.expect_file_chooser() as chooser:
        upload.click()
    chooser.value.set_files(paths)
    board = page.get_by_role("group", name="verdicts of the class")
    expect(board).to_contain_text("Intel Xeon")
    expect(board).to_contain_text("Machines differ: same sentence, other hardware.")
