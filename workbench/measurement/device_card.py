"""A device card: the standard timings of one machine, every sample kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from workbench.locale import Message, message
from workbench.measurement.quantity import Provenance, Quantity

Work = Literal["inference", "update"]


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Milliseconds of one batch: answers of a network, or one update of its weights."""

    work: Work
    network: str
    engine: str
    precision: str
    batch: int
    samples_ms: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class DeviceCard:
    """What `workbench record device` measures; `day` is empty where that is here and now."""

    device: str
    name: str
    machine: Mapping[str, str]
    timings: tuple[Timing, ...]
    day: str = ""

    def quantity(self, timing: Timing) -> Quantity:
        """Median and 10th to 90th percentile, labelled as recorded where it was."""
        low, high = np.percentile(timing.samples_ms, [10, 90])
        provenance: Provenance = "recorded" if self.day else "measured"
        return Quantity(
            value=float(np.median(timing.samples_ms)), unit="ms", provenance=provenance,
            how=self._how(len(timing.samples_ms)), low=float(low), high=float(high),
            n=len(timing.samples_ms), interval="percentiles",
        )  # fmt: skip

    def _how(self, samples: int) -> Message:
        known = {"n": samples, "name": self.name, "torch": self.machine.get("torch", "?")}
        if not self.day:
            return message(
                "median and 10th to 90th percentile of {n} timings on {name}, torch {torch}, all"
                " networks and types in turn", **known,
            )  # fmt: skip
        return message(
            "recorded on {day} on {name}, torch {torch}: median and 10th to 90th percentile of {n}"
            " timings", day=self.day, **known,
        )  # fmt: skip
