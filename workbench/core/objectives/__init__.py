"""What a search can be told to seek, by name: how a setting is measured, and which way is better.

Studies name an objective and its JSON parameters; nothing is unpickled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.core.data import load
from workbench.core.objectives.cheap import arithmetic
from workbench.locale import Message, message
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


def check_training(setting: Setting) -> None:
    """See `trainings.check_training`."""
    from workbench.core.objectives.trainings import check_training as check

    check(setting)


def check_recorded(setting: Setting) -> None:
    """See `trainings.check_recorded`."""
    from workbench.core.objectives.trainings import check_recorded as check

    check(setting)


def any_setting(setting: Setting) -> None:
    """The check of what measures every setting."""


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
    `check`: refuses a setting that cannot be measured, without measuring it.
    """

    explained: Message
    measure: Callable[..., Quantities]
    directions: Mapping[str, Direction]
    identity: Callable[[Setting], str] = data_identity
    check: Callable[[Setting], None] = check_training
    parameters: Mapping[str, Any] = field(default_factory=dict)


OBJECTIVES: Mapping[str, Objective] = {
    "training": Objective(
        explained=message("train the network"), measure=training, directions=VALIDATION
    ),
    "compression": Objective(
        explained=message("compress the trained network"),
        measure=compression,
        directions={**VALIDATION, "deflated_bytes": "minimize", "latency_ms": "minimize"},
    ),
    "recorded": Objective(
        explained=message("look the training up among those that were recorded"),
        measure=recorded,
        directions=VALIDATION,
        check=check_recorded,
    ),
    "arithmetic": Objective(
        explained=message("a formula of learning rate and batch size, to try the engine"),
        measure=arithmetic,
        directions=VALIDATION,
        identity=no_data,
        check=any_setting,
        parameters={"milliseconds": 1.0},
    ),
}
"""The objectives that a plan may name."""
