"""Weights to zero, and whole neurons or filters away."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

Scores = Mapping[str, Tensor]


def layers(model: nn.Module) -> dict[str, Any]:
    """The layers whose weights are compressed, by name."""
    kinds = (nn.Conv2d, nn.Linear)
    return {name: layer for name, layer in model.named_modules() if isinstance(layer, kinds)}


def magnitude(model: nn.Module) -> dict[str, Tensor]:
    return {name: layer.weight.detach().abs() for name, layer in layers(model).items()}


def squared(model: nn.Module) -> dict[str, Tensor]:
    return {name: layer.weight.detach().square() for name, layer in layers(model).items()}


def at_random(model: nn.Module, seed: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        name: torch.rand(layer.weight.shape, generator=generator)
        for name, layer in layers(model).items()
    }


@torch.enable_grad()
def gradient(model: nn.Module, pictures: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """|weight x gradient|: about what the loss changes by without the weight."""
    weights = {name: layer.weight for name, layer in layers(model).items()}
    loss = functional.cross_entropy(model.eval()(pictures), labels)
    found = torch.autograd.grad(loss, list(weights.values()))
    return {
        name: (weight.detach() * change).abs()
        for (name, weight), change in zip(weights.items(), found, strict=True)
    }


@torch.no_grad()
def activation(model: nn.Module, pictures: Tensor) -> dict[str, Tensor]:
    """|weight| times the root mean square of what it multiplies (Wanda)."""
    sizes: dict[str, Tensor] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def look(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            channels = -1 if isinstance(layer, nn.Linear) else 1
            taken = inputs[0].movedim(channels, 0).flatten(1)
            sizes[name] = taken.square().mean(dim=1).sqrt()

        return look

    hooks = [layer.register_forward_pre_hook(watch(n)) for n, layer in layers(model).items()]
    model.eval()(pictures)
    for hook in hooks:
        hook.remove()
    return {
        name: layer.weight.abs() * sizes[name].view(1, -1, *[1] * (layer.weight.dim() - 2))
        for name, layer in layers(model).items()
    }


def ranked(model: nn.Module, scores: Scores, names: Iterable[str]) -> dict[str, Tensor]:
    """The scores of these layers; what is zero already goes first."""
    found = layers(model)
    return {n: torch.where(found[n].weight == 0, -torch.inf, scores[n]) for n in names}


@torch.no_grad()
def zero_lowest(
    model: nn.Module, scores: Scores, fraction: float, names: Iterable[str] | None = None
) -> None:
    """Set the fraction of lowest score, of all these layers together, to 0."""
    ranks = ranked(model, scores, layers(model) if names is None else names)
    together = torch.cat([rank.flatten() for rank in ranks.values()]).numpy()
    kept = np.ones(len(together), np.bool_)
    count = round(fraction * len(together))
    if count:
        kept[np.argpartition(together, count - 1)[:count]] = False
    parts = torch.from_numpy(kept).split([rank.numel() for rank in ranks.values()])
    for (name, rank), part in zip(ranks.items(), parts, strict=True):
        layers(model)[name].weight.mul_(part.view_as(rank))


@torch.no_grad()
def zero_by_pattern(
    model: nn.Module, scores: Scores, most: int, of: int, names: Iterable[str] | None = None
) -> None:
    """Keep the `most` highest of every `of` neighbours along a layer's inputs."""
    ranks = ranked(model, scores, layers(model) if names is None else names)
    for name, rank in ranks.items():
        rows = rank.movedim(1, -1)
        whole = rows.shape[-1] // of * of  # fewer than `of` at the end all stay
        blocks = rows[..., :whole].unflatten(-1, (-1, of))
        highest = blocks.argsort(dim=-1, descending=True, stable=True)[..., :most]
        chosen = torch.zeros(blocks.shape, dtype=torch.bool).scatter_(-1, highest, value=True)
        kept = torch.ones(rows.shape, dtype=torch.bool)
        kept[..., :whole] = chosen.flatten(-2)
        layers(model)[name].weight.mul_(kept.movedim(-1, 1))
