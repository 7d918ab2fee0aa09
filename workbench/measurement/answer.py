"""What an experiment answers, what it says on the way, and the two functions between the halves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.locale import Message
from workbench.measurement.parts import Closeup, Grid, Layer, Point, WeightHistogram
from workbench.measurement.quantity import Quantities, check_quantities
from workbench.measurement.training import Training
from workbench.setting import Setting


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
    layers: tuple[Layer, ...] = ()
    curve: tuple[Point, ...] = ()
    closeup: Closeup | None = None

    @property
    def is_simulated(self) -> bool:
        """The arithmetic was imitated, so that no speed is claimed."""
        found = self.quantities.get("accuracy")
        return found is not None and found.provenance == "simulated"

    @property
    def shareable(self) -> "Measurement":
        """The same without the folders of this computer."""
        return replace(self, setting=self.setting.shareable)

    def __post_init__(self) -> None:
        check_quantities(self.quantities)

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
    curve: tuple[Point, ...] = ()
    grid: Grid | None = None
    training: Training | None = None

    def __post_init__(self) -> None:
        check_quantities(self.quantities)


class Superseded(Exception):
    """Raised by `report` where nobody wants this run's answer any more."""


Report = Callable[[Progress], None]
Run = Callable[[Setting, Report], Measurement]


def ignore(progress: Progress) -> None:
    """A Report for callers that only want the answer."""
