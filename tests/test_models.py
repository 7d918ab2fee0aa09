"""Networks by name: of the promised size, for any picture, the same from the same seed."""

from itertools import product
from typing import Any

import pytest
import torch
from torch import nn

from tests.networks import error_of, pictures_of
from workbench.core.engine import Compiler
from workbench.core.models import FAMILIES, build
from workbench.core.pruning import channel_groups, remove_channels
from workbench.setting import Setting

FASHION = (1, 28, 28)
SHAPES = [FASHION, (1, 8, 8), (3, 32, 32), (1, 7, 13)]
OURS = tuple(FAMILIES)
THEIRS = ("resnet18", "mobilenet_v3_small")
GROWING = {"width", "depth", "kernel_size", "convolutions"}


def count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def classes_of(model: nn.Module, shape: tuple[int, int, int]) -> torch.Size:
    with torch.no_grad():
        return model.eval()(torch.rand(2, *shape)).shape


@pytest.mark.parametrize(("name", "most"), [("small_cnn", 30_000), ("resnet8", 320_000)])
def test_a_network_is_as_small_as_promised(name: str, most: int) -> None:
    assert count(build(Setting(model=name), FASHION, 10)) <= most


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", OURS)
def test_width_depth_and_kernel_size_are_arguments(name: str, shape: tuple[int, int, int]) -> None:
    kernels = (1, 7) if "kernel_size" in FAMILIES[name].defaults else (None,)
    for width, depth, kernel_size in product((3, 8), (1, 4), kernels):
        setting = Setting(model=name, width=width, depth=depth, kernel_size=kernel_size)
        assert classes_of(build(setting, shape, 7), shape) == (2, 7)


@pytest.mark.parametrize("name", OURS)
def test_each_argument_makes_a_network_larger(name: str) -> None:
    for argument in FAMILIES[name].defaults.keys() & GROWING:
        value = int(FAMILIES[name].defaults[argument])
        larger = Setting(model=name, **{argument: value + 2})
        assert count(build(larger, FASHION, 10)) > count(build(Setting(model=name), FASHION, 10))


@pytest.mark.parametrize("name", OURS)
def test_the_defaults_may_be_said_or_left_open(name: str) -> None:
    defaults: dict[str, Any] = dict(FAMILIES[name].defaults)
    said = Setting(model=name, **defaults)
    assert str(build(said, FASHION, 10)) == str(build(Setting(model=name), FASHION, 10))


@pytest.mark.parametrize(("stride", "padding"), list(product((1, 2, 3), ("same", "valid"))))
def test_blocks_may_have_two_convolutions_any_stride_and_no_padding(
    stride: int, padding: Any
) -> None:
    setting = Setting(convolutions=2, stride=stride, padding=padding, depth=1)
    model = build(setting, FASHION, 7)
    assert classes_of(model, FASHION) == (2, 7)
    found = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    assert [module.stride[0] for module in found] == [1, stride, 1, stride]


def test_the_weights_that_ship_keep_their_names() -> None:
    names = set(build(Setting(), FASHION, 10).state_dict())
    assert {"blocks.0.0.weight", "blocks.2.1.running_var", "classifier.bias"} <= names


def test_blocks_of_two_convolutions_are_compressed_like_any_other() -> None:
    """Their channels are traced, half of them go, and the engine agrees with PyTorch."""
    model = build(Setting(width=4, convolutions=2, stride=1, depth=1), FASHION, 10).eval()
    groups = channel_groups(model, FASHION)
    assert [group.channels for group in groups] == [4, 4, 8, 8]
    kept = {group.name: torch.arange(group.channels // 2) for group in groups}
    smaller = remove_channels(model, groups, kept)
    assert count(smaller) < count(model) / 2
    pictures = pictures_of(FASHION, 8)
    engine = Compiler(smaller, FASHION).float32(smaller)
    assert error_of(engine, smaller, pictures) < 1e-4


def test_an_even_kernel_is_refused() -> None:
    with pytest.raises(ValueError, match=r"kernel_size is odd, .* got 4"):
        Setting(kernel_size=4)


@pytest.mark.parametrize("name", ["small_cnn", "resnet8"])
def test_a_kernel_larger_than_the_picture_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="at most the picture's side, 8 pixels, got 9"):
        build(Setting(model=name, kernel_size=9), (1, 8, 8), 10)


def test_an_argument_that_a_network_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="mlp has no kernel_size; it has width, depth"):
        build(Setting(model="mlp", kernel_size=3), FASHION, 10)
    with pytest.raises(ValueError, match="resnet8 has no stride; it has width, depth"):
        build(Setting(model="resnet8", stride=1), FASHION, 10)
    with pytest.raises(ValueError, match="resnet18 is torchvision's and has no width"):
        build(Setting(model="resnet18", width=8), FASHION, 10)


@pytest.mark.parametrize("name", ["smallcnn", "fasterrcnn_resnet50_fpn"])
def test_an_unknown_network_lists_ours_and_torchvisions(name: str) -> None:
    with pytest.raises(ValueError, match=f"got {name}") as error:
        build(Setting(model=name), FASHION, 10)
    assert all(known in str(error.value) for known in (*OURS, *THEIRS))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("shape", [FASHION, (3, 32, 32)])
@pytest.mark.parametrize("name", THEIRS)
def test_torchvisions_networks_take_our_pictures(name: str, shape: tuple[int, int, int]) -> None:
    assert classes_of(build(Setting(model=name), shape, 10), shape) == (2, 10)


@pytest.mark.parametrize("name", ["alexnet", "vit_b_16"])
def test_pictures_too_small_for_a_network_are_told(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} cannot take pictures of 28 x 28 pixels: ."):
        build(Setting(model=name), FASHION, 10)


@pytest.mark.parametrize("name", OURS)
def test_the_same_seed_makes_the_same_network(name: str) -> None:
    def made(seed: int) -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return build(Setting(model=name), FASHION, 10)

    first, again, other = (list(made(seed).parameters()) for seed in (0, 0, 1))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(first, other, strict=True))
