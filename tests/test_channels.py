"""Channels really removed: the same answers as the masked network's, and as Torch-Pruning's."""

import re
from copy import deepcopy
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import prune

from tests.networks import fresh_network, pictures_of
from workbench.core.engine import Compiler
from workbench.core.models import build
from workbench.core.pruning import (
    Cut,
    Group,
    channel_groups,
    chosen_channels,
    importance,
    mask_channels,
    remove_channels,
)
from workbench.setting import Setting

SMALL, COLOUR = (1, 28, 28), (3, 32, 32)
SHAPES = {
    "mlp": SMALL, "small_cnn": SMALL, "resnet8": SMALL, "resnet18": COLOUR,
    "mobilenet_v3_small": COLOUR, "squeezenet1_1": COLOUR, "mnasnet0_5": COLOUR,
    "shufflenet_v2_x0_5": COLOUR, "densenet121": COLOUR,
}  # fmt: skip
PROMISED = list(SHAPES)[:5]
OWN = PROMISED[:3]
LABELS = torch.arange(8)


@cache
def network(name: str) -> tuple[nn.Module, tuple[Group, ...]]:
    model = fresh_network(name, SHAPES[name])
    return model, channel_groups(model, SHAPES[name])


def cut(name: str, **other: object) -> Cut:
    fields: dict[str, object] = {
        "sparsity": 0.4,
        "granularity": "neuron" if name == "mlp" else "filter",
        "criterion": "magnitude",
        "scope": "layer",
        "snap_to": 1,
        "layers": {},
    }
    return Cut(**(fields | other))  # type: ignore[arg-type]


def chosen(name: str, **other: object) -> dict[str, torch.Tensor]:
    model, groups = network(name)
    how = cut(name, **other)
    return chosen_channels(model, groups, how, importance(model, how.criterion, unused, seed=0))


def unused() -> tuple[torch.Tensor, torch.Tensor]:
    raise AssertionError("this criterion needs no images")


def scores_of(model: nn.Module, name: str) -> torch.Tensor:
    with torch.no_grad():
        scores: torch.Tensor = model(torch.from_numpy(pictures_of(SHAPES[name], 8)))
    return scores


def assert_same(one: torch.Tensor, other: torch.Tensor) -> None:
    assert float((one - other).abs().max()) <= 1e-5 * float(other.abs().max())


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("sparsity", [0.25, 0.6])
def test_a_network_without_channels_answers_as_the_masked_one(name: str, sparsity: float) -> None:
    model, groups = network(name)
    kept = chosen(name, sparsity=sparsity)
    removed = remove_channels(model, groups, kept)
    assert_same(scores_of(removed, name), scores_of(mask_channels(model, groups, kept), name))
    assert _size(removed) < _size(model)


@pytest.mark.parametrize("name", PROMISED)
@pytest.mark.parametrize(("scope", "snap_to"), [("global", 1), ("global", 8), ("layer", 8)])
def test_so_it_does_for_every_scope_and_width(name: str, scope: str, snap_to: int) -> None:
    model, groups = network(name)
    kept = chosen(name, scope=scope, snap_to=snap_to, criterion="l2")
    removed = remove_channels(model, groups, kept)
    assert_same(scores_of(removed, name), scores_of(mask_channels(model, groups, kept), name))
    widths = [len(kept[group.name]) for group in groups if group.name in kept]
    sizes = [group.channels for group in groups if group.name in kept]
    assert all(w % snap_to == 0 or w == size for w, size in zip(widths, sizes, strict=True))


def _size(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize("name", PROMISED)
def test_torch_pruning_makes_the_same_network_of_the_same_channels(name: str) -> None:
    tp = pytest.importorskip("torch_pruning")
    model, groups = network(name)
    kept = chosen(name)
    theirs = deepcopy(model)
    pictures = torch.from_numpy(pictures_of(SHAPES[name], 1))
    graph = tp.DependencyGraph().build_dependency(theirs, example_inputs=pictures)
    for group in groups:
        left = set(kept.get(group.name, torch.arange(group.channels)).tolist())
        layer, gone = theirs.get_submodule(group.name), sorted(set(range(group.channels)) - left)
        linear = isinstance(layer, nn.Linear)
        out = tp.prune_linear_out_channels if linear else tp.prune_conv_out_channels
        graph.get_pruning_group(layer, out, idxs=gone).prune()
    ours = remove_channels(model, groups, kept)
    assert _size(ours) == _size(theirs)
    assert_same(scores_of(ours, name), scores_of(theirs, name))


@pytest.mark.parametrize("name", PROMISED)
def test_what_is_left_is_an_ordinary_network(name: str) -> None:
    model, groups = network(name)
    removed = remove_channels(model, groups, chosen(name))
    again = deepcopy(removed)
    again.load_state_dict(removed.state_dict())
    assert removed.state_dict().keys() == model.state_dict().keys()
    for module in removed.modules():
        if isinstance(module, nn.Conv2d):
            inputs = module.in_channels // module.groups
            assert module.weight.shape[:2] == (module.out_channels, inputs)
        elif isinstance(module, nn.Linear):
            assert module.weight.shape == (module.out_features, module.in_features)
        elif isinstance(module, nn.BatchNorm2d):
            assert module.weight.shape == (module.num_features,)
    assert not removed.training
    again.train()
    step = torch.optim.SGD(again.parameters(), lr=1e-3)
    nn.functional.cross_entropy(
        again(torch.from_numpy(pictures_of(SHAPES[name], 8))), LABELS
    ).backward()
    step.step()
    smaller, trained = dict(removed.named_parameters()), dict(again.named_parameters())
    assert all(trained[n].shape == p.shape for n, p in smaller.items())
    assert any(not torch.equal(trained[n], p) for n, p in smaller.items())


@pytest.mark.parametrize("name", PROMISED)
def test_the_compiler_of_the_whole_network_runs_the_smaller_one(name: str) -> None:
    """Its weights are swapped into the graph that was exported once, whatever their shape."""
    model, groups = network(name)
    removed = remove_channels(model, groups, chosen(name))
    pictures = pictures_of(SHAPES[name], 8)
    compiler = Compiler(model, SHAPES[name])
    expected = scores_of(removed, name)
    assert_same(torch.from_numpy(compiler.float32(removed).logits(pictures)), expected)
    int8 = torch.from_numpy(compiler.int8(removed, pictures).logits(pictures))
    assert float((int8 - expected).norm()) <= 0.15 * float(expected.norm())


def test_the_model_itself_is_left_as_it_was() -> None:
    model, groups = network("resnet8")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    remove_channels(model, groups, chosen("resnet8"))
    mask_channels(model, groups, chosen("resnet8"))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_residual_sums_keep_the_same_channels_on_both_sides() -> None:
    _model, groups = network("resnet8")
    joined = next(group for group in groups if "blocks.0.second.0" in group.producers)
    assert "blocks.0.shortcut.0" in joined.producers


def test_the_classes_and_the_pixels_stay() -> None:
    model, groups = network("small_cnn")
    removed = remove_channels(model, groups, chosen("small_cnn", sparsity=0.9))
    assert removed.get_submodule("classifier").out_features == 10  # type: ignore[union-attr]
    assert removed.get_submodule("blocks.0.0").in_channels == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("sparsity", [0.1, 0.3, 0.5, 0.9])
def test_each_layer_loses_the_fraction_that_was_asked(sparsity: float) -> None:
    _model, groups = network("resnet8")
    kept = chosen("resnet8", sparsity=sparsity)
    for group in groups:
        assert abs(len(kept[group.name]) - (1 - sparsity) * group.channels) <= 0.5


def test_all_layers_together_lose_the_fraction_under_global_scope() -> None:
    _model, groups = network("resnet8")
    kept = chosen("resnet8", scope="global", sparsity=0.3)
    left = sum(len(channels) for channels in kept.values())
    assert left == round(0.7 * sum(group.channels for group in groups))


@pytest.mark.parametrize("name", ["mlp", "small_cnn"])
@pytest.mark.parametrize(("criterion", "order"), [("magnitude", 1), ("l2", 2)])
def test_global_scope_takes_the_channels_that_matter_least_in_the_whole_network(
    name: str, criterion: str, order: int
) -> None:
    """What matters: the L1 or L2 norm of a channel's weights, as a share of its layer's mean."""
    model, groups = network(name)
    kept = chosen(name, scope="global", sparsity=0.3, criterion=criterion)
    stays, goes = [], []
    for group in groups:
        weight = model.get_submodule(group.name).weight.detach()  # type: ignore[operator]
        rows = weight.numpy().astype(np.float64).reshape(group.channels, -1)
        norms = np.linalg.norm(rows, ord=order, axis=1)
        is_kept = np.isin(np.arange(group.channels), kept[group.name].numpy())
        stays.extend(norms[is_kept] / norms.mean())
        goes.extend(norms[~is_kept] / norms.mean())
    assert max(goes) <= min(stays) + 1e-6
    assert len({len(kept[group.name]) / group.channels for group in groups}) > 1


def test_channels_that_matter_alike_go_from_every_layer_alike() -> None:
    """Batch norms that were never trained all have the scale 1."""
    model = build(Setting(model="resnet8"), SMALL, 10).eval()
    groups, how = network("resnet8")[1], cut("resnet8", scope="global", criterion="batch_norm")
    kept = chosen_channels(model, groups, how, {})
    sizes = [group.channels for group in groups]
    assert sum(map(len, kept.values())) == round(0.6 * sum(sizes))
    assert all(
        abs(len(channels) - 0.6 * size) < 2
        for channels, size in zip(kept.values(), sizes, strict=True)
    )


@pytest.mark.parametrize("name", [*OWN, "mobilenet_v3_small"])
def test_the_sparsity_named_as_the_highest_possible_is_possible(name: str) -> None:
    with pytest.raises(ValueError, match=r"all layers together .* at most .* got 0\.97") as error:
        chosen(name, scope="global", sparsity=0.97)
    most = float(str(error.value).partition("at most ")[2].split()[0])
    assert min(map(len, chosen(name, scope="global", sparsity=most).values())) == 1
    with pytest.raises(ValueError, match="all layers together"):
        chosen(name, scope="global", sparsity=most + 0.02)


def test_l2_takes_the_filters_that_torchs_own_pruning_takes() -> None:
    model, groups = network("small_cnn")
    kept = chosen("small_cnn", criterion="l2", sparsity=0.5)
    for group in groups:
        layer = deepcopy(model.get_submodule(group.name))
        prune.ln_structured(layer, "weight", amount=0.5, n=2, dim=0)
        theirs = torch.nonzero(layer.weight.detach().flatten(1).any(dim=1)).flatten()
        assert torch.equal(kept[group.name], theirs)


def test_batch_norm_scale_takes_the_smallest_scales() -> None:
    model, groups = network("small_cnn")
    kept = chosen("small_cnn", criterion="batch_norm", sparsity=0.5)
    for group in groups:
        norm = next(place.layer for place in group.places if place.side == "norm")
        scale = model.get_submodule(norm).weight.detach().abs()  # type: ignore[operator]
        largest = scale.topk(group.channels // 2).indices.sort().values
        assert torch.equal(kept[group.name], largest)


def test_a_layer_may_have_a_sparsity_of_its_own() -> None:
    kept = chosen("small_cnn", layers={"blocks.1.0": 0.75}, sparsity=0.0)
    assert [len(channels) for channels in kept.values()] == [16, 8, 64]


def test_then_the_others_together_lose_the_fraction_without_it() -> None:
    kept = chosen("small_cnn", layers={"blocks.1.0": 0.75}, sparsity=0.5, scope="global")
    assert len(kept["blocks.1.0"]) == 8
    assert len(kept["blocks.0.0"]) + len(kept["blocks.2.0"]) == 40


@pytest.mark.parametrize(
    ("name", "other", "told"),
    [
        ("mlp", {"granularity": "filter"}, "one of weight, neuron, got filter"),
        ("small_cnn", {"granularity": "neuron"}, "one of weight, filter, got neuron"),
        ("small_cnn", {"sparsity": 0.99}, "layer blocks.0.0: at most 0.968 is possible"),
        ("mlp", {"criterion": "batch_norm"}, "after layer hidden.0.0, which has none"),
        ("small_cnn", {"layers": {"conv9": 0.5}}, "knows the layers blocks.0.0"),
    ],
)
def test_what_cannot_be_cut_is_one_sentence_with_what_is_possible(
    name: str, other: dict[str, object], told: str
) -> None:
    with pytest.raises(ValueError, match=r"got|possible") as error:
        chosen(name, **other)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("scope", ["global", "layer"])
@pytest.mark.parametrize("name", ["mlp", "small_cnn", "resnet8"])
def test_the_sparsity_told_to_be_possible_is_and_no_higher_one(name: str, scope: str) -> None:
    with pytest.raises(ValueError, match="is possible") as error:
        chosen(name, scope=scope, sparsity=0.999)
    told = re.search(r"at most ([0-9.]+) is possible", " ".join(str(error.value).split()))
    assert told is not None
    highest = float(told[1])
    assert all(len(left) for left in chosen(name, scope=scope, sparsity=highest).values())
    with pytest.raises(ValueError, match="is possible"):
        chosen(name, scope=scope, sparsity=highest + 0.001)


@pytest.mark.parametrize("name", ["mlp", "resnet8", "mobilenet_v3_small"])
def test_channels_can_be_removed_again_from_what_was_left(name: str) -> None:
    model, groups = network(name)
    kept = chosen(name, sparsity=0.3)
    once = remove_channels(model, groups, kept)
    left = tuple(
        replace(group, channels=len(kept.get(group.name, range(group.channels))))
        for group in groups
    )
    found = channel_groups(once, SHAPES[name])
    assert found == tuple(replace(group, of=group.channels) for group in left)
    scores = importance(once, "magnitude", unused, seed=0)
    again = chosen_channels(once, left, cut(name, scope="global", sparsity=0.3), scores)
    masked = mask_channels(once, left, again)
    assert_same(scores_of(remove_channels(once, left, again), name), scores_of(masked, name))


class Shared(nn.Module):
    """Its second convolution, with its batch norm, runs twice, and so does its last layer."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 8, 3)
        self.again = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.classifier = nn.Linear(8, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        once = self.again(functional.relu(self.first(images)))
        twice = self.again(once)
        scores: torch.Tensor = self.classifier(once.mean((2, 3))) + self.classifier(
            twice.mean((2, 3))
        )
        return scores


class Averaging(nn.Module):
    """Multiplies each of its features with the mean of them all."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 8)
        self.classifier = nn.Linear(8, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        features = functional.relu(self.hidden(images.flatten(1)))
        scores: torch.Tensor = self.classifier(features * features.mean(-1, keepdim=True))
        return scores


def test_a_layer_that_runs_twice_loses_its_channels_once() -> None:
    model = Shared().eval()
    (group,) = channel_groups(model, SMALL)
    assert group.producers == ["first", "again.0"]
    kept = {group.name: torch.tensor([0, 2, 3, 7])}
    removed, masked = (f(model, (group,), kept) for f in (remove_channels, mask_channels))
    assert_same(scores_of(removed, "mlp"), scores_of(masked, "mlp"))


def test_features_that_are_averaged_with_one_another_stay() -> None:
    assert channel_groups(Averaging().eval(), SMALL) == ()


class Wilful(nn.Module):
    """Looks at its values before it decides, so that no trace of it holds."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images if images.sum() > 0 else -images


def test_a_network_that_cannot_be_traced_is_one_sentence() -> None:
    with pytest.raises(ValueError, match="granularity weight is possible") as error:
        channel_groups(Wilful(), SMALL)
    assert "\n" not in str(error.value)


class Joined(nn.Module):
    """Two convolutions side by side, put one after the other; a third, and maps in one row each."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Conv2d(1, 4, 3), nn.Conv2d(1, 4, 3)
        self.after = nn.Conv2d(8, 6, 3)
        self.head = nn.Linear(6 * 24, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = self.after(torch.cat([self.left(images), self.right(images)], dim=1))
        scores: torch.Tensor = self.head(torch.relu(maps).flatten(1, 2).mean(dim=2))
        return scores


def test_channels_that_meet_an_operation_that_is_not_known_stay() -> None:
    model = Joined().eval()
    (group,) = channel_groups(model, SMALL)
    assert (group.name, group.channels) == ("after", 6)
    kept = {"after": torch.tensor([0, 3, 5])}
    removed, masked = (f(model, (group,), kept) for f in (remove_channels, mask_channels))
    pictures = torch.from_numpy(pictures_of(SMALL, 4))
    with torch.no_grad():
        assert_same(removed(pictures), masked(pictures))


def test_a_network_of_unknown_operations_alone_has_nothing_to_remove() -> None:
    model = build(Setting(model="convnext_tiny"), COLOUR, 10).eval()
    assert channel_groups(model, COLOUR) == ()
    how = cut("convnext_tiny")
    with pytest.raises(ValueError, match="granularity of this network is one of weight, got"):
        chosen_channels(model, (), how, importance(model, "magnitude", unused, 0))


def test_reading_the_groups_leaves_every_module_in_its_mode() -> None:
    model = build(Setting(model="small_cnn"), SMALL, 10).train()
    model.get_submodule("blocks.1").eval()
    before = [module.training for module in model.modules()]
    channel_groups(model, SMALL)
    assert [module.training for module in model.modules()] == before
