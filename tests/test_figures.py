"""Figures of pruning and quantization: their numbers, and that every state can be drawn."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from workbench.figures.matrix import matrix_png
from workbench.figures.ruler import ruler
from workbench.figures.stairs import rounded, stairs
from workbench.locale import LANGUAGES, Message, message, use_language
from workbench.measurement import (
    ActivationHistogram,
    Closeup,
    Layer,
    Measurement,
    Quantity,
    Rounding,
    WeightHistogram,
)
from workbench.measurement.formats import Format, formats
from workbench.setting import Setting
from workbench.statistics import wilson_interval
from workbench.widgets.activations import Activations
from workbench.widgets.classes import Classes
from workbench.widgets.ladder import ladder_picture
from workbench.widgets.matrix import Matrix
from workbench.widgets.network import Network
from workbench.widgets.page import page
from workbench.widgets.rounding import RoundingView
from workbench.widgets.state import State

RNG = np.random.default_rng(0)
NASTY = "<i>conv</i>"
LABELS = np.repeat(np.arange(3), 40)
FORMATS = {each.name: each for each in formats()}


class Images:
    """120 test images of three classes; of the fourth there is none."""

    test_images = np.zeros((120, 1, 4, 4), np.uint8)
    test_labels = LABELS
    classes: tuple[Message, ...] = tuple(
        message(c) for c in ("Shirt", "<b>Coat</b>", "Bag", "Dress")
    )


def quantity(value: float, unit: Any = "count") -> Quantity:
    return Quantity(value=value, unit=unit, provenance="computed", how=message("calibration"))


def layer(name: str, kind: Any, before: tuple[int, int], after: tuple[int, int]) -> Layer:
    found = {"weights": quantity(200), "zeros": quantity(50), "sqnr_db": quantity(31.2, "dB")}
    return Layer(
        name=name, kind=kind, inputs=after[0], outputs=after[1], before=before, quantities=found
    )


LAYERS = (
    layer("features.0", "convolution", (1, 32), (1, 20)),
    layer(NASTY, "depthwise", (1, 32), (1, 20)),
    layer("classifier", "linear", (32, 10), (20, 10)),
)


def rounding(bits: int = 4, zero_point: int = 0) -> Rounding:
    """Nine weights on a grid of whole 0.1s; the last one lies beyond it and is limited."""
    weights = np.array([0.02, -0.04, 0.1, 0.12, -0.33, 0.5, -0.61, 0.0, 2.0], np.float32)
    step, zero = np.full(9, 0.1, np.float32), np.full(9, zero_point)
    levels = np.clip(np.rint(weights / step), -7, 7).astype(np.int64) + zero
    after = ((levels - zero) * step).astype(np.float32)
    return Rounding(
        layer=NASTY, bits=bits, before=weights, levels=levels, step=step, zero_point=zero,
        after=after,
    )  # fmt: skip


def matrices() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    before = RNG.normal(size=(6, 9)).astype(np.float32)
    after = before.copy()
    after[0], after[1, :4] = np.nan, 0
    return before, after


def histogram(counts: tuple[int, ...] = (900, 60, 30, 10)) -> ActivationHistogram:
    return ActivationHistogram(
        layer=NASTY, edges=(0.0, 1.0, 2.0, 3.0, 4.0), counts=counts, low=0.0, high=2.9, bits=4
    )


def measurement(predictions: NDArray[np.int64] = LABELS, **changes: Any) -> Measurement:
    before, after = matrices()
    closeup = Closeup(
        layer=NASTY, before=before, after=after, rounding=rounding(), activations=histogram()
    )
    whole: dict[str, Any] = {
        "setting": Setting(), "quantities": {"clipped_share": quantity(0.01, "fraction")},
        "predictions": predictions, "ratios": np.ones(3), "machine": {},
        "weights": WeightHistogram(edges=(-1.0, 1.0), kept=(1,), pruned=(0,)),
        "layers": LAYERS, "closeup": closeup,
    }  # fmt: skip
    return Measurement(**{**whole, **changes})


def views() -> dict[str, Any]:
    return {
        "network": Network(), "rounding": RoundingView(), "activations": Activations(),
        "matrix": Matrix(), "classes": Classes(lambda name: Images()),
    }  # fmt: skip


NAMES = tuple(views())


def drawn(name: str, answer: Measurement | None, pinned: Measurement | None = None) -> Any:
    view = views()[name]
    view.view.draw(State(setting=Setting(), answer=answer, pinned=pinned))
    return view.widget


def html(widget: Any) -> str:
    return str(widget.children[-1].value if hasattr(widget, "children") else widget.value)


@pytest.fixture(params=LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    use_language(request.param)
    yield request.param
    use_language("en")


# The ruler


def floats(dtype: torch.dtype) -> Mapping[str, float]:
    """What torch says of a format; the smallest number by its bits, 1 above 0."""
    told, whole = torch.finfo(dtype), {16: torch.int16, 32: torch.int32}[torch.finfo(dtype).bits]
    return {
        "least": float(torch.tensor([1], dtype=whole).view(dtype)),
        "least_normal": told.smallest_normal,
        "largest": told.max,
        "step": told.eps,
        "bits": told.bits,
    }


@pytest.mark.parametrize(
    ("name", "dtype"),
    [("FP32", torch.float32), ("FP16", torch.float16), ("BF16", torch.bfloat16)],
)
def test_the_ruler_says_of_a_format_what_torch_says(name: str, dtype: torch.dtype) -> None:
    each, known = FORMATS[name], floats(dtype)
    assert 1 + each.exponent + each.mantissa == known["bits"]
    for field in ("least", "least_normal", "largest", "step"):
        assert getattr(each, field) == known[field], field


@pytest.mark.parametrize(("name", "bits"), [("INT8", 8), ("INT4", 4)])
def test_a_whole_number_has_no_exponent_and_ends_where_its_bits_do(name: str, bits: int) -> None:
    each: Format = FORMATS[name]
    assert (each.exponent, each.mantissa, each.step) == (0, bits - 1, 1)
    assert each.largest == 2 ** (bits - 1) - 1
    assert bits != 8 or each.largest == torch.iinfo(torch.int8).max


def test_the_ruler_shows_a_box_a_bit_and_a_line_a_number() -> None:
    told = ruler()
    spans = [int(count) for count in re.findall(r"grid-column:span (\d+)", told)]
    assert sum(spans) == 32 + 16 + 16 + 8 + 4
    paths = [path.count("M") for path in re.findall(r'<path d="([^"]*)"', told)]
    # bfloat16 has 4 numbers after 1 on this stretch, float16 8 times as many, whole numbers none.
    assert paths == [4 * 8 + 1, 4 + 1, 1, 1]


def test_the_ruler_writes_exact_powers_and_about_how_much_they_are() -> None:
    told = ruler()
    assert "2<sup>−149</sup> ≈ 1.4·10<sup>−45</sup>" in told
    assert "2<sup>−24</sup> ≈ 6.0·10<sup>−8</sup>" in told
    assert "65,504" in told


# The stairs


@pytest.mark.parametrize("bits", range(2, 9))
def test_the_stairs_round_as_torch_does(bits: int) -> None:
    values, limit = np.linspace(-1.2, 1.2, 1000), 2 ** (bits - 1) - 1
    reference = torch.fake_quantize_per_tensor_affine(
        torch.from_numpy(values), 1 / limit, 0, -limit, limit
    )
    np.testing.assert_allclose(rounded(values, bits), reference.numpy(), atol=1e-6)


def test_a_stair_has_a_step_a_level_and_the_straight_through_slope_is_1_within() -> None:
    lines = re.findall(r'<polyline points="([^"]*)"[^>]*stroke-dasharray="([^"]*)"', stairs(3))
    solid = [points.split() for points, dashes in lines if dashes == "none"]
    assert len({point.split(",")[1] for point in solid[0]}) == 2**3 - 1
    assert len({point.split(",")[1] for point in solid[1]}) == 1
    used = [points.split() for points, dashes in lines if dashes != "none"][1]
    heights = [float(point.split(",")[1]) for point in used]
    assert heights[0] == heights[1] == heights[4] == heights[5] > heights[2] == heights[3]


@pytest.mark.parametrize("bits", [1, 16, 32])
def test_stairs_too_fine_or_too_coarse_to_draw_are_refused(bits: int) -> None:
    with pytest.raises(ValueError, match=f"2 to 8 bits, got {bits}"):
        stairs(bits)


# Pictures of weights


def pixels(values: NDArray[np.float32], **changes: Any) -> NDArray[np.uint8]:
    return np.asarray(Image.open(BytesIO(matrix_png(values, **changes))))


def test_a_picture_has_a_pixel_a_weight_and_tells_zero_from_removed() -> None:
    shown = pixels(np.array([[-1, 1, 0], [-0.1, 0.1, np.nan]], np.float32))
    assert shown.shape == (2, 3, 4)
    assert shown[0, 0].tolist() == [0x00, 0x72, 0xB2, 255]
    assert shown[0, 1].tolist() == [0xD5, 0x5E, 0x00, 255]
    red, green, blue, opacity = shown[0, 2].tolist()
    assert red == green == blue
    assert opacity > 0
    assert shown[1, 2].tolist() == [0, 0, 0, 0]


def test_a_larger_weight_is_never_fainter() -> None:
    shown = pixels(np.linspace(0.01, 1, 50, dtype=np.float32)[None])
    assert (np.diff(shown[0, :, 3].astype(int)) >= 0).all()
    assert shown[0, 0, 3] < shown[0, -1, 3] == 255


def test_two_pictures_can_share_one_scale() -> None:
    half = np.full((1, 1), 0.5, np.float32)
    assert pixels(half, largest=2.0)[0, 0, 3] < pixels(half)[0, 0, 3]


@pytest.mark.parametrize("fill", [0.0, np.nan])
def test_a_layer_with_nothing_left_is_drawn(fill: float) -> None:
    assert (pixels(np.full((2, 2), fill, np.float32)) == pixels(np.full((2, 2), fill))).all()


def test_a_large_matrix_is_cropped_and_the_caption_says_so() -> None:
    large = np.ones((200, 600), np.float32)
    assert pixels(large).shape == (128, 512, 4)
    closeup = Closeup(layer="x", before=large, after=large)
    assert "first 128 rows and 512 columns" in html(drawn("matrix", measurement(closeup=closeup)))
    assert "Only the first" not in html(drawn("matrix", measurement()))


def test_only_a_matrix_is_a_picture() -> None:
    with pytest.raises(ValueError, match=r"\(outputs, others\), got shape \(3,\)"):
        matrix_png(np.ones(3, np.float32))


# Every view


@pytest.mark.parametrize("name", NAMES)
def test_a_view_is_drawn_empty_and_full_in_every_language(name: str, spoken: str) -> None:
    assert "wb-empty" in html(drawn(name, None))
    full = html(drawn(name, measurement(), measurement()))
    assert "wb-empty" not in full
    assert "wb-caption" in full
    bare = measurement(layers=(), closeup=None, predictions=LABELS)
    assert ("wb-empty" in html(drawn(name, bare))) == (name != "classes")


@pytest.mark.parametrize("name", NAMES)
def test_names_of_layers_and_classes_are_escaped(name: str) -> None:
    told = html(drawn(name, measurement(), measurement(1 - LABELS)))
    assert NASTY not in told
    assert "<b>Coat</b>" not in told.replace("<b>&lt;b&gt;Coat", "")
    assert "&lt;i&gt;conv" in told or "&lt;b&gt;Coat" in told


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_an_accessible_name(name: str) -> None:
    widget = drawn(name, measurement())
    named = widget.children[0] if hasattr(widget, "children") else widget
    mark = next(css for css in named._dom_classes if css.startswith("wb-named-"))
    given = page().names[mark]
    assert given["name"]
    assert given["role"] == ("img" if name == "activations" else "group")


def test_figures_that_stand_still_are_drawn_in_every_language(spoken: str) -> None:
    weights = RNG.normal(size=(4, 3, 3, 3)).astype(np.float32)
    for told in (ruler(), stairs(4), ladder_picture({"weight": weights > 0}, weights)):
        assert 'aria-label="' in told
        assert "wb-caption" in told


# The network


def shares(told: str, css: str) -> list[float]:
    return [float(found) for found in re.findall(rf'{css}" style="height:([\d.]+)', told)]


def test_the_areas_of_a_column_follow_the_numbers_of_outputs() -> None:
    told = html(drawn("network", measurement()))
    heights = np.array(shares(told, "wb-net-stack"))
    outputs = np.array([each.before[1] for each in LAYERS])
    np.testing.assert_allclose((heights / heights[0]) ** 2, outputs / outputs[0], rtol=0.01)
    left = np.array([each.outputs / each.before[1] for each in LAYERS])
    np.testing.assert_allclose((np.array(shares(told, "wb-net-solid")) / 100) ** 2, left, rtol=0.01)


def test_the_network_says_what_went_and_which_inputs_went_with_it() -> None:
    told = html(drawn("network", measurement()))
    assert "50 of 74 channels and neurons are left" in told
    assert told.count("32 → 20") == 2 * 2 + 1  # under two columns, in the table also as inputs
    assert told.count("wb-net-cut") == 1
    assert "−12 inputs" in told
    assert "25 % zeros" in told
    assert "31.2 dB" in told


# Rounding


def test_the_table_takes_each_weight_there_and_back() -> None:
    told = html(drawn("rounding", measurement()))
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", told)
    assert len(rows) == 9
    assert [re.sub("<[^>]+>", " ", cell).strip() for cell in rows[4].split("</td>")[0:3]] == [
        "−0.330  −3.30", "−3", "−0.300",
    ]  # fmt: skip
    assert [("limited" in row) for row in rows] == [False] * 8 + [True]
    assert "q = round(+0.020 / 0.100) = <b>0</b>" in told


def test_a_zero_point_is_added_on_the_way_there_and_taken_off_on_the_way_back() -> None:
    closeup = measurement().closeup
    assert closeup is not None
    shifted = measurement(closeup=replace(closeup, rounding=rounding(zero_point=3)))
    told = html(drawn("rounding", shifted))
    assert "q = round(+0.020 / 0.100 + (+3)) = <b>+3</b>" in told
    assert "0.100 · (+3 − (+3)) = <b>0.000</b>" in told
    assert told.count("limited") == html(drawn("rounding", measurement())).count("limited")


def test_error_bars_follow_the_errors() -> None:
    told = html(drawn("rounding", measurement()))
    bars = [
        (float(left), float(width))
        for left, width in re.findall(r'wb-error"><span style="left:([\d.]+)%;width:([\d.]+)', told)
    ]
    known = rounding()
    errors = (known.after - known.before) / known.step
    signs = [1 if left >= 50 else -1 for left, _width in bars]
    lengths = np.array([sign * width for sign, (_left, width) in zip(signs, bars, strict=True)])
    np.testing.assert_allclose(lengths, 50 * errors / np.abs(errors).max(), atol=0.06)


def test_without_rounding_the_learner_is_told_what_to_choose() -> None:
    closeup = measurement().closeup
    assert closeup is not None
    plain = measurement(closeup=replace(closeup, rounding=None, activations=None))
    assert "8 weight bits or fewer" in html(drawn("rounding", plain))
    widget = drawn("activations", plain)
    assert "fewer activation bits" in html(widget)
    assert len(widget.children) == 1  # the words alone


# Activations


def test_activations_outside_the_range_are_told_apart() -> None:
    widget = drawn("activations", measurement())
    bars, limits = widget.children[0].marks
    within, clipped = bars.y
    np.testing.assert_allclose(10 ** (within[:3] - 1), (900, 60, 30))
    np.testing.assert_allclose(10 ** (clipped[3] - 1), 10)
    assert within[3] == 0
    assert not clipped[:3].any()
    assert limits.x.tolist() == [[0, 0], [2.9, 2.9]]
    assert "1.00 % of its activations" in html(widget)
    assert "activations clipped 1.0 %" in html(widget)


def test_no_activation_at_all_is_drawn() -> None:
    closeup = measurement().closeup
    assert closeup is not None
    empty = measurement(closeup=replace(closeup, activations=histogram((0, 0, 0, 0))))
    assert "0.00 % of its activations" in html(drawn("activations", empty))


# Classes


def test_bars_and_whiskers_of_classes_follow_the_right_answers() -> None:
    answers = np.where(np.arange(120) < 10, 3, LABELS)  # a quarter of the first class is wrong
    told = html(drawn("classes", measurement(answers), measurement()))
    bars = [float(w) for w in re.findall(r'wb-class-now" style="width:([\d.]+)', told)]
    assert bars == [75.0, 100.0, 100.0]
    left, width = re.findall(r'wb-whisker-now" style="left:([\d.]+)%;width:([\d.]+)', told)[0]
    low, high = wilson_interval(30, 40)
    assert float(left) == pytest.approx(100 * low, abs=0.06)
    assert float(width) == pytest.approx(100 * (high - low), abs=0.06)
    assert "Lowest: <b>Shirt</b> with 75.0 %." in told
    assert "−25.0 points" in told
    assert "no test images" in told


def test_without_a_pinned_result_classes_are_not_compared() -> None:
    alone = html(drawn("classes", measurement()))
    assert "wb-class-before" not in alone
    assert "points" not in re.sub(r'<p class="wb-caption">.*', "", alone)
    other = measurement(setting=Setting(dataset="digits"))
    assert "wb-class-before" not in html(drawn("classes", measurement(), other))


# The ladder


def test_a_ladder_tells_zeros_from_removed_filters() -> None:
    weights = RNG.uniform(0.5, 1, size=(4, 3, 3, 3)).astype(np.float32)
    half = np.zeros_like(weights, bool)
    half[:2] = True
    told = ladder_picture({"kernel": half, "filter": half}, weights)
    assert "108 weights: 54 not zero, 54 zero, 0 removed" in told
    assert "108 weights: 54 not zero, 0 zero, 54 removed" in told


def test_a_ladder_takes_flat_masks_and_refuses_those_of_another_size() -> None:
    weights = np.ones((4, 3, 3, 3), np.float32)
    flat = ladder_picture({"weight": np.ones((4, 27), bool)}, weights)
    assert flat == ladder_picture({"weight": np.ones((4, 3, 3, 3), bool)}, weights)
    with pytest.raises(ValueError, match="108, got 4 for weight"):
        ladder_picture({"weight": np.ones(4, bool)}, weights)
