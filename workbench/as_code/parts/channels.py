"""Whole neurons or filters away: the network that is left is an ordinary smaller one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from workbench.as_code.parts.pruning import Scores


class Group(NamedTuple):
    """Channels that go together: the layers that make them, their batch norms, who reads them."""

    out: list[str]
    norms: list[str]
    readers: list[str]


def whole(number: float) -> int:
    return int(number + 0.5)


@torch.no_grad()
def counts(model: nn.Module, group: Group, scores: Scores, power: float = 1.0) -> Tensor:
    """What each channel counts: the mean over the layers that make it, 1 the mean of each."""
    shares = []
    for name in group.out:
        each = scores[name].flatten(1).sum(dim=1) ** power
        shares.append(each / each.mean().clamp_min(1e-12))
    return torch.stack(shares).mean(dim=0)


@torch.no_grad()
def norm_counts(model: nn.Module, group: Group) -> Tensor:
    """The same by the scales of the batch norms (Network Slimming)."""
    sizes = [model.get_submodule(name).weight.abs() for name in group.norms]  # type: ignore[operator]
    return torch.stack([size / size.mean().clamp_min(1e-12) for size in sizes]).mean(dim=0)


def stay_in_each(
    counted: Mapping[str, Tensor], trained: Mapping[str, int], fraction: float
) -> dict[str, int]:
    """How many channels of each group stay when `fraction` of those trained is gone."""
    return {n: min(whole(trained[n] * (1 - fraction)), len(c)) for n, c in counted.items()}


def stay_of_all(
    counted: Mapping[str, Tensor], trained: Mapping[str, int], fraction: float
) -> dict[str, int]:
    """The same over all groups together, the lowest first; equal ones from each group alike."""
    shares = torch.cat([c.argsort(stable=True).argsort() / len(c) for c in counted.values()])
    fair = shares.argsort(stable=True)
    order = fair[torch.cat(list(counted.values()))[fair].argsort(stable=True)]
    going = max(0, len(order) - whole(sum(trained[n] for n in counted) * (1 - fraction)))
    places = order.argsort().split([len(c) for c in counted.values()])
    return {n: int((p >= going).sum()) for n, p in zip(counted, places, strict=True)}


@torch.no_grad()
def remove(
    model: nn.Module,
    groups: Mapping[str, Group],
    counted: Mapping[str, Tensor],
    left: Mapping[str, int],
    snap_to: int = 1,
) -> None:
    """Cut all channels but those that count most; how many are left is a multiple of `snap_to`."""
    for name, group in groups.items():
        count = min(max(1, whole(left[name] / snap_to)) * snap_to, len(counted[name]))
        kept = counted[name].argsort(descending=True, stable=True)[:count].sort().values
        for layer in (*group.out, *group.norms):
            cut(model.get_submodule(layer), 0, kept)
        for layer in group.readers:
            reader: Any = model.get_submodule(layer)
            each = reader.weight.shape[1] // len(counted[name])  # after flattening more than 1
            cut(reader, 1, (kept[:, None] * each + torch.arange(each)).flatten())


SIZES = {0: ("out_channels", "out_features", "num_features"), 1: ("in_channels", "in_features")}


def cut(layer: Any, side: int, kept: Tensor) -> None:
    """Leave only the `kept` outputs (side 0) or inputs (side 1) of a layer."""
    names = ("weight", "bias", "running_mean", "running_var") if side == 0 else ("weight",)
    for name in names:
        value = getattr(layer, name, None)
        if value is not None:
            part = value.detach().index_select(side, kept)
            is_weight = isinstance(value, nn.Parameter)
            setattr(layer, name, nn.Parameter(part) if is_weight else part)
    for name in SIZES[side]:
        if hasattr(layer, name):
            setattr(layer, name, len(kept))
