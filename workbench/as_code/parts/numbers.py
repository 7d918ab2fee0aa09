"""Numbers in few bits: floats of PyTorch, and whole numbers of steps of a grid."""

from fractions import Fraction
from math import isfinite

import torch
from torch import Tensor

FLOATS = {"FP32": torch.float32, "FP16": torch.float16, "BF16": torch.bfloat16}
WHOLES = {"INT8": 8, "INT4": 4}
AS_WHOLE = {4: torch.int32, 2: torch.int16, 1: torch.int8}


def bits_of(value: Tensor, width: int) -> str:
    """The bits, sign first; of int4, which lies in int8, the last four."""
    return format(int(value.view(AS_WHOLE[value.element_size()])) % 2**width, f"0{width}b")


def level(number: Fraction | float, largest: Fraction, width: int) -> Tensor:
    """The nearest of the whole numbers whose last one stands for `largest`."""
    limit = 2 ** (width - 1) - 1
    step = max(float(largest) / limit, 1e-12)
    steps = torch.tensor(float(number), dtype=torch.float64) / step
    found: Tensor = steps.round().clamp(-limit, limit).to(torch.int8)
    return found


def added(total: Tensor, step: Tensor, width: int) -> Tensor:
    """Their sum as a whole number of so many bits, which stops at the last level."""
    limit = 2 ** (width - 1) - 1
    return (total.int() + step.int()).clamp(-limit, limit).to(torch.int8)


def tell_float(name: str, value: Tensor, wanted: Fraction | float) -> None:
    tell(name, bits_of(value, 8 * value.element_size()), float(value), wanted)


def tell_level(
    name: str, value: Tensor, width: int, largest: Fraction, wanted: Fraction | float
) -> None:
    kept = int(value) * largest / (2 ** (width - 1) - 1)
    tell(name, bits_of(value, width), kept, wanted)


def tell(name: str, bits: str, kept: Fraction | float, wanted: Fraction | float) -> None:
    """Print the bits, what they stand for, and how far that is from what was wanted."""
    error = ""
    if isfinite(kept) and isfinite(wanted):
        error = f", off by {float(abs(Fraction(kept) - Fraction(wanted))):.9g}"
    print(f"{name}: {bits} = {float(kept):.9g}{error}")
