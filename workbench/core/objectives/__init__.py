"""What a search can be told to seek, by name: how a setting is measured, and which way is better.

Studies name an objective and its JSON parameters; nothing is unpickled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.core.data import load
from workbench.core.objectives.cheap import arithmetic
from workbench.measurement import Quantities, Report
from workbench.setting import Setting

Direction = Literal["maximize", "minimize"]
VALIDATION: Mapping[str, Direction] = {"validation_accuracy": "maximize"}


def training(setting: Setting, report: Report) -> Quantities:
    """See `trainings.training`; torch is imported when the first trial begins."""
    from workbench.core.objectives.trainings import training as measure

    return measure(setting, report)


def recorded(setting: Setting, report: Report) -> Quantities:
    """See `trainings.recorded`."""
    from workbench.core.objectives.trainings import recorded as measure

    return measure(setting, report)


def compression(setting: Setting, report: Report) -> Quantities:
    """See `compressions.compression`."""
    from workbench.core.objectives.compressions import compression as measure

    return measure(setting, report)


def data_identity(setting: Setting) -> str:
    """The digest of the data that a setting learns from."""
    return load(setting.dataset).identity


def no_data(setting: Setting) -> str:
    """The digest of no data at all."""
    return ""


@dataclass(frozen=True, kw_only=True)
class Objective:
    """How a setting is measured, which way each quantity is sought, and on which data.

    `parameters`: names and defaults of what `measure` takes beside a setting and a report.
    """

    measure: Callable[..., Quantities]
    directions: Mapping[str, Direction]
    identity: Callable[[Setting], str] = data_identity
    parameters: Mapping[str, Any] = field(default_factory=dict)


OBJECTIVES: Mapping[str, Objective] = {
    "training": Objective(measure=training, directions=VALIDATION),
    "compression": Objective(
        measure=compression,
        directions={**VALIDATION, "deflated_bytes": "minimize", "latency_ms": "minimize"},
    ),
    "recorded": Objective(measure=recorded, directions=VALIDATION),
    "arithmetic": Objective(
        measure=arithmetic,
        directions=VALIDATION,
        identity=no_data,
        parameters={"milliseconds": 1.0},
    ),
}
"""The objectives that a plan may name."""
