"""Lesson 10: events and their ranks, the exercise, own data and networks, taking it home."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Event as Signal
from typing import Any
from zipfile import ZipFile

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from tests.claim_grids import about
from workbench.checks import is_solved
from workbench.checks.capstone import Work, is_complete
from workbench.checks.events import EVENTS, Event, places
from workbench.lessons.capstone import Capstone, capstone
from workbench.lessons.capstone_surveys import loaded, setting_of, taken_home
from workbench.lessons.claim_cards import reported
from workbench.locale import use_language
from workbench.measurement import Measurement, Quantity, WeightHistogram
from workbench.measurement.choosing import Version
from workbench.setting import Setting
from workbench.widgets.capstone.take_home import Wanted, Written
from workbench.widgets.report import FORMATS, ReportButtons

pytestmark = pytest.mark.usefixtures("cache")
WAIT_SECONDS = 120
BY_NAME = {event.name: event for event in EVENTS}
PLAIN = Setting(dataset="digits")
NET = """
from torch import nn


def net(classes, channels):
    return nn.Sequential(
        nn.Conv2d(channels, 12, 5, 2, 2, bias=False), nn.BatchNorm2d(12), nn.ReLU(),
        nn.Conv2d(12, 24, 3, 2, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(),
        nn.Linear(96, classes),
    )
"""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def version(setting: Setting = PLAIN, right: int = 95, **values: Quantity) -> Version:
    """Of 100 images the first `right` are answered rightly."""
    quantities = {
        "accuracy": about(right / 100, right / 100 - 0.05, right / 100 + 0.05, "fraction"),
        "deflated_bytes": about(10_000, unit="bytes"),
        "speedup": about(1, 0.9, 1.1, "ratio"),
        "worst_class": about(0.7, 0.6, 0.8, "fraction"),
        **values,
    }
    measurement = Measurement(
        setting=setting, quantities=quantities, predictions=np.zeros(100, np.int64),
        ratios=np.ones(1), weights=WeightHistogram(edges=(0.0, 1.0), kept=(1,), pruned=(0,)),
        machine={},
    )  # fmt: skip
    return Version(measurement=measurement, quantities=quantities, right=np.arange(100) < right)


def ranks(event: Event, *versions: Version) -> list[tuple[int, int]]:
    return [(place.first, place.last) for place in places(versions, event)]


def test_exact_sizes_have_a_rank_each_and_equal_ones_share_theirs() -> None:
    small, large = version(), version(deflated_bytes=about(20_000, unit="bytes"))
    assert ranks(BY_NAME["smallest"], large, small) == [(1, 1), (2, 2)]
    assert ranks(BY_NAME["smallest"], small, small, large) == [(1, 2), (1, 2), (3, 3)]


def test_times_whose_spreads_overlap_cannot_be_told_apart() -> None:
    slow = version(speedup=about(0.5, 0.45, 0.55, "ratio"))
    near = version(speedup=about(0.95, 0.85, 1.05, "ratio"))
    assert ranks(BY_NAME["fastest"], slow, near, version()) == [(1, 2), (1, 2), (3, 3)]


def test_a_chain_of_overlaps_keeps_its_ends_apart() -> None:
    speeds = [about(s, s - 0.2, s + 0.2, "ratio") for s in (1.6, 1.3, 1.0)]
    chain = [version(speedup=speed) for speed in speeds]
    assert ranks(BY_NAME["fastest"], *chain) == [(1, 2), (1, 3), (2, 3)]


def test_answers_to_the_same_images_are_compared_pair_by_pair() -> None:
    assert ranks(BY_NAME["under"], version(right=95), version(right=70)) == [(1, 1), (2, 2)]
    assert ranks(BY_NAME["under"], version(right=95), version(right=94)) == [(1, 2), (1, 2)]


def test_who_is_too_inaccurate_too_large_or_imitated_is_not_admitted() -> None:
    assert ranks(BY_NAME["smallest"], version(right=79)) == []
    assert ranks(BY_NAME["under"], version(deflated_bytes=about(17_000, unit="bytes"))) == []
    simulated = replace(about(0.95, 0.9, 1.0, "fraction"), provenance="simulated")
    assert ranks(BY_NAME["fastest"], version(accuracy=simulated)) == []
    assert ranks(BY_NAME["fairest"], version(right=50)) == [(1, 1)]
    assert ranks(BY_NAME["fairest"], version(right=49)) == []
    assert ranks(BY_NAME["under"], version(right=49)) == []


def test_many_versions_that_are_alike_are_not_told_apart_by_chance() -> None:
    """Of ten fair coins on 400 images some pair differs by chance in half of the cases."""
    random, apart = np.random.default_rng(0), 0
    for _round in range(100):
        coins = [replace(version(), right=random.random(400) < 0.9) for _coin in range(10)]
        apart += any(place != (1, 10) for place in ranks(BY_NAME["under"], *coins))
    assert apart <= 10


def whole_work() -> Work:
    settings = [PLAIN, *(replace(PLAIN, weight_bits=bits) for bits in (8, 6, 4))]
    versions = [version(setting) for setting in settings]
    history = [each.measurement for each in versions]
    return Work(versions=versions, history=history, held=1, refuted=1, taken_home=history[1])


def test_a_whole_piece_of_work_is_complete_and_each_part_of_it_is_asked_for() -> None:
    work = whole_work()
    assert is_solved(is_complete(work))
    for lacking in (
        replace(work, versions=work.versions[:3]),
        replace(work, versions=[work.versions[0]] * 4),
        replace(work, held=0),
        replace(work, refuted=0),
        replace(work, taken_home=None),
    ):
        assert not is_solved(is_complete(lacking))


def test_what_is_taken_home_has_to_measure_as_on_the_panel() -> None:
    work = whole_work()
    other = version(replace(PLAIN, weight_bits=8), right=60).measurement
    assert not is_complete(replace(work, taken_home=other))[-1].is_met


def test_what_was_taken_home_counts_after_a_move_to_another_data_set() -> None:
    assert is_complete(replace(whole_work(), versions=[]))[-1].is_met


@pytest.fixture(scope="module")
def colour_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of coloured images of an odd size, told apart by their stripes."""
    folder, rng = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    for label, axis in (("lying", 0), ("standing", 1)):
        (folder / label).mkdir()
        for number in range(60):
            image = rng.integers(0, 90, (37, 51, 3))
            lines = np.arange(image.shape[axis]) % 8 < 4
            image += 120 * (lines[:, None, None] if axis == 0 else lines[None, :, None])
            Image.fromarray(image.astype(np.uint8)).save(folder / label / f"{number}.png")
    return folder


@pytest.fixture
def lesson() -> Iterator[Capstone]:
    made = capstone()
    yield made
    made.bench.close()
    made.judge.close()
    made.home.close()
    for study in made.studies:
        study.close()


def inside(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def html_of(widget: ipywidgets.Widget) -> list[ipywidgets.HTML]:
    return [each for each in inside(widget) if isinstance(each, ipywidgets.HTML)]


def told(widget: ipywidgets.Widget) -> str:
    return "".join(each.value for each in html_of(widget))


def wait_for(widget: ipywidgets.Widget, pattern: str) -> None:
    """Until a text below `widget` matches."""
    there = Signal()

    def look(_change: Any) -> None:
        if re.search(pattern, told(widget)):
            there.set()

    for each in html_of(widget):
        each.observe(look, "value")
    look(None)
    assert there.wait(WAIT_SECONDS), told(widget)


def press(widget: ipywidgets.Widget, label: str) -> None:
    buttons = [each for each in inside(widget) if isinstance(each, ipywidgets.Button)]
    next(button for button in buttons if button.description == label).click()


def load(lesson: Capstone, dataset: str, model: str, answered: str) -> None:
    fields = [each for each in inside(lesson.load) if isinstance(each, ipywidgets.Text)]
    fields[0].value, fields[1].value = dataset, model
    press(lesson.load, "Load")
    wait_for(lesson.load, answered)
    assert [field.value for field in fields] == [dataset, model]


def test_the_loop_runs_on_a_folder_of_images_and_a_network_from_a_file(
    lesson: Capstone, colour_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(NET)
    load(lesson, f"folder:{colour_folder}", f"file:{file}:net", "✓.*file:.*pixels on a side")
    assert lesson.bench.state.setting.model == f"file:{file}:net"
    wait_for(lesson.events, "The smallest file with 80 % right.*baseline")
    cut = replace(lesson.bench.state.setting, granularity="filter", sparsity=0.25, weight_bits=8)
    lesson.bench.controls.show(replace(cut, repair="finetune"))
    wait_for(lesson.events, "fine-tune")
    assert lesson.bench.state.problem == ""
    study = lesson.studies[1]
    press(study.widget, "Scan the layers")
    wait_for(study.widget, "✓")


@pytest.mark.parametrize(
    ("dataset", "model", "sentence"),
    [
        ("folder:/nowhere", "small_cnn", "/nowhere is no folder"),
        ("digits", "file:/nowhere.py:net", "/nowhere.py cannot be read"),
        ("digits", "resnet9", "got resnet9"),
        ("", "small_cnn", "dataset is a name"),
    ],
)
def test_what_cannot_be_loaded_is_told_in_a_sentence_and_the_page_stays(
    lesson: Capstone, dataset: str, model: str, sentence: str
) -> None:
    before = lesson.bench.state.setting
    load(lesson, dataset, model, f"⚠.*{re.escape(sentence)}")
    assert lesson.bench.state.setting == before


def test_a_folder_is_written_whole_or_refused(tmp_path: Path) -> None:
    setting = replace(setting_of("digits", "mlp"), weight_bits=8)
    wanted = Wanted(setting=setting, folder=str(tmp_path / "home"))
    news: list[Written] = []
    found = taken_home(wanted, news.append)
    assert found.measurement is not None
    assert {path.name for path in Path(found.folder).iterdir()} == set(found.files)
    assert all(each.measurement is None for each in news)
    with pytest.raises(ValueError, match="exists already"):
        taken_home(wanted, news.append)


def test_a_second_try_does_not_deny_the_folder_that_is_there(
    lesson: Capstone, tmp_path: Path
) -> None:
    lesson.home.folder.value = str(tmp_path / "home")
    press(lesson.take_home, "Take it home")
    wait_for(lesson.take_home, "Written: ")
    names = ZipFile(BytesIO(lesson.home._packed())).namelist()
    assert {name.removeprefix("home/") for name in names} == {
        path.name for path in (tmp_path / "home").iterdir()
    }
    press(lesson.take_home, "Take it home")
    wait_for(lesson.take_home, "exists already")
    assert "Written: " in told(lesson.take_home)


def test_a_folder_without_a_name_is_asked_for(lesson: Capstone) -> None:
    lesson.home.folder.value = "  "
    press(lesson.take_home, "Take it home")
    assert "⚠ an export is a new folder: write its name" in told(lesson.take_home)


def test_what_ships_is_loaded_as_it_was_trained_and_all_else_learns_from_small_batches() -> None:
    assert setting_of("digits", "mlp").epochs == 30
    assert setting_of("digits", "resnet18").batch_size == 32
    assert loaded(setting_of("digits", "mlp"), lambda news: None).counts["classes"].value == 10


def test_a_report_takes_the_verdicts_along(lesson: Capstone) -> None:
    card = lesson.judge.cards[1]
    card.bet.value = "not supported"
    card.run()
    wait_for(card.widget, "Verdict: not supported")
    (verdict,) = map(reported, lesson.judge.verdicts)
    assert (str(verdict.ruling), str(verdict.bet)) == ("not supported", "not supported")
    assert len(verdict.told) == len(card.judged.cases) if card.judged else 0
    assert verdict.numbers


def test_a_report_names_no_folder_of_this_computer(lesson: Capstone, colour_folder: Path) -> None:
    load(lesson, f"folder:{colour_folder}", "small_cnn", "✓.*small_cnn")
    wait_for(lesson.history, r"small_cnn \(folder:")
    (report_buttons,) = [each for each in inside(lesson.history) if isinstance(each, ReportButtons)]
    for form in FORMATS:
        assert str(colour_folder.parent) not in report_buttons.made(form)["text"]
        assert f"folder:{colour_folder.name}" in report_buttons.made(form)["text"]
