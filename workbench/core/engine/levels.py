"""From numbers to int8 levels: scales, zero points, and weights in whole steps."""

import numpy as np
from numpy.typing import NDArray

from workbench.core.engine.scheme import scheme

BIAS_LIMIT = 2**30  # within int32 and exact in float32


def quantized(
    name: str, value: NDArray[np.float32], scale: NDArray[np.float32], limit: int, kind: type
) -> dict[str, NDArray[np.generic]]:
    """The arrays of a tensor in whole steps of `scale`, one a channel, of at most `limit`."""
    column = scale.reshape(-1, *[1] * (value.ndim - 1))
    steps = np.clip(np.rint(value / column), -limit, limit)
    return {
        f"{name}.quantized": steps.astype(kind),
        f"{name}.scale": scale,
        f"{name}.zero_point": np.zeros(len(scale), kind),
    }


def weight_scale(weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Symmetric step of each channel, shape (channels,): the largest weight is the last level."""
    largest = np.abs(weight.reshape(len(weight), -1)).max(axis=1)
    steps: NDArray[np.float32]
    steps = (np.maximum(largest, 1e-12) / scheme().weight_limit).astype(np.float32)
    return steps


def activation_scale(low: float, high: float) -> tuple[NDArray[np.float32], NDArray[np.generic]]:
    """Asymmetric step and zero point of a range that is widened to hold 0, so that 0 is exact."""
    kind = scheme().activations
    levels = np.iinfo(kind)
    low, high = min(low, 0.0), max(high, 0.0)
    scale = max(high - low, 1e-12) / (int(levels.max) - int(levels.min))
    zero_point = round(int(levels.min) - low / scale)
    return np.array(scale, np.float32), np.array(zero_point, kind)
