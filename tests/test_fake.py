"""Training with rounding: forward as rounded, backward as if nothing was, nothing left behind."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from tests.networks import fresh_network, pictures_of
from workbench.core.engine import Compiler
from workbench.core.pruning import prunable
from workbench.core.quantization import fake_quantized, quantize_weights
from workbench.core.quantization.fake import MEMORY, RoundedInput
from workbench.setting import Setting

SHAPE = (1, 28, 28)
WAYS: list[dict[str, Any]] = [
    {"weight_bits": 4},
    {"weight_bits": 2, "quantized_per": "tensor"},
    {"weight_bits": 4, "quantized_per": "tensor", "batch_norm": "separate"},
    {"weight_bits": 3, "weight_symmetry": "asymmetric"},
    {"weight_bits": 3, "levels": "kmeans"},
    {"weight_bits": 8, "layer_bits": "classifier=2", "activation_bits": 32},
]


@pytest.fixture(params=["small_cnn", "resnet8", "mlp"])
def model(request: pytest.FixtureRequest) -> Iterator[nn.Module]:
    with torch.enable_grad():
        yield fresh_network(request.param, SHAPE)


def images(count: int = 8) -> Tensor:
    return torch.from_numpy(pictures_of(SHAPE, count))


@pytest.mark.parametrize("fields", WAYS, ids=str)
def test_it_computes_with_the_weights_that_rounding_gives_afterwards(
    model: nn.Module, fields: dict[str, Any]
) -> None:
    setting, folds = Setting(**fields), Compiler(model, SHAPE).folds
    with fake_quantized(model, setting, folds):
        during = model(images()).detach()
        used = {name: weight.detach().clone() for name, weight in prunable(model).items()}
    quantize_weights(model, setting, folds)
    for name, weight in prunable(model).items():
        torch.testing.assert_close(used[name], weight, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(during, model(images()).detach(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("bits", [8, 4, 2])
def test_a_weights_gradient_is_that_of_the_rounded_weight(bits: int) -> None:
    """Straight through: as if the layer had the rounded weights and rounding the slope 1."""
    layer = nn.Linear(5, 3)
    model, rounded = nn.Sequential(layer), nn.Sequential(deepcopy(layer))
    setting, taken = Setting(weight_bits=bits, activation_bits=32), torch.rand(7, 5)
    quantize_weights(rounded, setting)
    with torch.enable_grad():
        rounded(taken).square().sum().backward()
        with fake_quantized(model, setting):
            model(taken).square().sum().backward()
    assert layer.weight.grad is not None
    torch.testing.assert_close(layer.weight.grad, rounded[0].weight.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("symmetry", ["symmetric", "asymmetric"])
@pytest.mark.parametrize("bits", [8, 4, 2])
def test_what_a_layer_takes_is_rounded_as_torchs_fake_quantize_does(
    symmetry: str, bits: int
) -> None:
    """The range follows the batches; the slope is 1 inside of it and 0 outside."""
    hook, layer = RoundedInput(bits, symmetry), nn.Identity().train()
    low, high = torch.tensor(-1.0), torch.tensor(2.0)
    hook(layer, (torch.tensor([-1.0, 2.0]),))
    taken = torch.linspace(-3, 6, 101).requires_grad_()
    low, high = (MEMORY * end + (1 - MEMORY) * now for end, now in ((low, -3), (high, 6)))
    with torch.enable_grad():
        (found,) = hook(layer, (taken,))
        found.sum().backward()
    if symmetry == "symmetric":
        limit = 2 ** (bits - 1) - 1
        step, zero, ends = float(max(-low, high)) / limit, 0, (-limit, limit)
    else:
        ends = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        step = float(high - low) / (2**bits - 1)
        zero = round(ends[0] - float(low) / step)
    theirs = torch.fake_quantize_per_tensor_affine(taken.detach(), step, zero, *ends)
    torch.testing.assert_close(found.detach(), theirs, rtol=1e-4, atol=1e-4)
    levels = (taken.detach() / step).round() + zero
    inside = (levels >= ends[0]) & (levels <= ends[1])
    assert taken.grad is not None
    assert torch.equal(taken.grad, inside.float())
    assert 0 < int(inside.sum()) < len(taken)


def test_a_range_is_learned_only_while_training() -> None:
    hook, layer = RoundedInput(4, "asymmetric"), nn.Identity().train()
    hook(layer, (torch.tensor([0.0, 1.0]),))
    layer.eval()
    (before,) = hook(layer, (torch.tensor([0.0, 1.0, 100.0]),))
    (after,) = hook(layer, (torch.tensor([0.0, 1.0, 100.0]),))
    assert torch.equal(before, after)
    assert float(after.max()) == pytest.approx(1.0)


def test_activations_are_rounded_too_where_they_have_fewer_bits(model: nn.Module) -> None:
    scores = []
    for bits in (32, 16, 2):
        with fake_quantized(model, Setting(weight_bits=4, activation_bits=bits)):
            scores.append(model(images()).detach())
    assert torch.allclose(scores[0], scores[1], rtol=0.02, atol=0.02)
    assert not torch.allclose(scores[0], scores[2], rtol=0.02, atol=0.02)


class Ended(Exception):
    """Raised in the middle of a training."""


@pytest.mark.parametrize("is_ended", [False, True])
def test_nothing_is_left_behind(model: nn.Module, is_ended: bool) -> None:
    before = {name: value.clone() for name, value in model.state_dict().items()}
    setting = Setting(weight_bits=3, activation_bits=4)
    try:
        with fake_quantized(model, setting, Compiler(model, SHAPE).folds):
            model(images())
            if is_ended:
                raise Ended
    except Ended:
        pass
    after = model.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    for module in model.modules():
        assert not module._forward_pre_hooks
        assert not parametrize.is_parametrized(module)
    assert all(weight.requires_grad and weight.is_leaf for weight in prunable(model).values())


def test_a_step_of_training_moves_the_weights_behind_the_rounding(model: nn.Module) -> None:
    before = {name: weight.detach().clone() for name, weight in prunable(model).items()}
    setting, labels = Setting(weight_bits=2), torch.arange(8) % 10
    with torch.enable_grad(), fake_quantized(model, setting, Compiler(model, SHAPE).folds):
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
        nn.functional.cross_entropy(model(images()), labels).backward()
        optimizer.step()
    for name, weight in prunable(model).items():
        assert not torch.equal(weight, before[name])
        assert len(weight.unique()) > weight.numel() / 4  # not rounded: as learned
