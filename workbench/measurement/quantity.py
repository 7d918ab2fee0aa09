"""A number that says how it was got, and how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from workbench.locale import Message, _

Provenance = Literal["measured", "computed", "simulated", "recorded", "estimated"]
Interval = Literal["confidence", "percentiles"]
Unit = Literal[
    "fraction", "points", "bytes", "ms", "ratio", "count", "MAC", "dB", "s", "nat", "number"
]  # fmt: skip
"""`points`: a difference of two fractions."""


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

    @property
    def ends(self) -> tuple[float, float]:
        """From where to where; the value itself where there is no interval."""
        return (
            self.value if self.low is None else self.low,
            self.value if self.high is None else self.high,
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


def check_quantities(quantities: Mapping[str, Any]) -> None:
    """No number without its provenance: a bare float cannot reach a read-out."""
    for name, value in quantities.items():
        if not isinstance(value, Quantity):
            raise TypeError(
                _("{name} is a Quantity, a number that says how it was got, not {value}").format(
                    name=name, value=repr(value)
                )
            )


Quantities = Mapping[str, Quantity]
