"""Quantization of weights: symmetric, a step for each output channel."""

import torch
from torch import Tensor, nn

from workbench.core.pruning import prunable


def highest_level(bits: int) -> int:
    """The largest symmetric signed whole number of `bits` bits: 127 for 8, 1 for 2."""
    return int(2 ** (bits - 1)) - 1


def step_sizes(weight: Tensor, bits: int) -> Tensor:
    """Distance of levels per output channel, shape (channels,); the last is the largest weight."""
    largest = weight.detach().flatten(1).abs().amax(dim=1)
    return largest.clamp_min(1e-12) / highest_level(bits)


def on_grid(weight: Tensor, bits: int) -> Tensor:
    """`weight`, (channels, ...), moved to the nearest of the 2^bits - 1 levels of its channel."""
    step = step_sizes(weight, bits).view(-1, *[1] * (weight.dim() - 1))
    limit = highest_level(bits)
    return (weight / step).round().clamp(-limit, limit) * step


@torch.no_grad()
def quantize_weights(model: nn.Module, bits: int) -> None:
    """Round every weight to `bits` bits, in place; still stored as float32: nothing is smaller."""
    for weight in prunable(model).values():
        weight.copy_(on_grid(weight, bits))
