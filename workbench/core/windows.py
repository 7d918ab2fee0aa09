"""The windows of a plain convolutional network: one list to build it, count it and explain it."""

import math
from dataclasses import dataclass
from itertools import pairwise

from workbench.locale import _
from workbench.setting.space import Padding

Sides = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Window:
    """One convolution: `before` is the map it slides over, height and width; blocks count from 1.

    `padding`: zeros on each side of that map.
    """

    block: int
    inputs: int
    outputs: int
    kernel_size: int
    stride: int
    padding: int
    before: Sides

    @property
    def after(self) -> Sides:
        """Height and width of the map that it makes."""
        room = 2 * self.padding - self.kernel_size
        height, width = ((side + room) // self.stride + 1 for side in self.before)
        return height, width


def windows_of(
    shape: tuple[int, int, int],
    *,
    width: int,
    depth: int,
    kernel_size: int,
    convolutions: int,
    stride: int,
    padding: Padding,
) -> tuple[Window, ...]:
    """The convolutions in order: `depth` + 1 blocks, each twice as wide as the one before.

    The stride is that of a block's last convolution, so that two 3 x 3 see what one 5 x 5 sees.
    Raises ValueError where a window does not fit its map, or a stride leads beyond it.
    """
    channels = [shape[0], *[width * 2**block for block in range(depth + 1)]]
    zeros = kernel_size // 2 if padding == "same" else 0
    before: Sides = shape[1:]
    found: list[Window] = []
    for block, (inputs, outputs) in enumerate(pairwise(channels), start=1):
        for number in range(convolutions):
            window = Window(
                block=block,
                inputs=inputs if number == 0 else outputs,
                outputs=outputs,
                kernel_size=kernel_size,
                stride=stride if number == convolutions - 1 else 1,
                padding=zeros,
                before=before,
            )
            _check_fits(window)
            found.append(window)
            before = window.after
    return tuple(found)


def pooled(sides: Sides) -> int:
    """How many means stand for a last map of these sides: 2 x 2 where there is room for them."""
    return math.prod(min(side, 2) for side in sides)


def _check_fits(window: Window) -> None:
    height, width = window.before
    known = {"height": height, "width": width, "block": window.block}
    if window.kernel_size > min(height, width) + 2 * window.padding:
        rule = _(
            "a window without padding is at most as large as its map, which has {height} x {width}"
            " pixels at block {block}: choose a smaller kernel size, stride or depth, fewer"
            " convolutions a block, or padding, got kernel size {value}"
        )
        raise ValueError(rule.format(**known, value=window.kernel_size))
    if window.stride > min(height, width) > 1:
        rule = _(
            "stride is at most the side of the map it moves on, which has {height} x {width} pixels"
            " at block {block}: choose a smaller stride or depth, got {value}"
        )
        raise ValueError(rule.format(**known, value=window.stride))
