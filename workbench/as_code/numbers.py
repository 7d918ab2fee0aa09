"""The programs of single numbers: in every format, added there, and nine weights rounded."""

from collections.abc import Iterable
from fractions import Fraction
from math import isnan

from workbench.as_code.bundle import bundled
from workbench.as_code.lines import bracketed, function

Exact = Fraction | float
"""A float only where it is infinite or no number."""
CASTING = """\
One number in floats of 32 and 16 bits and in whole numbers of 8 and 4.

    python program.py

It needs torch.
"""
ADDING = """\
A sum in the arithmetic of floats of 32 and 16 bits and of whole numbers of 8 and 4.

    python program.py

It needs torch.
"""
ROUNDING = """\
Weights on their way to whole numbers and back.

    python program.py

It needs numpy.
"""
IMPORTS = """\
import numpy as np
import torch
from fractions import Fraction
"""


def casting(number: Exact, largest: Fraction) -> str:
    """The program that casts a number; whole numbers count steps of a grid up to `largest`."""
    lines = [
        f"number, largest = {_exact(number)}, {_exact(largest)}",
        "for name, kind in FLOATS.items():",
        "    tell_float(name, torch.tensor(float(number)).to(kind), number)",
    ]
    if not isnan(number):  # for which whole numbers have nothing
        lines += [
            "for name, width in WHOLES.items():",
            "    tell_level(name, level(number, largest, width), width, largest, number)",
        ]
    return bundled(CASTING, IMPORTS, function("main() -> None", lines))


def adding(first: Exact, second: Exact, times: int, largest: Fraction) -> str:
    """The program that adds `second` to `first`, again and again."""
    lines = [
        f"first, second, largest = {_exact(first)}, {_exact(second)}, {_exact(largest)}",
        f"wanted = first + {times} * second",
        "for name, kind in FLOATS.items():",
        "    total, step = (torch.tensor(float(each)).to(kind) for each in (first, second))",
        f"    for _ in range({times}):",
        "        total = total + step",
        "    tell_float(name, total, wanted)",
    ]
    if not (isnan(first) or isnan(second)):
        lines += [
            "for name, width in WHOLES.items():",
            "    total, step = (level(each, largest, width) for each in (first, second))",
            f"    for _ in range({times}):",
            "        total = added(total, step, width)",
            "    tell_level(name, total, width, largest, wanted)",
        ]
    return bundled(ADDING, IMPORTS, function("main() -> None", lines))


def rounding(
    weights: Iterable[float], steps: Iterable[float], zeros: Iterable[int], ends: tuple[int, int]
) -> str:
    """The program that rounds weights to levels within `ends`, each on the grid of its channel."""
    lines = [
        *bracketed(
            "weights = np.array([", [f"{float(each):.9g}" for each in weights], "], np.float32)"
        ),
        *bracketed(
            "steps = np.array([", [f"{float(each):.9g}" for each in steps], "], np.float32)"
        ),
        f"zeros = np.array({[int(each) for each in zeros]})",
        f"levels = np.clip(np.rint(weights / steps) + zeros, {ends[0]}, {ends[1]})",
        "back = (levels - zeros) * steps",
        "for weight, level, value in zip(weights, levels, back, strict=True):",
        '    print(f"{weight:+.6f} -> {level:+.0f} -> {value:+.6f}")',
    ]
    return bundled(ROUNDING, IMPORTS, function("main() -> None", lines))


def _exact(number: Exact) -> str:
    if isinstance(number, float):
        return f'float("{number}")'
    return f"Fraction({number.numerator}, {number.denominator})"
