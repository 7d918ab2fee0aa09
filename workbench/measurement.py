"""What an experiment answers: quantities that say how they were got, and how sure they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from workbench.locale import Message, _
from workbench.setting import Setting

Provenance = Literal["measured", "computed", "simulated", "recorded", "estimated"]
Interval = Literal["confidence", "percentiles"]
Unit = Literal["fraction", "bytes", "ms", "ratio", "count", "MAC"]


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A number with its unit, how it was got, and an interval.

    `interval` says what `low` and `high` are: the ends of a 95 % confidence interval of the value,
    or the 10th and 90th percentile of what was seen.
    """

    value: float
    unit: Unit
    provenance: Provenance
    how: Message
    low: float | None = None
    high: float | None = None
    n: int | None = None
    interval: Interval = "confidence"

    def __post_init__(self) -> None:
        if self.provenance not in get_args(Provenance):
            raise ValueError(
                _("provenance is one of {known}, got {value}").format(
                    known=", ".join(get_args(Provenance)), value=self.provenance
                )
            )

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON; `how` in the language in use."""
        return {
            "value": self.value,
            "unit": self.unit,
            "provenance": self.provenance,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "interval": self.interval if self.low is not None else None,
            "how": str(self.how),
        }


def _check_quantities(quantities: Mapping[str, Any]) -> None:
    """No number without its provenance: a bare float cannot reach a read-out."""
    for name, value in quantities.items():
        if not isinstance(value, Quantity):
            raise TypeError(
                _("{name} is a Quantity, a number that says how it was got, not {value}").format(
                    name=name, value=repr(value)
                )
            )


@dataclass(frozen=True, kw_only=True)
class WeightHistogram:
    """Counts of the trained weights by value, in the same bins: kept, pruned, rounded to zero.

    `rounded`: those that pruning left and rounding made zero; empty where nobody counted them.
    """

    edges: tuple[float, ...]
    kept: tuple[int, ...]
    pruned: tuple[int, ...]
    rounded: tuple[int, ...] = ()


Quantities = Mapping[str, Quantity]


@dataclass(frozen=True, kw_only=True, eq=False)
class Measurement:
    """The whole answer to one setting.

    `predictions`: class of every test image in the test set's fixed order, shape (images,).
    `ratios`: baseline's time over the candidate's, a pair timed in turn each, shape (pairs,).
    """

    setting: Setting
    quantities: Quantities
    predictions: NDArray[np.int64]
    ratios: NDArray[np.float64]
    weights: WeightHistogram
    machine: Mapping[str, str]
    notes: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        _check_quantities(self.quantities)

    def as_dict(self) -> dict[str, Any]:
        """One JSON object: setting, machine, then a key a quantity."""
        named = {name: quantity.as_dict() for name, quantity in self.quantities.items()}
        return {
            "setting": self.setting.as_dict(),
            "machine": dict(self.machine),
            **named,
            "notes": [str(note) for note in self.notes],
        }


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What is known so far: some quantities, and how far the run has come (`done` of `total`)."""

    stage: Message
    quantities: Quantities = field(default_factory=dict)
    done: int = 0
    total: int = 0

    def __post_init__(self) -> None:
        _check_quantities(self.quantities)


class Superseded(Exception):
    """Raised by `report` where nobody wants this run's answer any more."""


Report = Callable[[Progress], None]
Run = Callable[[Setting, Report], Measurement]


def ignore(progress: Progress) -> None:
    """A Report for callers that only want the answer."""
