"""How well rounding kept the weights."""

import math

import torch
from torch import Tensor


def sqnr_db(before: Tensor, after: Tensor) -> float:
    """Signal to quantization noise, 10 log10 (sum w^2 / sum (w - q)^2), in decibels."""
    noise = float((before - after).double().square().sum())
    signal = float(before.double().square().sum())
    return 10 * math.log10(max(signal, 1e-30) / max(noise, 1e-30))


def levels_used(weight: Tensor) -> float:
    """Different values in an output channel of `weight`, (channels, ...), mean over channels."""
    flat = weight.detach().flatten(1).sort(dim=1).values
    # Unfolding a batch norm leaves the same level a last bit apart here and there.
    gap = 1e-5 * flat.abs().amax(dim=1, keepdim=True)
    return float(1 + (torch.diff(flat, dim=1) > gap).sum(dim=1).double().mean())
