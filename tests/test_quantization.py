"""Quantization of weights: the laws of a grid, and torch's own fake quantization."""

from copy import deepcopy

import pytest
import torch
from torch import Tensor, nn

from workbench.core.models import build
from workbench.core.pruning import prunable, prune_weights
from workbench.core.quantization import quantize_weights
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
