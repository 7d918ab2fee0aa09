"""What lesson 2 asks of the core; torch is imported on a worker, after the page is painted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

from workbench.locale import message
from workbench.measurement import Grid, Progress, Report, Training
from workbench.measurement.landscape import Landscape
from workbench.setting import PLAIN_TRAINING, Setting
from workbench.setting.space import Schedule

UPDATES = 400
"""Of the schedules that the card game draws: ten epochs of the lesson's first training."""


def trained_live(setting: Setting, report: Report) -> Training:
    """core's watch, after the recorded training of the same setting where there is one."""
    from workbench.core.data import load
    from workbench.core.recorded import recorded_training

    found = recorded_training(setting, load(setting.dataset))
    if found is not None:
        report(Progress(stage=message("recorded; the live training begins"), training=found))
    return trained(setting, report)


def trained(setting: Setting, report: Report) -> Training:
    """core's watch."""
    from workbench.core.training import watch

    return watch(setting, report)


def landscape(setting: Setting, report: Report) -> Landscape:
    """The loss along one number, and gradient descent on it."""
    from workbench.core.studies.landscape import landscape as walk

    return walk(setting, report)


def batch_band(setting: Setting, report: Report) -> Grid:
    """Five seeds of three batch sizes."""
    from workbench.core.studies.seeds import batch_band as band

    return band(setting, report)


def gradient_noise(setting: Setting, report: Report) -> Grid:
    """Gradients of single batches against the full one."""
    from workbench.core.studies.seeds import gradient_noise as noise

    return noise(setting, report)


def batch_costs(setting: Setting, report: Report) -> Grid:
    """Time and memory of every batch size, timed in turn."""
    from workbench.core.studies.batches import batch_costs as costs

    return costs(setting, report)


def rates_of_schedules() -> Mapping[str, Sequence[float]]:
    """The learning rate of each update under every schedule."""
    from workbench.core.training import rates

    return {
        name: rates(replace(PLAIN_TRAINING, schedule=name, momentum=0.9), UPDATES)
        for name in get_args(Schedule)
    }
