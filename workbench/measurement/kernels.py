"""What windows see and cost: layer by layer, and what trained ones make of a picture."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.locale import Message
from workbench.measurement.quantity import Quantities, check_quantities
from workbench.setting import Setting

Sides = tuple[int, int]
Reach = Literal["within", "over the edge", "all"]


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One convolution and what it sees of the picture; sides are height and width in pixels.

    Pixel i of the map sees `field` pixels of the picture a side, from `first` + i * `jump` on;
    places below 0 are padding. `quantities`: weights and macs.
    """

    layer: str
    block: int
    inputs: int
    outputs: int
    kernel_size: int
    stride: int
    padding: int
    map: Sides
    field: int
    jump: int
    first: int
    quantities: Quantities = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        check_quantities(self.quantities)

    def window(self, row: int, column: int) -> tuple[int, int]:
        """Top and left, in the picture, of what pixel (row, column) of the map sees."""
        return self.first + row * self.jump, self.first + column * self.jump

    def reach(self, picture: Sides) -> Reach:
        """How the field in the middle of the map lies on a picture of these sides."""
        starts = self.window(self.map[0] // 2, self.map[1] // 2)
        ends = [start + self.field for start in starts]
        if max(starts) <= 0 and all(end >= side for end, side in zip(ends, picture, strict=True)):
            return "all"
        is_within = min(starts) >= 0 and all(
            end <= side for end, side in zip(ends, picture, strict=True)
        )
        return "within" if is_within else "over the edge"


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """The form of one network, untrained: what its layers see, what they cost, how long they take.

    `shape`: channels, height and width of a picture. `quantities`: parameters, macs and, once
    they are timed, latency_ms, baseline_latency_ms and speedup against the form of all defaults.
    """

    setting: Setting
    shape: tuple[int, int, int]
    sights: tuple[Sight, ...]
    quantities: Quantities
    notes: tuple[Message, ...] = ()
    machine: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        check_quantities(self.quantities)


@dataclass(frozen=True, kw_only=True, eq=False)
class FeatureMaps:
    """What one trained layer makes of a picture: maps of shape (channels, height, width), >= 0.

    `filters`: the weights of the first layer, (channels, side, side); of deeper ones none.
    """

    kernel_size: int
    layer: str
    maps: NDArray[np.float32]
    filters: NDArray[np.float32] | None = None
