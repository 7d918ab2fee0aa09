"""The studies of core as lessons run them: imported when first asked for, with torch."""

import numpy as np
from numpy.typing import NDArray

from workbench.measurement import Grid, Report
from workbench.setting import Setting


def sensitivity(setting: Setting, report: Report) -> Grid:
    """Accuracy when one layer alone is pruned: layer x sparsity."""
    from workbench.core.studies.sensitivity import sensitivity as survey

    return survey(setting, report)


def bit_sensitivity(setting: Setting, report: Report) -> Grid:
    """Accuracy when one layer alone is rounded: layer x bits."""
    from workbench.core.studies.sensitivity import bit_sensitivity as survey

    return survey(setting, report)


def staircase(setting: Setting, report: Report) -> Grid:
    """Time of one convolution against its channels."""
    from workbench.core.studies.staircase import staircase as survey

    return survey(setting, report)


def crossover(setting: Setting, report: Report) -> Grid:
    """How many times faster int8 is than float32: width x batch."""
    from workbench.core.studies.crossover import crossover as survey

    return survey(setting, report)


def cuts(setting: Setting, report: Report) -> Grid:
    """Share of arithmetic and of time that is left against the fraction of channels removed."""
    from workbench.core.studies.cuts import cuts as survey

    return survey(setting, report)


def ladder(setting: Setting, report: Report) -> Grid:
    """Accuracy, sizes and speed-up of each granularity at one sparsity."""
    from workbench.core.studies.ladder import ladder as survey

    return survey(setting, report)


def bit_cliff(setting: Setting, report: Report) -> Grid:
    """Accuracy against the bits of the weights, a step per tensor and per channel."""
    from workbench.core.studies.cliffs import bit_cliff as survey

    return survey(setting, report)


def sparsity_cliff(setting: Setting, report: Report) -> Grid:
    """Accuracy against the sparsity of all weights, by each criterion."""
    from workbench.core.studies.cliffs import sparsity_cliff as survey

    return survey(setting, report)


def ladder_masks(
    setting: Setting,
) -> tuple[dict[str, NDArray[np.bool_]], NDArray[np.float32]]:
    """Which weights of one layer stay at each granularity, and those weights."""
    from workbench.core.studies.ladder import ladder_masks as masks

    return masks(setting)
