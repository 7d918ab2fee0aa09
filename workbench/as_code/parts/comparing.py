"""Networks compared image by image: McNemar's exact test, corrected for several (Holm)."""

from collections.abc import Mapping
from math import comb

import numpy as np
from numpy.typing import NDArray
from torch import nn

from workbench.as_code.parts.data import Data, in_torch, scores_of

Right = NDArray[np.bool_]


def right_answers(model: nn.Module, data: Data) -> Right:
    """Which validation images the network gets right."""
    found = scores_of(in_torch(model), data.pictures("validation")).argmax(axis=1)
    right: Right = found == data.labels("validation")
    return right


def p_value(helped: int, hurt: int) -> float:
    """How often chance alone divides the flips so unevenly, or more."""
    flips = helped + hurt
    fewer = sum(comb(flips, count) for count in range(min(helped, hurt) + 1))
    share: float = fewer / 2 ** (flips - 1) if flips else 1.0
    return min(1.0, share)


def compare(right: Mapping[int, Right], reference: int) -> None:
    """Print what each network gets right that the reference misses, and the other way round."""
    flips = {
        size: (int((each & ~right[reference]).sum()), int((right[reference] & ~each).sum()))
        for size, each in right.items()
        if size != reference
    }
    corrected = 0.0
    ordered = sorted(flips, key=lambda size: p_value(*flips[size]))
    for left, size in zip(range(len(ordered), 0, -1), ordered, strict=True):
        corrected = max(corrected, min(1.0, left * p_value(*flips[size])))
        helped, hurt = flips[size]
        print(f"{size} against {reference}: {helped} helped, {hurt} hurt, p = {corrected:.4g}")
