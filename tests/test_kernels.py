"""Lesson 3 without a browser: windows, looks, the four trained, and the page that shows them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import numpy_helper
from PIL import Image
from torch import nn
from torch.nn import functional

from workbench.core.accuracy import validated
from workbench.core.data import load
from workbench.core.models import build
from workbench.core.own_image import own_image
from workbench.core.sizes import macs
from workbench.core.studies import kernels as study
from workbench.core.studies import short_trainings
from workbench.core.studies.kernels import COLUMNS, PAIRED, kernels, trained_maps
from workbench.core.studies.look import look
from workbench.core.studies.short_trainings import possible, recorded_kernels, short_training
from workbench.core.studies.stacks import CASES, ONE, SIDE, TWO, chain, counted, proto, stacks
from workbench.core.training import fit, learned
from workbench.figures.lengths import lengths
from workbench.figures.sliding import KINDS, Sliding, window_numbers
from workbench.lessons.kernels import START, Kernels
from workbench.lessons.kernels import kernels as lesson_of
from workbench.locale import message, use_language
from workbench.measurement import Grid, Progress, Quantity, Superseded, ignore
from workbench.measurement.kernels import Look
from workbench.setting import Setting
from workbench.widgets.kernel_bars import KernelBars
from workbench.widgets.kernel_panel import KernelPanel
from workbench.widgets.stacks import Stacks

PATIENCE_S = 30
DIGITS = Setting(dataset="digits", width=4, inference_batch=1)

pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


# The sliding window


@pytest.mark.parametrize("padding", [0, 2])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_the_map_of_sums_is_torchs_convolution(kind: str, stride: int, padding: int) -> None:
    picture = np.random.default_rng(0).random((9, 13))
    numbers = window_numbers(kind, 5)
    sliding = Sliding(picture=picture, numbers=numbers, stride=stride, padding=padding)
    image, weight = (torch.from_numpy(each)[None, None] for each in (picture, numbers))
    theirs = functional.conv2d(image, weight, stride=stride, padding=padding)[0, 0].numpy()
    assert np.allclose(sliding.sums, theirs)
    for row, column in np.ndindex(theirs.shape):
        products = sliding.pixels(row, column) * numbers
        assert products.sum() == pytest.approx(theirs[row, column])


@pytest.mark.parametrize("padding", [0, 2])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_the_middle_of_a_window_leads_back_to_its_place(stride: int, padding: int) -> None:
    sliding = Sliding(
        picture=np.zeros((9, 13)), numbers=window_numbers("mean", 5), stride=stride, padding=padding
    )
    for row, column in np.ndindex(sliding.sums.shape):
        top, left = sliding.corner(row, column)
        assert sliding.nearest(top + 2, left + 2) == (row, column)


@pytest.mark.parametrize("side", [1, 3, 5, 7])
def test_a_mean_keeps_even_grey_and_differences_give_0_on_it(side: int) -> None:
    assert window_numbers("mean", side).sum() == pytest.approx(1)
    for kind in set(KINDS) - {"mean"}:
        assert window_numbers(kind, side).sum() == pytest.approx(0)


@pytest.mark.parametrize("side", [3, 5, 7])
def test_a_difference_measures_the_slope_of_its_direction_alone(side: int) -> None:
    rows, columns = np.mgrid[:side, :side]
    across, down = window_numbers("left_right", side), window_numbers("top_bottom", side)
    assert (across * columns).sum() == pytest.approx(1)
    assert (down * rows).sum() == pytest.approx(1)
    assert (across * rows).sum() == pytest.approx(0)


def test_a_window_that_does_not_fit_its_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="2 x 2 pixels with its padding, got a window of 3"):
        Sliding(picture=np.zeros((2, 2)), numbers=np.zeros((3, 3)), stride=1, padding=0)


# A picture of one's own


def file_of(picture: Image.Image, kind: str = "PNG") -> bytes:
    file = BytesIO()
    picture.save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 8, 8)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_of_any_size_becomes_one_of_the_data_set(
    kind: str, shape: tuple[int, int, int]
) -> None:
    half = Image.new("RGB", (400, 200), "white")
    half.paste("black", (0, 0, 200, 200))
    found = own_image(file_of(half, kind), shape)
    assert (found.shape, found.dtype) == (shape, np.uint8)
    assert found[:, :, : shape[2] // 2 - 1].max() < 40
    assert found[:, :, shape[2] // 2 + 1 :].min() > 215


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "got 0 bytes that are none"),
        (b"not a picture", "got 13 bytes that are none"),
        (file_of(Image.new("L", (300, 300)))[:90], "got 90 bytes that are none"),
        (bytes(9 * 2**20), "at most 8 MiB, got 9 MiB"),
        (file_of(Image.new("1", (10_000, 6_000))), "at most 50 million pixels, got 60"),
    ],
    ids=["empty", "text", "cut off", "heavy", "huge"],
)
def test_what_is_no_picture_gets_one_sentence(content: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told) as error:
        own_image(content, (1, 28, 28))
    assert "\n" not in str(error.value)


# Looks


def test_a_look_counts_first_and_times_then_and_claims_no_accuracy() -> None:
    seen: list[Look] = []
    found = look(DIGITS, seen.append)
    assert set(seen[0].quantities) == {"parameters", "macs"}
    assert {"latency_ms", "baseline_latency_ms", "speedup"} <= set(found.quantities)
    assert "accuracy" not in found.quantities
    assert found.quantities["latency_ms"].provenance == "measured"
    assert found.quantities["macs"].provenance == "computed"


def test_a_form_too_large_to_wait_for_is_counted_and_not_timed() -> None:
    large = Setting(width=32, depth=3, kernel_size=7, convolutions=3, stride=1)
    found = look(large, lambda news: None)
    assert set(found.quantities) == {"parameters", "macs"}
    assert "not timed" in str(found.notes[0])


def test_a_look_ends_when_nobody_wants_it() -> None:
    def enough(news: Look) -> None:
        raise Superseded

    with pytest.raises(Superseded):
        look(DIGITS, enough)


# The four, trained


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """One epoch on a few images."""
    few = {"train_images": 256, "epochs": 1, "batch_size": 32}
    monkeypatch.setattr(short_trainings, "SHORT", {"digits": few, "fashion_mnist": few})


@pytest.mark.usefixtures("short")
def test_the_four_are_counted_timed_and_really_trained() -> None:
    news: list[Progress] = []
    grid = kernels(DIGITS, news.append)
    cells = {(row, name) for row in ("1", "3", "5", "7") for name in COLUMNS}
    assert set(grid.cells) == cells | {(row, name) for row in ("1", "5", "7") for name in PAIRED}
    counts = [grid.cells[row, "macs"].value for row in grid.rows]
    assert counts == sorted(counts)
    assert grid.cells["3", "slowdown"].value == 1
    done = [each.done for each in news]
    assert done == sorted(done)
    data = load("digits")
    again = validated(fit(short_training(DIGITS, 5), data, ignore), data, lambda: None)
    assert grid.cells["5", "validation_accuracy"].value == again["validation_accuracy"].value


@pytest.mark.usefixtures("short")
def test_each_kernel_size_is_paired_with_3_x_3_on_the_same_images() -> None:
    grid = kernels(DIGITS, ignore)
    n = len(load("digits").validation_labels)
    of_three = grid.cells["3", "validation_accuracy"].value
    for row in ("1", "5", "7"):
        helped, hurt, p_value = (grid.cells[row, name] for name in PAIRED)
        gained = grid.cells[row, "validation_accuracy"].value - of_three
        assert helped.value - hurt.value == pytest.approx(n * gained)
        assert helped.n == n
        assert 0 <= p_value.value <= 1
        assert "corrected for 3 comparisons" in str(p_value.how)


def test_what_is_recorded_is_the_training_that_the_button_starts() -> None:
    """Seed for seed the same updates: it differs by rounding of another machine at most."""
    setting = replace(START, dataset="digits")
    known = recorded_kernels(setting)
    assert known.rows == ("1", "3", "5", "7")
    cell = known.cells["3", "recorded_accuracy"]
    assert cell.provenance == "recorded"
    now = learned(short_training(setting, 3), load("digits"), ignore).training.validated[-1]
    live = now.quantities["validation_accuracy"]
    assert cell.low is not None
    assert cell.high is not None
    assert cell.n == live.n
    assert cell.low <= live.value <= cell.high


@pytest.mark.parametrize("other", [{"dataset": "fashion_mnist"}, {"width": 8}, {"stride": 1}])
def test_nothing_is_said_to_be_recorded_of_another_training(other: dict[str, Any]) -> None:
    assert not recorded_kernels(replace(START, **{"dataset": "digits", **other})).cells


@pytest.mark.usefixtures("short")
def test_the_maps_are_those_of_the_network_that_was_trained() -> None:
    kernels(DIGITS, ignore)
    data = load("digits")
    image = data.test_images[0]
    made = trained_maps("digits", image)
    assert [maps.kernel_size for maps in made] == [1, 1, 3, 3, 5, 5, 7, 7]
    model = fit(short_training(DIGITS, 3), data, ignore)
    assert isinstance(model.blocks, nn.Sequential)
    scale = 255 * np.array(data.std, np.float32)
    picture = (image.astype(np.float32) - 255 * np.array(data.mean, np.float32)) / scale
    with torch.no_grad():
        theirs = model.blocks[0](torch.from_numpy(picture)[None])[0].numpy()
    assert np.allclose(made[2].maps, theirs, atol=1e-4)
    assert trained_maps("fashion_mnist", image) == ()


@pytest.mark.usefixtures("short")
def test_a_stopped_training_keeps_nothing() -> None:
    def enough(news: Progress) -> None:
        if news.done > 100:
            raise Superseded

    before = list(study._LAST)
    with pytest.raises(Superseded):
        kernels(DIGITS, enough)
    assert before == study._LAST


def test_windows_that_do_not_fit_are_left_out_and_none_is_told() -> None:
    data = load("digits")
    assert possible(replace(DIGITS, padding="valid", depth=1, stride=1), data) == (1, 3)
    with pytest.raises(ValueError, match="stride is at most the side"):
        possible(replace(DIGITS, stride=9), data)


def test_an_update_that_would_take_seconds_is_refused() -> None:
    large = Setting(width=32, depth=3, stride=1, convolutions=3)
    with pytest.raises(ValueError, match="choose fewer channels"):
        kernels(large, ignore)


# Two small windows against a large one


@pytest.mark.parametrize("sides", [ONE, TWO])
@pytest.mark.parametrize("place", CASES)
def test_what_is_timed_is_the_convolutions_that_are_counted(
    place: str, sides: tuple[int, ...]
) -> None:
    windows = chain(CASES[place], 4, sides)
    model = proto(windows)
    layers: list[nn.Module] = []
    for each, tensor in zip(windows, model.graph.initializer, strict=True):
        layer = nn.Conv2d(each.inputs, each.outputs, each.kernel_size, each.stride, each.padding,
                          bias=False)  # fmt: skip
        layer.weight.data = torch.from_numpy(numpy_helper.to_array(tensor).copy())
        layers += [layer, nn.ReLU()]
    network = nn.Sequential(*layers)
    shape = (windows[0].inputs, SIDE, SIDE)
    pictures = np.random.default_rng(0).normal(size=(2, *shape)).astype(np.float32)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    with torch.no_grad():
        theirs = network(torch.from_numpy(pictures)).numpy()
    assert np.allclose(session.run(None, {"images": pictures})[0], theirs, atol=1e-4)
    side = "one" if sides == ONE else "two"
    found = counted(CASES[place], 4)
    weights = sum(parameter.numel() for parameter in network.parameters())
    assert found[f"weights_{side}"].value == weights
    assert found[f"macs_{side}"].value == macs(network, shape).value


def test_the_saving_holds_between_equal_channels_and_not_where_a_network_widens() -> None:
    shares = {place: counted(case, 16) for place, case in CASES.items()}
    assert shares["equal"]["weights_share"].value == 18 / 25
    assert shares["equal"]["macs_share"].value == 18 / 25
    assert shares["doubled"]["weights_share"].value > 1
    assert shares["halved"]["macs_share"].value > 2
    assert shares["stem"]["weights_share"].value > 1


def test_each_place_is_timed_with_an_interval_around_its_value() -> None:
    grid = stacks(Setting(width=4, inference_batch=1), ignore)
    for place in CASES:
        share = grid.cells[place, "time_share"]
        assert share.low is not None
        assert share.high is not None
        assert share.low <= share.value <= share.high


# The page


@pytest.fixture
def lesson(cache: Path) -> Iterator[Kernels]:
    made = lesson_of()
    yield made
    made.bench.close()
    for each in made.studies:
        each.close()


def wait_for(condition: Callable[[], bool], changed: Event) -> None:
    for _news in range(100):
        if condition():
            return
        changed.wait(PATIENCE_S / 100)
        changed.clear()
    raise AssertionError("it did not happen")


def settled(lesson: Kernels, words: str) -> None:
    """Wait until the status line says so."""
    changed = Event()
    lesson.bench.status.observe(lambda _change: changed.set(), "value")
    wait_for(lambda: words in lesson.bench.status.value, changed)


def test_a_form_that_does_not_exist_is_explained_and_the_panel_lives_on(lesson: Kernels) -> None:
    controls = lesson.bench.controls
    settled(lesson, "3 blocks: the last layer sees 15 x 15 pixels")
    controls.show(replace(START, kernel_size=7, padding="valid"))
    settled(lesson, "at block 3")
    assert "wb-old" in str(lesson.receptive.children[1]._dom_classes)
    controls.show(replace(START, kernel_size=5, stride=1))
    settled(lesson, "sees 13 x 13 pixels")
    assert "wb-old" not in str(lesson.receptive.children[1]._dom_classes)
    assert "9 + (5 - 1) x 1 = 13" in lesson.receptive.children[1].value


def test_the_exercise_judges_the_form_of_the_panel(lesson: Kernels) -> None:
    exercise = lesson.exercise.children[1]
    settled(lesson, "✓")
    assert "✗" in exercise.value
    solution = replace(START, kernel_size=5, stride=1, width=8, depth=1)
    lesson.bench.controls.show(solution)
    settled(lesson, "sees 9 x 9")
    assert "Solved." in exercise.value


def test_drawing_moving_and_another_picture_reach_the_numbers(lesson: Kernels) -> None:
    sheet, picture = lesson.picture.sheet, lesson.picture
    numbers = lesson.window.children[1].children[1].children[0].children[1]
    paper = np.zeros((28, 28), np.uint8)
    paper[13:16, 14:] = 255
    sheet.value = {"kind": "paint", "pixels": paper.reshape(-1).tolist(), "count": 1}
    assert np.array_equal(picture.image, paper)
    sheet.value = {"kind": "place", "row": 14, "column": 14, "count": 2}
    assert sheet.frame == [13, 13, 3]
    assert "<b>0.50</b>" in numbers.value
    sheet.value = {"kind": "step", "rows": 0, "columns": 1, "count": 3}
    assert sheet.frame == [13, 15, 3]
    assert "<b>0.00</b>" in numbers.value
    sheet.value = {"kind": "step", "rows": 99, "columns": -99, "count": 4}
    assert sheet.frame[1] == -1  # at the edge, over the padding
    sheet.value = {"kind": "paint", "pixels": "nonsense", "count": 5}
    assert "wb-problem" in picture.controls[-1].value


def test_both_sets_of_controls_are_one_form(lesson: Kernels) -> None:
    left = lesson.window.children[1].children[0].children
    kernel_size = next(each for each in left if getattr(each, "description", "") == "kernel size")
    kernel_size.value = 7
    assert lesson.bench.setting.kernel_size == 7
    lesson.bench.controls.show(START)
    assert kernel_size.value == 3
    assert lesson.picture.sheet.margin == 1


def test_another_data_set_brings_its_own_pictures(lesson: Kernels) -> None:
    lesson.bench.controls.show(replace(START, dataset="digits", kernel_size=7, padding="valid"))
    assert lesson.picture.image.shape == (8, 8)
    assert lesson.picture.sheet.height == 8


def test_the_lesson_speaks_both_languages(lesson: Kernels) -> None:
    use_language("tr")
    settled(lesson, "✓")
    numbers = lesson.bench.readouts.widget.value
    assert "25.978" in numbers
    use_language("en")
    assert "25,978" in lesson.bench.readouts.widget.value


def test_an_unexpected_error_ends_no_panel() -> None:
    def run(setting: Setting, report: Any) -> Look:
        if setting.kernel_size == 5:
            raise RuntimeError("out of order")
        return Look(setting=setting, shape=(1, 28, 28), sights=(sight,), quantities={})

    sight = look(Setting(kernel_size=3), lambda news: None).sights[0]
    panel, changed = KernelPanel(run, START), Event()
    panel.status.observe(lambda _change: changed.set(), "value")
    try:
        panel.ask(replace(START, kernel_size=5))
        wait_for(lambda: "out of order" in panel.status.value, changed)
        panel.ask(START)
        wait_for(lambda: "✓" in panel.status.value, changed)
    finally:
        panel.close()


def test_bars_are_as_long_as_their_numbers_and_gaps_keep_their_place() -> None:
    def of(value: float) -> Quantity:
        how = message("zeros")
        return Quantity(value=value, unit="ratio", provenance="measured", how=how)

    html = lengths([("a", of(1.0)), ("b", of(4.0)), ("c", None)], one=2.0)
    assert "width:25.0%" in html
    assert "width:100.0%" in html
    assert html.count("wb-more") == 1
    assert html.count('class="wb-length"') == 3


def test_bars_say_of_two_networks_what_the_paired_test_says() -> None:
    def of(value: float, unit: Any = "fraction") -> Quantity:
        return Quantity(
            value=value, unit=unit, provenance="measured", how=message("zeros"), n=5000
        )  # fmt: skip

    cells = {
        ("3", "validation_accuracy"): of(0.85), ("7", "validation_accuracy"): of(0.86),
        ("7", "helped"): of(300, "count"), ("7", "hurt"): of(260, "count"),
        ("7", "p_value"): of(0.1, "ratio"),
    }  # fmt: skip
    bars = KernelBars()
    bars.draw(Grid(rows=("3", "7"), columns=("validation_accuracy", *PAIRED), cells=cells))
    assert "7 × 7 gets 300 right that 3 × 3 misses, and misses 260" in bars.widget.value
    assert "<strong>cannot tell them apart</strong>" in bars.widget.value
    cells["7", "p_value"] = of(0.01, "ratio")
    bars.draw(Grid(rows=("3", "7"), columns=("validation_accuracy", *PAIRED), cells=cells))
    assert "<strong>more accurate</strong>" in bars.widget.value
    use_language("tr")
    assert "3 × 3" in bars.widget.value


def test_what_is_recorded_stands_there_until_something_is_measured() -> None:
    bars = KernelBars()
    bars.show_recorded(recorded_kernels(replace(START, dataset="digits")))
    assert "validation accuracy, recorded" in bars.widget.value
    assert "recorded on" in bars.widget.value
    assert "press the button" in bars.widget.value
    bars.show_recorded(recorded_kernels(START))
    assert "recorded" not in bars.widget.value


def test_an_empty_grid_asks_for_the_button() -> None:
    for figure in (KernelBars(), Stacks()):
        figure.draw(Grid(rows=(), columns=(), cells={}))
        assert "press the button" in figure.widget.value


def test_training_for_seconds_keeps_the_form() -> None:
    setting = Setting(width=8, stride=1, padding="valid", convolutions=2, inference_batch=16)
    short = short_training(setting, 5)
    form = {"width": 8, "stride": 1, "padding": "valid", "convolutions": 2, "kernel_size": 5}
    assert {name: getattr(short, name) for name in form} == form
    assert count_of(short) == count_of(replace(setting, kernel_size=5))


def count_of(setting: Setting) -> int:
    return sum(parameter.numel() for parameter in build(setting, (1, 28, 28), 10).parameters())
