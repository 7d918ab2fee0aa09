"""Scores of single weights: as autograd and a computation by hand have them."""

from collections.abc import Callable
from copy import deepcopy

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import prune

from workbench.core.pruning import (
    check_not_emptied,
    check_scores_weights,
    importance,
    prunable,
    prune_weights,
)


class Tiny(nn.Module):
    """A convolution, a depthwise one, and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, padding=1)
        self.depthwise = nn.Conv2d(4, 4, 3, groups=4)
        self.linear = nn.Linear(4, 3)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = functional.relu(self.depthwise(functional.relu(self.conv(images))))
        scores: torch.Tensor = self.linear(maps.mean(dim=(2, 3)))
        return scores


@pytest.fixture
def tiny() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Tiny().train()


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(8, 2, 6, 6, generator=generator), torch.arange(8) % 3


def test_magnitudes_and_their_squares(tiny: nn.Module) -> None:
    for name, weight in prunable(tiny).items():
        assert torch.equal(importance(tiny, "magnitude", batch, 0)[name], weight.abs())
        assert torch.equal(importance(tiny, "l2", batch, 0)[name], weight.square())


def test_random_scores_are_those_of_the_seed_and_nobody_elses(tiny: nn.Module) -> None:
    before = torch.get_rng_state()
    one, again, other = (importance(tiny, "random", batch, seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["conv.weight"], other["conv.weight"])


def test_the_gradient_criterion_is_weight_times_gradient(tiny: nn.Module) -> None:
    found = importance(tiny, "gradient", batch, 0)
    pictures, labels = batch()
    functional.cross_entropy(tiny(pictures), labels).backward()
    for name, weight in prunable(tiny).items():
        assert weight.grad is not None
        assert torch.allclose(found[name], (weight * weight.grad).abs(), atol=1e-7)


def test_it_predicts_what_the_loss_changes_by_without_a_small_weight(tiny: nn.Module) -> None:
    """First order: |loss(w) - loss(w = 0)| is near |w dL/dw| where w is small."""
    pictures, labels = batch()
    weight = tiny.get_submodule("linear").weight
    with torch.no_grad():
        weight[0, 0] = 1e-3  # type: ignore[index]
        before = functional.cross_entropy(tiny(pictures), labels)
        predicted = importance(tiny, "gradient", batch, 0)["linear.weight"][0, 0]
        weight[0, 0] = 0  # type: ignore[index]
        changed = (functional.cross_entropy(tiny(pictures), labels) - before).abs()
    assert float(predicted) == pytest.approx(float(changed), rel=0.02, abs=1e-7)


def test_the_activation_criterion_is_weight_times_what_it_multiplies(tiny: nn.Module) -> None:
    found = importance(tiny, "activation", batch, 0)
    pictures, _labels = batch()
    with torch.no_grad():
        maps = functional.relu(tiny.conv(pictures))  # type: ignore[operator]
        seen = (
            pictures.square().mean(dim=(0, 2, 3)).sqrt(),
            maps.square().mean(dim=(0, 2, 3)).sqrt(),
        )
        first, second = (prunable(tiny)[f"{name}.weight"] for name in ("conv", "depthwise"))
        expected = first.abs() * seen[0].view(1, 2, 1, 1), second.abs() * seen[1].view(4, 1, 1, 1)
    assert torch.allclose(found["conv.weight"], expected[0], rtol=1e-4)
    assert torch.allclose(found["depthwise.weight"], expected[1], rtol=1e-4)


def test_a_linear_layer_multiplies_what_comes_last_whatever_comes_before() -> None:
    """Of pictures (N, C, H, W) the columns, as a Transformer's layers take features."""
    layers = nn.Sequential(nn.Linear(6, 5), nn.Flatten(), nn.Linear(2 * 6 * 5, 3))
    found = importance(layers, "activation", batch, 0)["0.weight"]
    pictures, _labels = batch()
    columns = pictures.square().mean(dim=(0, 1, 2)).sqrt()
    weight = prunable(layers)["0.weight"].detach()
    assert torch.allclose(found, weight.abs() * columns, rtol=1e-4)


def test_a_layer_that_is_never_called_has_no_activations() -> None:
    model = nn.TransformerEncoderLayer(6, 2, 6)
    with pytest.raises(ValueError, match=r"layer self_attn\.out_proj takes in.*got activation"):
        importance(model, "activation", lambda: (torch.rand(3, 2, 6), torch.zeros(3)), 0)
    assert not any(module._forward_pre_hooks for module in model.modules())


@pytest.mark.parametrize("criterion", ["magnitude", "random", "gradient", "activation"])
@pytest.mark.parametrize("mode", [torch.no_grad, torch.enable_grad, torch.inference_mode])
def test_the_network_is_left_as_it_was(tiny: nn.Module, criterion: str, mode: type) -> None:
    tiny.get_submodule("depthwise").eval()
    before = {name: value.clone() for name, value in tiny.state_dict().items()}
    with mode():
        importance(tiny, criterion, batch, 0)
    assert [module.training for module in tiny.children()] == [True, False, True]
    assert all(torch.equal(value, before[name]) for name, value in tiny.state_dict().items())
    assert all(p.grad is None and p.requires_grad for p in tiny.parameters())
    assert not any(m._forward_pre_hooks or m._forward_hooks for m in tiny.modules())


def test_channels_of_a_batch_norm_are_no_weights() -> None:
    with pytest.raises(ValueError, match="one of magnitude, l2, random, gradient, activation"):
        check_scores_weights("batch_norm")


@pytest.mark.parametrize("pattern", ["2:4", "1:4", "1:2"])
@pytest.mark.parametrize("make", [lambda: nn.Conv2d(10, 3, 3), lambda: nn.Linear(10, 3)])
def test_a_pattern_leaves_the_highest_of_each_group_of_neighbours(
    pattern: str, make: Callable[[], nn.Conv2d | nn.Linear]
) -> None:
    most, group = map(int, pattern.split(":"))
    layer = nn.Sequential(make())
    weight = layer[0].weight.detach().clone()
    prune_weights(layer, 0.0, pattern=pattern)
    after = layer[0].weight.detach()
    for row_before, row in zip(_rows(weight), _rows(after), strict=True):
        for start in range(0, 10 // group * group, group):
            block = row[start : start + group]
            assert int((block != 0).sum()) == most
            highest = row_before[start : start + group].abs().sort(descending=True).values[:most]
            assert torch.equal(block.abs().sort(descending=True).values[:most], highest)
        rest = 10 // group * group
        assert torch.equal(row[rest:], row_before[rest:])


def _rows(weight: torch.Tensor) -> torch.Tensor:
    """Neighbours along the inputs, a row for each output and place in the window."""
    return weight.movedim(1, -1).flatten(0, -2)


def test_each_layer_loses_its_fraction_under_layer_scope(tiny: nn.Module) -> None:
    prune_weights(tiny, 0.5, scope="layer")
    for weight in prunable(tiny).values():
        assert int((weight == 0).sum()) == round(0.5 * weight.numel())


@pytest.mark.parametrize("sparsity", [0.05, 0.5, 0.9])
def test_it_prunes_each_layer_as_torchs_own_pruning_does(tiny: nn.Module, sparsity: float) -> None:
    theirs = deepcopy(tiny)
    prune_weights(tiny, sparsity, scope="layer")
    for name, weight in prunable(tiny).items():
        layer = theirs.get_submodule(name.removesuffix(".weight"))
        prune.l1_unstructured(layer, "weight", amount=sparsity)
        assert torch.equal(weight, layer.weight)  # type: ignore[arg-type]


def test_scores_decide_and_not_magnitudes(tiny: nn.Module) -> None:
    scores = importance(tiny, "random", batch, 0)
    kept = prune_weights(tiny, 0.3, scores=scores)
    stays = torch.cat([scores[name][mask] for name, mask in kept.items()])
    goes = torch.cat([scores[name][~mask] for name, mask in kept.items()])
    assert goes.max() <= stays.min()
    assert all(torch.equal(weight != 0, kept[name]) for name, weight in prunable(tiny).items())


def test_what_is_zero_already_goes_first(tiny: nn.Module) -> None:
    prune_weights(tiny, 0.3)
    scores = {name: score - 9 for name, score in importance(tiny, "random", batch, 0).items()}
    prune_weights(tiny, 0.6, scores=scores)
    weights = prunable(tiny)
    zeros = sum(int((weight == 0).sum()) for weight in weights.values())
    assert zeros == round(0.6 * sum(weight.numel() for weight in weights.values()))


def test_single_layers_have_their_own_sparsity(tiny: nn.Module) -> None:
    kept = prune_weights(tiny, 0.5, layers={"conv": 0.0, "linear": 0.75})
    assert kept["conv.weight"].all()
    assert int((~kept["linear.weight"]).sum()) == 9
    assert int((~kept["depthwise.weight"]).sum()) == 18


def test_an_unknown_layer_is_a_sentence_with_the_known_ones(tiny: nn.Module) -> None:
    with pytest.raises(ValueError, match="knows the layers conv, depthwise, linear, got head"):
        prune_weights(tiny, 0.5, layers={"head": 0.5})


def test_a_layer_without_weights_is_named(tiny: nn.Module) -> None:
    kept = prune_weights(tiny, 0.0, layers={"linear": 0.99})
    with pytest.raises(ValueError, match=r"of the 12 weights of layer linear, got 0 left"):
        check_not_emptied(kept)
