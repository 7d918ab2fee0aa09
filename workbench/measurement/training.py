"""How a training went: its moments, how it ended, what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workbench.measurement.quantity import Quantities, check_quantities
from workbench.setting import Setting

Outcome = Literal["running", "finished", "diverged", "stopped_early"]


@dataclass(frozen=True, kw_only=True)
class Moment:
    """After so many updates of the weights and so many epochs: what was known then.

    `quantities`: training_loss and training_accuracy over the batches since the last moment,
    gradient_norm and rate of the last update; where an epoch ended also validation_loss,
    validation_accuracy and guessing, the share of who looks at no image.
    """

    updates: int
    epochs: float
    quantities: Quantities

    def __post_init__(self) -> None:
        check_quantities(self.quantities)


@dataclass(frozen=True, kw_only=True)
class Training:
    """One training, so far or to its end.

    `quantities`: epoch_seconds, epoch_updates, kept_bytes; after an epoch also overfitting_gap and
    best_epoch.
    """

    setting: Setting
    moments: tuple[Moment, ...] = ()
    outcome: Outcome = "running"
    quantities: Quantities = field(default_factory=dict)
    machine: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_quantities(self.quantities)

    @property
    def is_recorded(self) -> bool:
        """Measured before, not now."""
        return any(q.provenance == "recorded" for q in self.quantities.values())

    @property
    def validated(self) -> tuple[Moment, ...]:
        """The moments at which validation images were asked."""
        return tuple(m for m in self.moments if "validation_accuracy" in m.quantities)

    @property
    def reached(self) -> Moment | None:
        """The validated moment of whose weights the network is: the last, or the best one's."""
        if self.outcome == "stopped_early":
            return self.best
        return self.validated[-1] if self.validated and self.outcome != "diverged" else None

    @property
    def best(self) -> Moment | None:
        """Where the loss on validation images was least: the weights to keep."""
        looked = [m for m in self.validated if "validation_loss" in m.quantities]
        return min(looked, key=lambda m: m.quantities["validation_loss"].value, default=None)
