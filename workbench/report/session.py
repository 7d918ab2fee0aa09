"""What a report tells of: values that were gathered while somebody worked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from workbench.locale import Message
from workbench.measurement import Measurement, Quantity


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What somebody expected, in own words; `before`: the number of the measurement that came."""

    words: str
    before: int


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """What was ruled of a claim and bet on it, in names that are the same in every language."""

    claim: str
    ruling: str
    bet: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What measurements said of a sentence or of a task; `bet`: what was thought of it before.

    `ruled`: the same of a claim, for programs; `numbers`: those that say so, each by its name.
    """

    claim: Message
    ruling: Message
    bet: Message | None = None
    ruled: Ruled | None = None
    told: tuple[Message, ...] = ()
    numbers: tuple[tuple[Message, Quantity], ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Studied:
    """What a study measured beside the panel; `by`: which study that was."""

    by: Message
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Session:
    """Everything that one page has to report, measurements in the order in which they came.

    `here`: the machine of a page that has verdicts and no measurement.
    """

    day: date
    measurements: tuple[Measurement, ...] = ()
    studied: tuple[Studied, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    here: Mapping[str, str] = field(default_factory=dict)

    @property
    def every(self) -> tuple[Measurement, ...]:
        """The measurements of the panel, then those of the studies."""
        return (*self.measurements, *(m for each in self.studied for m in each.measurements))

    @property
    def machine(self) -> Mapping[str, str]:
        """What the numbers hold for."""
        return self.every[-1].machine if self.every else self.here
