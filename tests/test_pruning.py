"""Pruning: exactly as many weights as asked, the smallest, and nothing else; as torch does it."""

from copy import deepcopy
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from workbench.core.models import FAMILIES, build
from workbench.core.pruning import fraction_zero, prunable, prune_weights
from workbench.setting import SPACE, Setting


@pytest.fixture(scope="module", params=FAMILIES)
def network(request: pytest.FixtureRequest) -> nn.Module:
    """An untrained network of ours; tests prune copies of it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = build(Setting(model=request.param), (1, 28, 28), 10)
        for parameter in model.parameters():
            nn.init.normal_(parameter)
    return model


def pruned(network: nn.Module, sparsity: float) -> nn.Module:
    model = deepcopy(network)
    prune_weights(model, sparsity)
    return model


def flat(model: nn.Module) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in prunable(model).values()])


@pytest.mark.parametrize("sparsity", [*SPACE["sparsity"], 0.37, 0.999])
def test_pruning_reaches_the_asked_sparsity(network: nn.Module, sparsity: float) -> None:
    weights = flat(pruned(network, sparsity))
    zeros = int((weights == 0).sum())
    assert zeros == round(sparsity * len(weights))
    assert abs(zeros - sparsity * len(weights)) <= 0.5


def test_a_higher_sparsity_prunes_what_a_lower_one_did(network: nn.Module) -> None:
    zeros = [flat(pruned(network, sparsity)) == 0 for sparsity in SPACE["sparsity"]]
    assert all(bool((more | ~fewer).all()) for fewer, more in pairwise(zeros))


@pytest.mark.parametrize("sparsity", [0.1, 0.5, 0.95])
def test_the_larger_weights_survive_unchanged(network: nn.Module, sparsity: float) -> None:
    before, after = flat(network), flat(pruned(network, sparsity))
    kept = after != 0
    assert torch.equal(after[kept], before[kept])
    assert before[kept].abs().min() >= before[~kept].abs().max()


@pytest.mark.parametrize("sparsity", [0.05, 0.35, 0.5, 0.9])
def test_it_prunes_what_torchs_own_global_pruning_does(network: nn.Module, sparsity: float) -> None:
    theirs = deepcopy(network)
    layers = [module for module in theirs.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    prune.global_unstructured(
        [(layer, "weight") for layer in layers], prune.L1Unstructured, amount=sparsity
    )
    expected = torch.cat([layer.weight.detach().flatten() for layer in layers])
    assert torch.equal(flat(pruned(network, sparsity)), expected)


@pytest.mark.parametrize("sparsity", [0.0, 1e-9])
def test_no_sparsity_changes_nothing(network: nn.Module, sparsity: float) -> None:
    after = pruned(network, sparsity).state_dict()
    assert all(torch.equal(after[name], value) for name, value in network.state_dict().items())


def test_biases_and_batch_norms_are_left_alone(network: nn.Module) -> None:
    touched = prunable(network).keys()
    after = pruned(network, 0.9).state_dict()
    others = {name: v for name, v in network.state_dict().items() if name not in touched}
    assert any("bias" in name for name in others)
    assert all(torch.equal(after[name], value) for name, value in others.items())


def test_no_masks_are_left_behind(network: nn.Module) -> None:
    assert pruned(network, 0.5).state_dict().keys() == network.state_dict().keys()
    deepcopy(pruned(network, 0.5))


def test_equal_weights_are_still_counted_exactly() -> None:
    model = nn.Sequential(nn.Linear(10, 10))
    nn.init.ones_(model[0].weight)  # type: ignore[arg-type]
    prune_weights(model, 0.37)
    assert fraction_zero(model) == pytest.approx(0.37)
