"""Which channels stay: how much each counts, and how many of a group may go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from workbench.core.pruning.groups import Group
from workbench.locale import _
from workbench.setting import check_layers

Kept = dict[str, Tensor]
"""Indices of the channels that stay, ascending, by the name of their group."""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """How channels are chosen: the fields of a Setting of the same names."""

    sparsity: float
    granularity: str
    criterion: str
    scope: str
    snap_to: int
    layers: Mapping[str, float]


@torch.no_grad()
def chosen_channels(
    model: nn.Module, groups: Sequence[Group], cut: Cut, scores: Mapping[str, Tensor]
) -> Kept:
    """Channels that stay when the fraction `cut.sparsity` of each group, or of all, is gone.

    `scores`: of single weights, as `importance` gives them.
    """
    own = [group for group in groups if group.kind == cut.granularity]
    if not own:
        raise ValueError(_nothing_to_cut(groups, cut.granularity))
    known = {layer: group for group in own for layer in group.producers}
    check_layers("layer_sparsity", cut.layers, known)
    counted = {group.name: _counts(model, group, cut.criterion, scores) for group in own}
    fractions = _of_groups(known, cut.layers)
    left = _left([group for group in own if group.name not in fractions], counted, cut)
    kept: Kept = {}
    for group in own:
        fraction = fractions.get(group.name, cut.sparsity)
        whole = left.get(group.name, _stay(group, fraction))
        count = _snapped(whole, group, cut.snap_to, fraction)
        highest = counted[group.name].argsort(descending=True, stable=True)[:count]
        kept[group.name] = highest.sort().values
    return kept


def _of_groups(known: Mapping[str, Group], layers: Mapping[str, float]) -> dict[str, float]:
    """The fractions of single layers by their groups; channels that go together go alike."""
    found: dict[str, float] = {}
    for layer, fraction in layers.items():
        name = known[layer].name
        if found.setdefault(name, fraction) != fraction:
            rule = _(
                "layer_sparsity is one value for layers whose channels go together ({layers}), got"
                " {value}"
            )
            together = ", ".join(known[layer].producers)
            raise ValueError(rule.format(layers=together, value=f"{layer}={fraction:g}"))
    return found


def _left(groups: Sequence[Group], counted: Mapping[str, Tensor], cut: Cut) -> dict[str, int]:
    """How many channels of each group stay, before widths are snapped."""
    if cut.scope == "layer" or not groups:
        return {group.name: _stay(group, cut.sparsity) for group in groups}
    order = _together([counted[group.name] for group in groups])
    sizes = [group.channels for group in groups]
    places = order.argsort().split(sizes)
    trained = sum(group.of for group in groups)
    going = max(0, len(order) - _whole(trained * (1 - cut.sparsity)))
    most, first = min(
        (int(place.max()), group.name) for place, group in zip(places, groups, strict=True)
    )
    if going > most:
        rule = _(
            "sparsity of all layers together leaves at least 1 channel of layer {layer}: at most"
            " {most} is possible, got {value}"
        )
        possible = _highest(trained, len(order) - most)
        raise ValueError(rule.format(layer=first, most=possible, value=cut.sparsity))
    return {g.name: int((place >= going).sum()) for g, place in zip(groups, places, strict=True)}


def _together(counted: Sequence[Tensor]) -> Tensor:
    """Indices of the channels of all groups, the lowest first; equal ones from each group alike."""
    shares = torch.cat([each.argsort(stable=True).argsort() / len(each) for each in counted])
    fair = shares.argsort(stable=True)
    return fair[torch.cat(list(counted))[fair].argsort(stable=True)]


def _stay(group: Group, fraction: float) -> int:
    """Channels that stay of those that are left, counted from those that were trained."""
    return min(_whole(group.of * (1 - fraction)), group.channels)


def _whole(number: float) -> int:
    return int(number + 0.5)


def _highest(count: int, left: int) -> float:
    """The highest sparsity, in thousandths, that leaves at least `left` of `count` channels."""
    thousandths = (number / 1000 for number in range(999, -1, -1))
    return next(found for found in thousandths if _whole(count * (1 - found)) >= left)


def _snapped(left: int, group: Group, snap_to: int, fraction: float) -> int:
    if left < 1:
        most = _highest(group.of, 1)
        rule = _(
            "sparsity leaves at least 1 of the {count} channels of layer {layer}: at most {most} is"
            " possible there, got {value}"
        )
        raise ValueError(rule.format(count=group.of, layer=group.name, most=most, value=fraction))
    steps = max(1, _whole(left / snap_to))
    return min(steps * snap_to, group.channels)


def _counts(model: nn.Module, group: Group, criterion: str, scores: Mapping[str, Tensor]) -> Tensor:
    """What each channel counts, shape (channels,): mean over its layers, 1 the mean of each."""
    if criterion == "batch_norm":
        return _scales(model, group)
    shares = []
    for layer in group.producers:
        each = scores[f"{layer}.weight"].flatten(1).sum(dim=1)
        each = each.sqrt() if criterion == "l2" else each
        shares.append(each / each.mean().clamp_min(1e-12))
    return torch.stack(shares).mean(dim=0)


def _scales(model: nn.Module, group: Group) -> Tensor:
    """|gamma| of the group's batch norms: Network Slimming, Liu et al. 2017."""
    norms = [place.layer for place in group.places if place.side == "norm" and place.repeat == 1]
    if not norms:
        rule = _(
            "criterion batch_norm needs a batch norm after layer {layer}, which has none; magnitude"
            " is possible, got {value}"
        )
        raise ValueError(rule.format(layer=group.name, value="batch_norm"))
    sizes = [model.get_submodule(norm).weight.abs() for norm in norms]  # type: ignore[operator]
    return torch.stack([size / size.mean().clamp_min(1e-12) for size in sizes]).mean(dim=0)


def _nothing_to_cut(groups: Sequence[Group], granularity: str) -> str:
    kinds = dict.fromkeys(group.kind for group in groups)
    return _("granularity of this network is one of {known}, got {value}").format(
        known=", ".join(["weight", *kinds]), value=granularity
    )
