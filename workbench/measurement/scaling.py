"""What float16 does to gradients: where they lie, what is lost, and what a scaler does about it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workbench.locale import Message
from workbench.measurement.quantity import Quantities, Quantity, check_quantities
from workbench.setting import Setting

POWERS = tuple(range(25))
"""Loss scales, as powers of two."""
LOWEST, HIGHEST = -48, 20
"""Powers of two between which gradients are counted; what lies beyond counts at the end."""


@dataclass(frozen=True, kw_only=True)
class LayerGradients:
    """The gradient of one layer's weights and biases, times the scale, as counts by size.

    A count for each power of two p from LOWEST to HIGHEST: so many values of 2^p to 2^(p + 1),
    `exact` in float32 and `kept` in float16. `quantities`: lost and overflowed, and the
    share of each.
    """

    layer: str
    exact: tuple[int, ...]
    kept: tuple[int, ...]
    quantities: Quantities = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        check_quantities(self.quantities)


@dataclass(frozen=True, kw_only=True)
class Gradients:
    """One way back with the loss times 2^`power`, layer by layer from the first.

    `quantities`: lost and overflowed, the share of each, way_back_ms.
    """

    setting: Setting
    power: int
    layers: tuple[LayerGradients, ...]
    quantities: Quantities

    def __post_init__(self) -> None:
        check_quantities(self.quantities)


@dataclass(frozen=True, kw_only=True)
class ScaledUpdate:
    """One update of a training with a scaler: the power of two of its scale, and its fate."""

    number: int
    power: float
    is_skipped: bool


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What a dynamic scaler did in a real training.

    `quantities`: made_updates, skipped_updates, back_offs, growths.
    """

    setting: Setting
    growth_interval: int
    updates: tuple[ScaledUpdate, ...]
    quantities: Quantities

    def __post_init__(self) -> None:
        check_quantities(self.quantities)


FaultKind = Literal["underflow", "overflow", "nan"]


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One tensor of a computation in its order, and which shares of it are no good numbers.

    `quantities`: lost_share (0 here and not in float32), overflowed_share
    (infinite, or no number), nan_share.
    """

    place: Message
    quantities: Mapping[str, Quantity]

    def __post_init__(self) -> None:
        check_quantities(self.quantities)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A computation that was made to fail, tensor by tensor; `first`: where it went wrong."""

    kind: FaultKind
    sightings: tuple[Sighting, ...]
    first: int | None


PARTS = (
    "weight_bytes", "gradient_bytes", "optimizer_bytes", "kept_bytes", "there_ms", "over_float32",
)  # fmt: skip
"""What is known of an update in one precision beside its time."""
