"""How well rounding kept the weights."""

import math

import numpy as np
from torch import Tensor


def sqnr_db(before: Tensor, after: Tensor) -> float:
    """Signal to quantization noise, 10 log10 (sum w^2 / sum (w - q)^2), in decibels."""
    noise = float((before - after).double().square().sum())
    signal = float(before.double().square().sum())
    return 10 * math.log10(max(signal, 1e-30) / max(noise, 1e-30))


def levels_used(weight: Tensor) -> float:
    """Different values in an output channel of `weight`, (channels, ...), mean over channels."""
    flat = np.sort(weight.detach().flatten(1).numpy(), axis=1)  # many times as fast as torch's
    # Unfolding a batch norm leaves the same level a last bit apart here and there.
    gap = 1e-5 * np.abs(flat[:, [0, -1]]).max(axis=1, keepdims=True)
    return float(1 + (np.diff(flat, axis=1) > gap).sum(axis=1).mean())
