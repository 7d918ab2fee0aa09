"""What lesson 8 finds of numbers: casts, sums, operations with their types, updates that vanish."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workbench.measurement.formats import Format
from workbench.measurement.parts import Grid
from workbench.measurement.quantity import Quantities, check_quantities
from workbench.setting import Setting

Happened = Literal[
    "exact", "rounded", "subnormal", "underflow", "overflow", "clipped", "lost", "no number"
]
Phase = Literal["forward", "backward", "update"]


@dataclass(frozen=True, kw_only=True)
class Cast:
    """A number in one format: its bits, sign first, and what became of it.

    `quantities`: kept, error and relative_error, where there are such. A format of whole numbers
    has nothing for NaN: no bits.
    """

    format: Format
    bits: str
    happened: Happened
    quantities: Quantities = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_quantities(self.quantities)


@dataclass(frozen=True, kw_only=True)
class Casting:
    """One typed number in every format; `number` is the nearest float64.

    The grids of whole numbers end at `largest`.
    """

    text: str
    number: float
    largest: float
    casts: tuple[Cast, ...]


@dataclass(frozen=True, kw_only=True)
class Adding:
    """first + second, added `times` times in the arithmetic of every format."""

    first: str
    second: str
    times: int
    number: float
    casts: tuple[Cast, ...]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation that ran: for which layer, in which phase, from and into which types."""

    name: str
    layer: str
    phase: Phase
    takes: tuple[str, ...]
    gives: tuple[str, ...]

    @property
    def is_cast(self) -> bool:
        """It turned numbers of one type into another."""
        return self.name == "_to_copy" and self.takes != self.gives

    @property
    def types(self) -> tuple[str, ...]:
        """Every type it touched, each once, that of its result first."""
        return tuple(dict.fromkeys((*self.gives, *self.takes)))


@dataclass(frozen=True, kw_only=True)
class LayerTypes:
    """One layer by its types: those of its arithmetic in each phase, each phase's result first.

    `stored` and `gradient` are the types of its weights and of their gradients; empty where it has
    none.
    """

    name: str
    kind: str
    ran: Mapping[Phase, tuple[str, ...]]
    stored: str = ""
    gradient: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class OpMap:
    """One update of a network under autocast to `dtype`, as it ran; layers in their order.

    `quantities`: how many operations ran in each type, and how many casts.
    """

    setting: Setting
    dtype: str
    layers: tuple[LayerTypes, ...]
    operations: tuple[Operation, ...]
    quantities: Quantities = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_quantities(self.quantities)


@dataclass(frozen=True, kw_only=True)
class UpdateHistogram:
    """Counts of log2 |update / weight| at one update, in bins of one power of 2 from `first` on.

    `zeros`: updates that are 0 themselves; they and weights of 0 have no place on the axis.
    """

    update: int
    first: int
    counts: tuple[int, ...]
    zeros: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Master:
    """The same training with its weights kept in several formats.

    `loss` and `unchanged`: rows of formats, columns of updates; `unchanged` is the share of
    weights that an update which is not 0 left as they were.
    """

    setting: Setting
    loss: Grid
    unchanged: Grid
    histogram: UpdateHistogram | None = None
