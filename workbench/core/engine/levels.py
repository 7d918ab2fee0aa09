"""From numbers to int8 levels: scales, zero points, and weights in whole steps."""

import numpy as np
from numpy.typing import NDArray

from workbench.core.engine.scheme import scheme

BIAS_LIMIT = 2**30  # within int32 and exact in float32
LEAST_REACH = 1e-6  # no scores of a layer that answers are so small
UINT8_LEVELS = 255


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


def weight_scale(
    weight: NDArray[np.float32], per: str = "channel", limit: int | None = None
) -> NDArray[np.float32]:
    """Symmetric step of each channel, shape (channels,): the largest weight is the last level.

    `per` tensor: the same step for all of them. `limit`: the last level, by default this CPU's.
    """
    largest = np.abs(weight.reshape(len(weight), -1)).max(axis=1)
    if per == "tensor":
        largest = np.full_like(largest, largest.max())
    steps: NDArray[np.float32]
    steps = (np.maximum(largest, 1e-12) / (limit or scheme().weight_limit)).astype(np.float32)
    return steps


def quantized_from_least(
    name: str, weight: NDArray[np.float32], per: str
) -> dict[str, NDArray[np.generic]]:
    """The arrays of a tensor in 256 levels from its least value to its largest, 0 among them.

    What lies on such a grid already, as after `quantize_weights`, comes back exactly.
    """
    flat = weight.reshape(len(weight), -1)
    low, high = np.minimum(flat.min(axis=1), 0), np.maximum(flat.max(axis=1), 0)
    if per == "tensor":
        low, high = np.full_like(low, low.min()), np.full_like(high, high.max())
    scale = (np.maximum(high - low, 1e-12) / UINT8_LEVELS).astype(np.float32)
    zero_point = np.rint(-low / scale)
    column = [-1, *[1] * (weight.ndim - 1)]
    levels = np.rint(weight / scale.reshape(column)) + zero_point.reshape(column)
    return {
        f"{name}.quantized": np.clip(levels, 0, UINT8_LEVELS).astype(np.uint8),
        f"{name}.scale": scale,
        f"{name}.zero_point": zero_point.astype(np.uint8),
    }


def activation_grid(
    low: float, high: float, *, bits: int, symmetry: str
) -> tuple[float, int, int, int]:
    """Step, zero point, lowest and highest level of a range that is widened to hold 0.

    Asymmetric: levels from 0, the step as fine as the range allows. Symmetric: as far below the
    zero point as above it, so that after a ReLU half of the levels lie idle.
    """
    low, high = min(low, 0.0), max(high, 0.0)
    highest = 2**bits - 1
    if symmetry == "symmetric":
        middle = 2 ** (bits - 1)
        step = _or_one(max(-low, high)) / max(middle - 1, 1)
        return step, middle, 1, highest
    step = _or_one(high - low) / highest
    return step, round(-low / step), 0, highest


def _or_one(reach: float) -> float:
    """The range, or 1 where nothing ever answered.

    ONNX Runtime's integers overflow when what lies below a ReLU is counted in vanishing steps: the
    dead channel would answer at full strength.
    """
    return reach if reach > LEAST_REACH else 1.0


def activation_scale(
    low: float, high: float, symmetry: str = "asymmetric"
) -> tuple[NDArray[np.float32], NDArray[np.generic]]:
    """Step and zero point of a range in the 8-bit type that this CPU multiplies."""
    kind = scheme().activations
    step, zero, _lowest, _highest = activation_grid(low, high, bits=8, symmetry=symmetry)
    return np.array(step, np.float32), np.array(zero + int(np.iinfo(kind).min), kind)
