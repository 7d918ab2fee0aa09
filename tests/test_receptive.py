"""Receptive fields: what is computed from the windows is what gradients and counters find."""

from itertools import product
from typing import Any

import pytest
import torch

from workbench.core.models import SmallCNN, build
from workbench.core.receptive import form_costs, sights
from workbench.core.sizes import macs, parameter_counts
from workbench.measurement.kernels import Sight
from workbench.setting import Setting

SHAPE = (1, 28, 28)
SHAPES = (SHAPE, (3, 17, 23))
FORMS: list[dict[str, Any]] = [
    {"kernel_size": kernel, "stride": stride, "padding": padding, "convolutions": convolutions}
    for kernel, stride, padding, convolutions in product(
        (1, 3, 5), (1, 2, 3), ("same", "valid"), (1, 2)
    )
    if (padding, kernel, convolutions) not in {("valid", 5, 2)}
]
NAMES = ["-".join(str(value) for value in form.values()) for form in FORMS]


def setting_of(form: dict[str, Any]) -> Setting:
    return Setting(width=2, depth=1, **form)


def positive_network(setting: Setting, shape: tuple[int, int, int]) -> SmallCNN:
    """A network in whose gradients nothing cancels and no ReLU is off."""
    model = build(setting, shape, 10).eval()
    assert isinstance(model, SmallCNN)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.abs_().add_(0.1)
    return model


def pixels_seen(model: SmallCNN, shape: tuple[int, int, int], layer: int, at: Any) -> torch.Tensor:
    """Where the gradient of one pixel of a layer's map is not 0: shape (height, width)."""
    picture = torch.rand(1, *shape).add(0.5).requires_grad_()
    model.blocks[: layer + 1](picture)[0, :, at[0], at[1]].sum().backward()
    assert picture.grad is not None
    return picture.grad[0].ne(0).any(dim=0)


def pixels_told(sight: Sight, shape: tuple[int, int, int], at: Any) -> torch.Tensor:
    told = torch.zeros(shape[1:], dtype=torch.bool)
    top, left = sight.window(*at)
    rows = slice(max(top, 0), max(top + sight.field, 0))
    told[rows, max(left, 0) : max(left + sight.field, 0)] = True
    return told


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_a_field_is_where_the_gradient_of_a_pixel_is(
    form: dict[str, Any], shape: tuple[int, int, int]
) -> None:
    """All pixels within, for a stride that is no larger than the window; else none outside."""
    setting = setting_of(form)
    model = positive_network(setting, shape)
    has_gaps = form["stride"] > form["kernel_size"]
    for layer, sight in enumerate(sights(setting, shape)):
        height, width = sight.map
        for at in ((0, 0), (height // 2, width // 2), (height - 1, width - 1)):
            seen, told = pixels_seen(model, shape, layer, at), pixels_told(sight, shape, at)
            assert not (seen & ~told).any()
            if not has_gaps:
                assert torch.equal(seen, told)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_maps_and_costs_are_those_of_the_network(
    form: dict[str, Any], shape: tuple[int, int, int]
) -> None:
    setting = setting_of(form)
    model = build(setting, shape, 10).eval()
    assert isinstance(model, SmallCNN)
    seen = sights(setting, shape)
    features = torch.zeros(1, *shape)
    for sight, block in zip(seen, model.blocks, strict=True):
        features = block(features)
        assert tuple(features.shape[1:]) == (sight.outputs, *sight.map)
        assert sight.quantities["weights"].value == block[0].weight.numel()
    costs = form_costs(seen, 10)
    assert costs["macs"].value == macs(model, shape).value
    assert costs["parameters"].value == parameter_counts(model)["parameters"].value


@pytest.mark.parametrize(("stride", "padding"), list(product((1, 2, 3), ("same", "valid"))))
def test_two_of_3_x_3_see_what_one_5_x_5_sees(stride: int, padding: Any) -> None:
    """Block by block: field, jump and the place of the first pixel."""
    large = sights(Setting(depth=1, kernel_size=5, stride=stride, padding=padding), SHAPE)
    small = Setting(depth=1, kernel_size=3, convolutions=2, stride=stride, padding=padding)
    for one, two in zip(large, sights(small, SHAPE)[1::2], strict=True):
        assert (one.field, one.jump, one.first) == (two.field, two.jump, two.first)
        assert one.map == two.map


def test_the_textbook_values_of_the_shipped_network() -> None:
    seen = sights(Setting(), SHAPE)
    assert [sight.field for sight in seen] == [3, 7, 15]
    assert [sight.jump for sight in seen] == [2, 4, 8]
    assert [sight.first for sight in seen] == [-1, -3, -7]
    assert [sight.map for sight in seen] == [(14, 14), (7, 7), (4, 4)]


def test_fields_are_told_of_plain_chains_only() -> None:
    with pytest.raises(ValueError, match=r"told of small_cnn, .* got resnet8"):
        sights(Setting(model="resnet8"), SHAPE)


def test_a_window_that_does_not_fit_is_told_with_its_block() -> None:
    setting = Setting(kernel_size=5, padding="valid")
    with pytest.raises(ValueError, match=r"4 x 4 pixels at block 3: .* got kernel size 5"):
        sights(setting, SHAPE)


def test_a_refusal_speaks_the_words_of_the_page() -> None:
    """Of every form that lesson 3 offers: no name of a field of the code."""
    told = set()
    choices = product((1, 3, 5, 7), (1, 2, 3), ("same", "valid"), (1, 2, 3), (1, 2, 3))
    for kernel_size, stride, padding, convolutions, depth in choices:
        form: dict[str, Any] = {
            "kernel_size": kernel_size, "stride": stride, "padding": padding,
            "convolutions": convolutions, "depth": depth,
        }  # fmt: skip
        for shape in (SHAPE, (1, 8, 8)):
            try:
                sights(Setting(**form), shape)
            except ValueError as error:
                told.add(str(error))
    assert told
    assert [words for words in told if "_" in words] == []


def test_a_stride_beyond_its_map_is_told_with_its_block() -> None:
    with pytest.raises(ValueError, match=r"2 x 2 pixels at block 3: .* got 3"):
        sights(Setting(kernel_size=3, stride=3), (1, 10, 10))


@pytest.mark.parametrize(
    ("form", "reach"),
    [
        ({}, "within"),  # 15 x 15, from pixel 9 on
        ({"kernel_size": 7}, "all"),  # 43 x 43
        ({"kernel_size": 5, "depth": 3}, "all"),  # 61 x 61
        ({"padding": "valid"}, "within"),
        ({"kernel_size": 5}, "over the edge"),  # 29 x 29, from pixel 2 on
    ],
)
def test_a_field_larger_than_the_picture_is_told_as_such(form: dict[str, Any], reach: str) -> None:
    """As the gradient tells it: within, nothing is cut off; all, no pixel is left out."""
    setting = Setting(**form)
    last = sights(setting, SHAPE)[-1]
    assert last.reach(SHAPE[1:]) == reach
    middle = last.map[0] // 2, last.map[1] // 2
    seen = pixels_seen(positive_network(setting, SHAPE), SHAPE, setting.depth or 2, middle)
    assert (int(seen.sum()) == last.field**2) == (reach == "within")
    assert bool(seen.all()) == (reach == "all")
