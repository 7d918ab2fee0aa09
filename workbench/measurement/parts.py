"""What an answer holds beside its quantities: layers, curves, grids, and close-ups for figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.locale import Message
from workbench.measurement.quantity import Quantities, Quantity, check_quantities


@dataclass(frozen=True, kw_only=True)
class WeightHistogram:
    """Counts of the trained weights by value, in the same bins: kept, pruned, rounded to zero.

    `rounded`: those that pruning left and rounding made zero; empty where nobody counted them.
    `threshold`: the magnitude below which all went, where there is such a border.
    """

    edges: tuple[float, ...]
    kept: tuple[int, ...]
    pruned: tuple[int, ...]
    rounded: tuple[int, ...] = ()
    threshold: float | None = None


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One weighted layer before and after compression: what of it is left, how well it is kept.

    `inputs` and `outputs` count channels or neurons; `before` the same in the trained network.
    `quantities`: weights, zeros, sqnr_db and levels_used, where they apply.
    """

    name: str
    kind: Literal["convolution", "depthwise", "linear"]
    inputs: int
    outputs: int
    before: tuple[int, int]
    quantities: Quantities = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_quantities(self.quantities)


@dataclass(frozen=True, kw_only=True)
class Point:
    """One moment of a compression: after which step, after how many epochs of it, how accurate."""

    step: Message
    epochs: float
    accuracy: Quantity

    def __post_init__(self) -> None:
        check_quantities({"accuracy": self.accuracy})


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """Quantities in rows and columns, some of them not there yet: (row, column) to a Quantity."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Quantity]
    machine: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_quantities({f"{row}, {column}": cell for (row, column), cell in self.cells.items()})


EMPTY_GRID = Grid(rows=(), columns=(), cells={})


@dataclass(frozen=True, kw_only=True, eq=False)
class Rounding:
    """Nine weights of one layer on their way to whole numbers and back; arrays of shape (9,).

    `levels`: the whole numbers, `step` apart, where `zero_point` stands for 0; `after`: what they
    stand for. Steps and zero points are those of each weight's own channel.
    """

    layer: str
    bits: int
    before: NDArray[np.float32]
    levels: NDArray[np.int64]
    step: NDArray[np.float32]
    zero_point: NDArray[np.int64]
    after: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class ActivationHistogram:
    """Counts of one layer's activations by value over the calibration images, and the range kept.

    What lies outside of `low` to `high` is clipped.
    """

    layer: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    low: float
    high: float
    bits: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Closeup:
    """One layer seen from near: its weights as a matrix (outputs, others), before and after."""

    layer: str
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    rounding: Rounding | None = None
    activations: ActivationHistogram | None = None
