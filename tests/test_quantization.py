"""Quantization of weights: the laws of a grid, and torch's own fake quantization."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch
from scipy.cluster.vq import kmeans2
from torch import Tensor, nn
from torch.ao.quantization import FakeQuantize
from torch.nn.utils.parametrize import is_parametrized

from tests.networks import fresh_network, pictures_of
from workbench.core.engine.graph import foldable, folded_weights
from workbench.core.models import build
from workbench.core.pruning import prunable, prune_weights
from workbench.core.quantization import (
    fake_quantized,
    levels_used,
    quantize_weights,
    rounding,
    sqnr_db,
)
from workbench.core.quantization.codebook import codebook, on_codebook
from workbench.core.quantization.grid import grid_of, highest_level, on_grid
from workbench.setting import BITS, Setting

FEWER_BITS = [bits for bits in BITS if bits < 16]
SHAPES = [(16, 1, 3, 3), (10, 256), (1, 1, 1, 1)]


@pytest.fixture(params=SHAPES, ids=str)
def weight(request: pytest.FixtureRequest) -> Tensor:
    """Weights of a layer whose channels differ a thousandfold in size."""
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(request.param, generator=generator)
    sizes = torch.logspace(-2, 1, len(values)).view(-1, *[1] * (values.dim() - 1))
    return values * sizes


def steps_of(weight: Tensor, bits: int) -> Tensor:
    step = grid_of(weight, bits, symmetry="symmetric", per="channel").step
    return step.view(-1, *[1] * (weight.dim() - 1))


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_quantizing_twice_is_quantizing_once(weight: Tensor, bits: int) -> None:
    once = on_grid(weight, bits)
    torch.testing.assert_close(on_grid(once, bits), once, rtol=1e-6, atol=0)


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_a_weight_moves_by_half_a_step_at_most(weight: Tensor, bits: int) -> None:
    moved = (on_grid(weight, bits) - weight).abs()
    assert bool((moved <= steps_of(weight, bits) * (0.5 + 1e-5)).all())


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_a_channel_has_at_most_2_to_the_bits_minus_1_levels(weight: Tensor, bits: int) -> None:
    for channel in on_grid(weight, bits):
        assert len(channel.unique()) <= 2**bits - 1


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_the_largest_weight_of_a_channel_stays(weight: Tensor, bits: int) -> None:
    before, after = (w.flatten(1).abs().amax(1) for w in (weight, on_grid(weight, bits)))
    torch.testing.assert_close(after, before, rtol=1e-6, atol=0)


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_it_equals_torchs_fake_quantization(weight: Tensor, bits: int) -> None:
    limit, scales = (
        highest_level(bits),
        grid_of(weight, bits, symmetry="symmetric", per="channel").step,
    )
    zero_points = torch.zeros(len(weight), dtype=torch.int32)
    theirs = torch.fake_quantize_per_channel_affine(weight, scales, zero_points, 0, -limit, limit)
    torch.testing.assert_close(on_grid(weight, bits), theirs, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_zeros_stay_zeros(weight: Tensor, bits: int) -> None:
    pruned = torch.where(torch.arange(weight.numel()).view(weight.shape) % 2 == 0, 0.0, weight)
    assert bool((on_grid(pruned, bits)[pruned == 0] == 0).all())


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_a_channel_of_zeros_stays_zero(bits: int) -> None:
    assert torch.equal(on_grid(torch.zeros(3, 4), bits), torch.zeros(3, 4))


def test_two_bits_are_three_values(weight: Tensor) -> None:
    levels = on_grid(weight, 2) / steps_of(weight, 2)
    assert set(levels.unique().tolist()) <= {-1.0, 0.0, 1.0}


def test_fewer_bits_never_fit_better() -> None:
    weight = torch.randn(16, 64, generator=torch.Generator().manual_seed(0))
    errors = [float((on_grid(weight, bits) - weight).square().mean()) for bits in sorted(BITS)]
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_a_networks_weights_are_rounded_and_nothing_else(bits: int) -> None:
    model = build(Setting(), (1, 28, 28), 10)
    before = deepcopy(model)
    quantize_weights(model, bits)
    after, touched = model.state_dict(), prunable(model).keys()
    for name, value in before.state_dict().items():
        expected = on_grid(value, bits) if name in touched else value
        assert torch.equal(after[name], expected)


def test_pruned_weights_stay_pruned_when_quantized() -> None:
    model = build(Setting(), (1, 28, 28), 10)
    prune_weights(model, 0.5)
    zeros = {name: weight == 0 for name, weight in prunable(model).items()}
    quantize_weights(model, 4)
    assert all(bool((prunable(model)[name][zero] == 0).all()) for name, zero in zeros.items())


def test_gradients_flow_through_no_rounding_in_place() -> None:
    model = nn.Linear(3, 2)
    quantize_weights(model, 4)
    assert model.weight.requires_grad
    assert model.weight.grad_fn is None


@pytest.mark.parametrize("per", ["channel", "tensor"])
@pytest.mark.parametrize("bits", FEWER_BITS)
def test_an_asymmetric_grid_equals_torchs_fake_quantization(
    weight: Tensor, bits: int, per: str
) -> None:
    shifted = weight + weight.abs().amax() / 3
    grid = grid_of(shifted, bits, symmetry="asymmetric", per=per)
    zero_point = grid.zero_point.int()
    if per == "channel":
        theirs = torch.fake_quantize_per_channel_affine(
            shifted, grid.step, zero_point, 0, grid.lowest, grid.highest
        )
    else:
        theirs = torch.fake_quantize_per_tensor_affine(
            shifted, grid.step, zero_point, grid.lowest, grid.highest
        )
    ours = on_grid(shifted, bits, symmetry="asymmetric", per=per)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-9)
    assert grid.highest - grid.lowest == 2**bits - 1


@pytest.mark.parametrize("bits", FEWER_BITS)
def test_a_grid_of_uneven_weights_is_finer_when_it_need_not_be_symmetric(bits: int) -> None:
    weight = torch.rand(8, 100, generator=torch.Generator().manual_seed(0)) - 0.1
    one, other = (on_grid(weight, bits, symmetry=s) for s in ("asymmetric", "symmetric"))
    assert sqnr_db(weight, one) > sqnr_db(weight, other)


def test_16_bits_are_float16(weight: Tensor) -> None:
    assert torch.equal(on_grid(weight, 16), weight.half().float())
    assert torch.equal(on_grid(weight, 32), weight)


def squared_error(weight: Tensor, rounded: Tensor) -> float:
    return float((weight - rounded).double().square().sum())


@pytest.mark.parametrize("bits", [2, 3, 4, 6, 8])
def test_a_codebook_errs_no_more_than_a_grid_of_as_many_values(bits: int) -> None:
    weight = torch.randn(16, 256, generator=torch.Generator().manual_seed(bits))
    book = on_codebook(weight, bits)
    assert len(book.unique()) <= 2**bits
    for symmetry in ("symmetric", "asymmetric"):
        grid = on_grid(weight, bits, symmetry=symmetry, per="tensor")
        assert squared_error(weight, book) <= squared_error(weight, grid)


def test_a_codebook_is_as_good_as_scipys_from_the_same_start() -> None:
    values = np.random.default_rng(0).normal(size=3000).astype(np.float32)
    start = np.linspace(values.min(), values.max(), 8)[:, None]
    theirs, _labels = kmeans2(values.astype(np.float64)[:, None], start, iter=50, minit="matrix")
    np.testing.assert_allclose(codebook(values, 8), np.sort(theirs[:, 0]), atol=1e-5)


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_pruned_weights_have_a_value_of_their_own_in_the_codebook(bits: int) -> None:
    weight = torch.randn(4, 100, generator=torch.Generator().manual_seed(0)) + 2
    weight[:, ::2] = 0
    book = on_codebook(weight, bits)
    assert torch.equal(book == 0, weight == 0)
    assert len(book.unique()) <= 2**bits
    assert torch.equal(on_codebook(torch.zeros(3, 4), bits), torch.zeros(3, 4))


def test_a_codebook_of_all_values_changes_none() -> None:
    weight = torch.tensor([-1.0, 0.5, 0.0, 2.0, 0.5, -1.0]).view(2, 3)
    assert torch.equal(on_codebook(weight, 2), weight)


@pytest.fixture
def folded() -> tuple[nn.Module, tuple[tuple[str, str], ...]]:
    """A network whose batch norms multiply by very different numbers, some negative, one 0."""
    model = fresh_network("small_cnn", (1, 28, 28))
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight *= torch.linspace(-2, 3, len(module.weight))
                module.weight[1] = 0
    return model, foldable(model)


def after(model: nn.Module, folds: tuple[tuple[str, str], ...], **fields: Any) -> nn.Module:
    copy = deepcopy(model)
    quantize_weights(copy, Setting(**fields), folds)
    return copy


@pytest.mark.parametrize("fields", [{}, {"weight_symmetry": "asymmetric"}], ids=str)
def test_folding_first_makes_no_difference_for_a_step_per_channel(
    folded: tuple[nn.Module, tuple[tuple[str, str], ...]], fields: dict[str, Any]
) -> None:
    one, other = (
        after(*folded, weight_bits=4, batch_norm=batch_norm, **fields)
        for batch_norm in ("folded", "separate")
    )
    for name, weight in prunable(one).items():
        moved = (weight - prunable(other)[name]).abs() > 1e-5
        assert float(moved.float().mean()) < (0.002 if not fields else 0.02)


def test_with_one_step_a_tensor_it_is_the_folded_weight_that_lies_on_the_grid(
    folded: tuple[nn.Module, tuple[tuple[str, str], ...]],
) -> None:
    model, folds = folded
    rounded = after(model, folds, weight_bits=4, quantized_per="tensor")
    plain, deployed = (folded_weights(m, folds) for m in (model, rounded))
    for layer, norm in folds:
        is_dead = model.get_submodule(norm).weight == 0
        before, found = (torch.from_numpy(w[f"{layer}.weight"]) for w in (plain, deployed))
        before[is_dead] = model.get_submodule(layer).weight.detach()[is_dead]
        levels = found / (before.abs().max() / highest_level(4))
        assert float((levels - levels.round()).abs().max()) < 1e-3
    separate = after(model, folds, weight_bits=4, quantized_per="tensor", batch_norm="separate")
    for weight in prunable(separate).values():
        assert len(weight.unique()) <= 15


def test_a_layer_may_have_bits_of_its_own() -> None:
    model = build(Setting(), (1, 28, 28), 10)
    before = prunable(deepcopy(model))
    first, *others = before
    layer = first.removesuffix(".weight")
    quantize_weights(model, Setting(weight_bits=4, layer_bits=f"{layer}=8"))
    now = prunable(model)
    assert torch.equal(now[first], on_grid(before[first], 8))
    assert all(torch.equal(now[name], on_grid(before[name], 4)) for name in others)


def test_bits_for_a_layer_that_is_not_there_are_one_sentence() -> None:
    model = build(Setting(), (1, 28, 28), 10)
    with pytest.raises(ValueError, match=r"classifier.*nowhere|nowhere.*classifier"):
        quantize_weights(model, Setting(layer_bits="nowhere=8"))


@pytest.mark.parametrize("bits", [4, 6, 8])
def test_each_bit_less_costs_about_6_decibels(bits: int) -> None:
    weight = torch.rand(1, 100_000, generator=torch.Generator().manual_seed(0)) * 2 - 1
    fine, coarse = (sqnr_db(weight, on_grid(weight, b)) for b in (bits, bits - 1))
    steps = highest_level(bits) / highest_level(bits - 1)  # a little more than 2
    assert fine - coarse == pytest.approx(20 * np.log10(steps), abs=0.2)


def test_sqnr_is_signal_over_noise_in_decibels() -> None:
    assert sqnr_db(torch.tensor([10.0, 0.0]), torch.tensor([9.0, 0.0])) == pytest.approx(20)
    assert np.isfinite(sqnr_db(torch.ones(3), torch.ones(3)))


def test_levels_used_are_those_of_a_channel_in_the_mean() -> None:
    weight = torch.tensor([[1.0, 1.0, 2.0], [0.0, 5.0, 5.0 + 1e-6], [1.0, 2.0, 3.0]])
    assert levels_used(weight) == pytest.approx((2 + 2 + 3) / 3)


@pytest.mark.parametrize("symmetry", ["symmetric", "asymmetric"])
@pytest.mark.parametrize("per", ["channel", "tensor"])
@pytest.mark.parametrize("bits", [8, 3])
def test_nine_weights_are_told_from_number_to_level_and_back(
    folded: tuple[nn.Module, tuple[tuple[str, str], ...]], symmetry: str, per: str, bits: int
) -> None:
    model, folds = folded
    fields: dict[str, Any] = {"weight_symmetry": symmetry, "quantized_per": per}
    setting = Setting(weight_bits=bits, **fields)
    nine = rounding(model, after(model, folds, weight_bits=bits, **fields), setting, folds)
    assert nine is not None
    values = (nine.levels - nine.zero_point) * nine.step
    np.testing.assert_allclose(values, nine.after, atol=1e-5)
    assert np.abs(nine.before - nine.after).max() <= 0.51 * nine.step.max()


def test_nine_weights_without_levels_at_equal_distances_are_not_told() -> None:
    model = build(Setting(), (1, 28, 28), 10)
    for setting in (Setting(), Setting(weight_bits=16), Setting(weight_bits=4, levels="kmeans")):
        assert rounding(model, model, setting, ()) is None


def learned(model: nn.Module, setting: Setting) -> nn.Module:
    """`model` after one update of its weights under rounding."""
    images = torch.from_numpy(pictures_of((1, 28, 28), 32))
    with torch.inference_mode(mode=False), torch.enable_grad():
        optimizer = torch.optim.SGD(model.parameters(), 0.05)
        nn.functional.cross_entropy(model(images), torch.arange(32) % 10).backward()
        optimizer.step()
        optimizer.zero_grad()
    return model


@pytest.mark.parametrize(
    "fields",
    [
        {"weight_bits": 4},
        {"weight_bits": 3, "quantized_per": "tensor"},
        {"weight_bits": 4, "levels": "kmeans"},
        {"weight_bits": 4, "weight_symmetry": "asymmetric", "layer_bits": "classifier=2"},
    ],
    ids=str,
)
def test_what_was_used_in_training_is_what_rounding_makes_of_it(
    folded: tuple[nn.Module, tuple[tuple[str, str], ...]], fields: dict[str, Any]
) -> None:
    (model, folds), setting = folded, Setting(engine="torch", **fields)
    names, images = list(model.state_dict()), torch.from_numpy(pictures_of((1, 28, 28), 8))
    kept = {name: value.clone() for name, value in model.state_dict().items()}
    with fake_quantized(model, setting, folds):
        used = learned(model.eval(), setting)(images)
    assert list(model.state_dict()) == names
    assert not any(is_parametrized(module) for module in model.modules())
    assert any(not torch.equal(kept[name], model.state_dict()[name]) for name in names)
    quantize_weights(model, setting, folds)
    torch.testing.assert_close(model(images), used, rtol=1e-4, atol=1e-4)


def test_gradients_pass_rounding_straight_through() -> None:
    """The layer learns as if it computed with the rounded weight itself."""
    layer = nn.Sequential(nn.Linear(6, 3))
    images = torch.randn(5, 6, generator=torch.Generator().manual_seed(0))
    plain = deepcopy(layer)
    quantize_weights(plain, 3)
    plain(images).square().sum().backward()
    with fake_quantized(layer, Setting(weight_bits=3, engine="torch")):
        layer(images).square().sum().backward()
    for name, value in layer.named_parameters():
        torch.testing.assert_close(value.grad, plain.get_parameter(name).grad)


@pytest.mark.parametrize("bits", [8, 4, 2])
@pytest.mark.parametrize("symmetry", ["symmetric", "asymmetric"])
def test_activations_are_rounded_as_torchs_fake_quantize_does(bits: int, symmetry: str) -> None:
    layer = nn.Sequential(nn.Linear(6, 3))
    generator = torch.Generator().manual_seed(0)
    first, second = torch.randn(2, 64, 6, generator=generator)
    second = (3 * second).requires_grad_()
    setting = Setting(activation_bits=bits, activation_symmetry=symmetry)  # type: ignore[arg-type]
    with fake_quantized(layer.train(), setting):
        layer(first)
        layer(second).sum().backward()
    ends = 0.9 * torch.stack([first.min(), first.max()]) + 0.1 * torch.stack(
        [second.detach().min(), second.detach().max()]
    )
    grid = grid_of(ends, bits, symmetry=symmetry, per="tensor")
    theirs = FakeQuantize(quant_min=grid.lowest, quant_max=grid.highest, dtype=torch.qint8)
    theirs.scale, theirs.zero_point = grid.step, grid.zero_point.int()
    theirs.disable_observer()
    copy = second.detach().clone().requires_grad_()
    layer(theirs(copy)).sum().backward()
    torch.testing.assert_close(second.grad, copy.grad)
    assert bool((second.grad == 0).any())


def test_training_with_rounding_ends_clean_when_it_is_ended_midway() -> None:
    model = build(Setting(), (1, 28, 28), 10)
    names = list(model.state_dict())
    setting = Setting(weight_bits=4, activation_bits=4)
    with pytest.raises(KeyboardInterrupt), fake_quantized(model, setting):
        raise KeyboardInterrupt
    assert list(model.state_dict()) == names
    assert not any(module._forward_pre_hooks for module in model.modules())
