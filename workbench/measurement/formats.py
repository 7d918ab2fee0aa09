"""Number formats: their bits, how far they reach, how fine they are near 1."""

from dataclasses import dataclass
from functools import cache

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Format:
    """A number format: its bits after the sign, and what it holds above 0.

    `least` is the smallest number, `least_normal` the smallest with all bits of the mantissa,
    `step` the distance from 1 to the next number. Whole numbers have no exponent.
    """

    name: str
    exponent: int
    mantissa: int
    least: float
    least_normal: float
    largest: float
    step: float

    @property
    def is_whole(self) -> bool:
        """It counts steps."""
        return self.exponent == 0


@cache
def formats() -> tuple[Format, ...]:
    """The formats of weights and activations, widest first."""
    return (
        _numpys("FP32", np.float32),
        _numpys("FP16", np.float16),
        _floating("BF16", exponent=8, mantissa=7),
        _whole("INT8", 8),
        _whole("INT4", 4),
    )


def _numpys(name: str, kind: type[np.floating]) -> Format:
    told = np.finfo(kind)
    return Format(
        name=name, exponent=int(told.iexp), mantissa=int(told.nmant),
        least=float(told.smallest_subnormal), least_normal=float(told.smallest_normal),
        largest=float(told.max), step=float(told.eps),
    )  # fmt: skip


def _floating(name: str, *, exponent: int, mantissa: int) -> Format:
    """By the definition of IEEE 754, for formats that NumPy does not have."""
    bias = 2 ** (exponent - 1) - 1
    return Format(
        name=name, exponent=exponent, mantissa=mantissa,
        least=2.0 ** (1 - bias - mantissa), least_normal=2.0 ** (1 - bias),
        largest=(2 - 2.0**-mantissa) * 2.0**bias, step=2.0**-mantissa,
    )  # fmt: skip


def _whole(name: str, bits: int) -> Format:
    most = float(2 ** (bits - 1) - 1)
    return Format(
        name=name, exponent=0, mantissa=bits - 1, least=1, least_normal=1, largest=most, step=1
    )
