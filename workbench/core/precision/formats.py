"""A number as it lies in a format: a tensor of it, its bits, and what they stand for."""

from fractions import Fraction
from math import isfinite, isnan

import torch
from torch import Tensor

from workbench.core.precision.typed import Exact
from workbench.core.quantization.grid import grid_of, highest_level
from workbench.measurement.formats import Format

DTYPES = {"FP32": torch.float32, "FP16": torch.float16, "BF16": torch.bfloat16}
"""A format of whole numbers has none: its levels lie in int8."""
BITS = {4: torch.int32, 2: torch.int16, 1: torch.int8}
"""Whole numbers as wide as a number of so many bytes."""


def stored(number: Exact, each: Format, largest: Fraction) -> Tensor | None:
    """`number` cast to a format; whole numbers count steps of a grid that ends at `largest`.

    The way is that of a training: through float32. None: whole numbers have nothing for NaN.
    """
    single = torch.tensor(float(number), dtype=torch.float32)
    if not each.is_whole:
        return single.to(DTYPES[each.name])
    if isnan(number):
        return None
    # In float64, so that no dust of the step is taken for an error of the format.
    end = torch.tensor([float(largest)], dtype=torch.float64)
    grid = grid_of(end, 1 + each.mantissa, symmetry="symmetric", per="tensor")
    return grid.levels(torch.tensor([float(number)], dtype=torch.float64))[0].to(torch.int8)


def stands_for(tensor: Tensor, each: Format, largest: Fraction) -> Exact:
    """The number that a tensor of this format means, without rounding."""
    if each.is_whole:
        return int(tensor) * largest / highest_level(1 + each.mantissa)
    value = float(tensor)
    return Fraction(value) if isfinite(value) else value


def added(first: Tensor, second: Tensor, each: Format) -> Tensor:
    """Their sum in the arithmetic of the format; levels stop at the last one."""
    if not each.is_whole:
        return first + second
    limit = highest_level(1 + each.mantissa)
    return (first.int() + second.int()).clamp(-limit, limit).to(torch.int8)


def bits_of(tensor: Tensor, each: Format) -> str:
    """Its bits, sign first; of int4, which lies in int8, the last four."""
    whole = tensor.view(BITS[tensor.element_size()])
    width = 1 + each.exponent + each.mantissa
    return format(int(whole) % 2**width, f"0{width}b")
