"""Grids of every kind: as torch's fake quantization, and on the weights that are deployed."""

import math
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.networks import fresh_network, shipped_network
from workbench.core.engine import Compiler
from workbench.core.pruning import prunable
from workbench.core.quantization import levels_used, quantize_weights, rounding, sqnr_db
from workbench.core.quantization.grid import grid_of, on_grid
from workbench.core.quantization.weights import Folds, bits_of, gain, layer_names
from workbench.setting import BITS, Setting

FEWER_BITS = [bits for bits in BITS if bits < 16]
SHAPE = (1, 28, 28)


@pytest.fixture
def weight() -> Tensor:
    """Channels that differ a thousandfold in size and lie off zero."""
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(16, 8, 3, 3, generator=generator) + 0.4
    return values * torch.logspace(-2, 1, 16).view(-1, 1, 1, 1)


def their_values(weight: Tensor, bits: int, symmetry: str, per: str) -> Tensor:
    grid = grid_of(weight, bits, symmetry=symmetry, per=per)
    ends = grid.lowest, grid.highest
    if per == "tensor":
        step, zero = float(grid.step), int(grid.zero_point)
        return torch.fake_quantize_per_tensor_affine(weight, step, zero, *ends)
    zeros = grid.zero_point.to(torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, grid.step, zeros, 0, *ends)


@pytest.mark.parametrize("bits", FEWER_BITS)
@pytest.mark.parametrize("symmetry", ["symmetric", "asymmetric"])
@pytest.mark.parametrize("per", ["channel", "tensor"])
def test_every_grid_is_torchs(weight: Tensor, bits: int, symmetry: str, per: str) -> None:
    ours = on_grid(weight, bits, symmetry=symmetry, per=per)
    torch.testing.assert_close(
        ours, their_values(weight, bits, symmetry, per), rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_an_asymmetric_grid_has_all_its_levels_and_holds_0(weight: Tensor, bits: int) -> None:
    found = on_grid(weight, bits, symmetry="asymmetric")
    assert all(len(channel.unique()) <= 2**bits for channel in found)
    assert bool((on_grid(weight * (weight > 0), bits, symmetry="asymmetric") >= 0).all())
    pruned = torch.where(torch.arange(weight.numel()).view_as(weight) % 2 == 0, 0.0, weight)
    assert bool((on_grid(pruned, bits, symmetry="asymmetric")[pruned == 0] == 0).all())


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_values_of_one_sign_fit_an_asymmetric_grid_better(weight: Tensor, bits: int) -> None:
    errors = [
        float((on_grid(weight.abs(), bits, symmetry=symmetry) - weight.abs()).square().sum())
        for symmetry in ("asymmetric", "symmetric")
    ]
    assert errors[0] < errors[1]


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_a_grid_for_each_channel_fits_better_than_one_in_all(weight: Tensor, bits: int) -> None:
    each, one = (on_grid(weight, bits, per=per) for per in ("channel", "tensor"))
    assert (each - weight).square().sum() < (one - weight).square().sum()


def test_16_bits_are_float16_and_32_change_nothing(weight: Tensor) -> None:
    assert np.array_equal(on_grid(weight, 16).numpy(), weight.numpy().astype(np.float16))
    assert torch.equal(on_grid(weight, 32), weight)


def is_on_one_grid(weight: Tensor, bits: int) -> bool:
    levels = weight / (weight.abs().max() / (2 ** (bits - 1) - 1))
    return bool(((levels - levels.round()).abs() < 1e-3).all())


@pytest.mark.parametrize("bits", [8, 4, 3])
def test_what_is_rounded_is_the_weight_with_the_batch_norm_in_it(bits: int) -> None:
    """Folded or not, as asked; with a step for each channel both are the same."""
    model = fresh_network("resnet8", SHAPE)
    folds = Compiler(model, SHAPE).folds
    found: dict[tuple[str, str], dict[str, Tensor]] = {}
    for per in ("tensor", "channel"):
        for place in ("folded", "separate"):
            copy = deepcopy(model)
            how: dict[str, Any] = {"quantized_per": per, "batch_norm": place}
            quantize_weights(copy, Setting(weight_bits=bits, **how), folds)
            found[per, place] = prunable(copy)
    for layer, _norm in folds:
        name, now = f"{layer}.weight", gain(model, layer, folds)
        assert now is not None
        assert is_on_one_grid(found["tensor", "folded"][name] * now, bits)
        assert is_on_one_grid(found["tensor", "separate"][name], bits)
        assert not is_on_one_grid(found["tensor", "separate"][name] * now, bits)
        folded, separate = (found["channel", place][name] for place in ("folded", "separate"))
        # In the middle between two levels the last bit of the gain decides.
        differs = ~torch.isclose(folded, separate, rtol=1e-4, atol=1e-6)
        assert float(differs.float().mean()) < 1e-4


def test_a_channel_that_its_batch_norm_switches_off_stays_finite() -> None:
    model = fresh_network("small_cnn", SHAPE)
    folds: Folds = Compiler(model, SHAPE).folds
    with torch.no_grad():
        model.get_submodule(folds[0][1]).weight[0] = 0  # type: ignore[operator]
    quantize_weights(model, Setting(weight_bits=4, quantized_per="tensor"), folds)
    assert all(bool(weight.isfinite().all()) for weight in prunable(model).values())


def test_a_layers_own_bits_are_its_own() -> None:
    model = fresh_network("small_cnn", SHAPE)
    before = deepcopy(model)
    first, last = layer_names(model)[0], layer_names(model)[-1]
    setting = Setting(weight_bits=8, layer_bits=f"{first}=2, {last}=32")
    quantize_weights(model, setting)
    for layer in layer_names(model):
        name = f"{layer}.weight"
        bits = {first: 2, last: 32}.get(layer, 8)
        assert bits_of(layer, setting) == bits
        assert torch.equal(prunable(model)[name], on_grid(prunable(before)[name], bits))


def test_a_layer_that_is_not_there_is_refused_and_those_that_are_named() -> None:
    model = fresh_network("mlp", SHAPE)
    expected = r"^layer_bits knows the layers hidden\.0\.0, .*classifier, got head$"
    with pytest.raises(ValueError, match=expected):
        quantize_weights(model, Setting(weight_bits=8, layer_bits="head=4"))


def test_sqnr_is_a_ratio_of_powers_in_decibels() -> None:
    before = torch.tensor([3.0, 4.0])
    assert sqnr_db(before, before + torch.tensor([0.3, -0.4])) == pytest.approx(20, abs=1e-4)


def test_each_bit_is_worth_6_decibels_on_evenly_spread_weights() -> None:
    weight = torch.rand(1, 100_000, generator=torch.Generator().manual_seed(0)) * 2 - 1
    found = [sqnr_db(weight, on_grid(weight, bits)) for bits in (5, 6, 7, 8)]
    steps = [20 * math.log10(high / low) for low, high in ((15, 31), (31, 63), (63, 127))]
    assert np.diff(found) == pytest.approx(steps, abs=0.1)


def test_levels_used_are_those_of_a_channel(weight: Tensor) -> None:
    rounded = on_grid(weight, 3)
    counts = [len(np.unique(channel.numpy())) for channel in rounded]
    assert levels_used(rounded) == pytest.approx(np.mean(counts))
    assert levels_used(torch.zeros(2, 5)) == 1


@pytest.mark.parametrize("symmetry", ["symmetric", "asymmetric"])
@pytest.mark.parametrize("per", ["channel", "tensor"])
def test_nine_weights_go_to_levels_and_back(cache: Path, symmetry: str, per: str) -> None:
    net = shipped_network("digits", "small_cnn")
    how: dict[str, Any] = {"weight_symmetry": symmetry, "quantized_per": per}
    setting, final = Setting(weight_bits=4, **how), deepcopy(net.model)
    quantize_weights(final, setting, net.compiler.folds)
    found = rounding(net.model, final, setting, net.compiler.folds)
    assert found is not None
    back = (found.levels - found.zero_point) * found.step
    assert np.allclose(back, found.after, atol=1e-5)
    assert (np.abs(found.before - found.after) <= found.step * 0.501).all()
    assert len(found.levels) == 9


@pytest.mark.parametrize("fields", [{"weight_bits": 16}, {"weight_bits": 4, "levels": "kmeans"}])
def test_nothing_is_shown_where_no_grid_is(cache: Path, fields: dict[str, Any]) -> None:
    net = shipped_network("digits", "small_cnn")
    setting = Setting(**fields)
    assert rounding(net.model, net.model, setting, net.compiler.folds) is None
