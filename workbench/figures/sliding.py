"""A window that slides over a grey picture: its numbers, its products, and the map of its sums."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from workbench.locale import _

Numbers = NDArray[np.float64]
KINDS = ("mean", "left_right", "top_bottom", "surroundings")


def window_numbers(kind: str, side: int) -> Numbers:
    """The numbers of a window of `side` x `side` pixels.

    mean; left_right and top_bottom, a smoothed difference (Sobel's for 3); surroundings, the
    middle less the mean. Of a single pixel no difference can be taken: those are 0 for side 1.
    """
    if kind not in KINDS:
        rule = _("the numbers of a window are one of {known}, got {value}")
        raise ValueError(rule.format(known=", ".join(KINDS), value=kind))
    if kind == "mean":
        return np.full((side, side), 1 / side**2)
    if kind == "surroundings":
        numbers = np.full((side, side), -1 / side**2)
        numbers[side // 2, side // 2] += 1
        return numbers
    if side == 1:
        return np.zeros((1, 1))
    slope = np.convolve(_binomial(side - 2), (-0.5, 0.0, 0.5))
    across = np.outer(_binomial(side), slope)
    return across if kind == "left_right" else across.T


def _binomial(count: int) -> Numbers:
    """Weights of a smooth mean of `count` neighbours; they add up to 1."""
    row = np.ones(1)
    for _step in range(count - 1):
        row = np.convolve(row, (0.5, 0.5))
    return row


@dataclass(frozen=True, kw_only=True, eq=False)
class Sliding:
    """`picture`: grey values 0 to 1, shape (height, width); `padding`: zeros on each side of it."""

    picture: Numbers
    numbers: Numbers
    stride: int
    padding: int

    def __post_init__(self) -> None:
        if min(self.padded.shape) < len(self.numbers):
            rule = _(
                "a window slides where it fits: the picture has {height} x {width} pixels with its"
                " padding, got a window of {side}"
            )
            height, width = self.padded.shape
            raise ValueError(rule.format(height=height, width=width, side=len(self.numbers)))

    @property
    def padded(self) -> Numbers:
        """The picture within its zeros."""
        return np.pad(self.picture, self.padding)

    @property
    def sums(self) -> Numbers:
        """The map: the sum of the products at every place of the window."""
        side = len(self.numbers)
        windows = sliding_window_view(self.padded, (side, side))[:: self.stride, :: self.stride]
        found: Numbers = np.einsum("hwij,ij->hw", windows, self.numbers)
        return found

    def pixels(self, row: int, column: int) -> Numbers:
        """What lies under the window at pixel (row, column) of the map."""
        top, left, side = row * self.stride, column * self.stride, len(self.numbers)
        return self.padded[top : top + side, left : left + side]

    def corner(self, row: int, column: int) -> tuple[int, int]:
        """Top and left of the window in the picture; below 0 it hangs over the edge."""
        return row * self.stride - self.padding, column * self.stride - self.padding

    def nearest(self, row: int, column: int) -> tuple[int, int]:
        """The pixel of the map whose window has its middle nearest to (row, column)."""
        middle = self.padding - len(self.numbers) // 2
        height, width = self.sums.shape
        return (
            int(np.clip(round((row + middle) / self.stride), 0, height - 1)),
            int(np.clip(round((column + middle) / self.stride), 0, width - 1)),
        )
