"""Channels really removed: a smaller ordinary network, and the same one only masked."""

from collections.abc import Mapping, Sequence
from copy import deepcopy

import torch
from torch import Tensor, nn

from workbench.core.pruning.groups import Group, Place

Kept = Mapping[str, Tensor]


@torch.no_grad()
def remove_channels(model: nn.Module, groups: Sequence[Group], kept: Kept) -> nn.Module:
    """A copy of `model` without the channels that are not in `kept`, nor what was coupled to them.

    It is an ordinary smaller module: no mask and no hook is left in it. Groups that `kept` does not
    name stay whole.
    """
    smaller = deepcopy(model)
    for group in groups:
        if group.name in kept and len(kept[group.name]) < group.channels:
            for place in group.places:
                _cut(smaller.get_submodule(place.layer), place, kept[group.name])
    return smaller


def _cut(module: nn.Module, place: Place, kept: Tensor) -> None:
    features = _features(kept, place.repeat)
    if place.side == "in":
        _slice(module, ("weight",), features, dim=1)
    else:
        names = ("weight", "bias", "running_mean", "running_var")
        _slice(module, names, features, dim=0)
    for name in SIZES[place.side]:
        if hasattr(module, name):
            setattr(module, name, len(features))


SIZES = {
    "in": ("in_channels", "in_features"),
    "out": ("out_channels", "out_features"),
    "norm": ("num_features",),
    "depthwise": ("in_channels", "out_channels", "groups"),
}
"""What a module knows of its own widths, by the side that was cut."""


def _features(kept: Tensor, repeat: int) -> Tensor:
    """Features of the channels that stay: `repeat` neighbours each."""
    return (kept[:, None] * repeat + torch.arange(repeat)).flatten()


def _slice(module: nn.Module, names: Sequence[str], features: Tensor, dim: int) -> None:
    for name in names:
        value = getattr(module, name, None)
        if value is None:
            continue
        part = value.detach().index_select(dim, features)
        if value.dim() == 4 and value.is_contiguous(memory_format=torch.channels_last):
            part = part.contiguous(memory_format=torch.channels_last)
        is_parameter = isinstance(value, nn.Parameter)
        fresh = nn.Parameter(part, requires_grad=value.requires_grad) if is_parameter else part
        setattr(module, name, fresh)


@torch.no_grad()
def mask_channels(model: nn.Module, groups: Sequence[Group], kept: Kept) -> nn.Module:
    """A copy of `model` in full shape, the channels that are not in `kept` set to 0."""
    masked = deepcopy(model)
    for group in groups:
        gone = torch.ones(group.channels, dtype=torch.bool)
        gone[kept.get(group.name, slice(None))] = False
        for place in group.places:
            if place.side == "in":
                continue
            module = masked.get_submodule(place.layer)
            for name in ("weight", "bias"):
                if (value := getattr(module, name, None)) is not None:
                    value[gone.repeat_interleave(place.repeat)] = 0
    return masked
