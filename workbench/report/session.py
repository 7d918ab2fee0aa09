"""What a report tells of: values that were gathered while somebody worked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workbench.locale import Message
from workbench.measurement import Measurement, Quantity


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What somebody expected, in own words; `before`: the number of the measurement that came."""

    words: str
    before: int


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What measurements said of a sentence or of a task; `bet`: what was thought of it before.

    `numbers`: those that say so, each by its name.
    """

    claim: Message
    ruling: Message
    bet: Message | None = None
    told: tuple[Message, ...] = ()
    numbers: tuple[tuple[Message, Quantity], ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Studied:
    """What a study measured beside the panel; `by`: which study that was."""

    by: Message
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Session:
    """Everything that one page has to report, measurements in the order in which they came."""

    day: date
    measurements: tuple[Measurement, ...] = ()
    studied: tuple[Studied, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    @property
    def machine(self) -> Mapping[str, str]:
        """What the numbers hold for."""
        every = [*self.measurements, *(m for each in self.studied for m in each.measurements)]
        return every[-1].machine if every else {}
