"""What lesson 3 asks of core: imported when first asked for, with torch."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.measurement import Grid, Report
from workbench.measurement.kernels import FeatureMaps, Look
from workbench.setting import Setting


def look(setting: Setting, report: Callable[[Look], None]) -> Look:
    """What a form sees, costs and takes."""
    from workbench.core.studies.look import look as survey

    return survey(setting, report)


def kernels(setting: Setting, report: Report) -> Grid:
    """Cost and accuracy of four kernel sizes, trained now."""
    from workbench.core.studies.kernels import kernels as survey

    return survey(setting, report)


def recorded_kernels(setting: Setting) -> Grid:
    """What was recorded of the same trainings, if they were."""
    from workbench.core.studies.short_trainings import recorded_kernels as known

    return known(setting)


def trained_maps(dataset: str, image: NDArray[np.uint8]) -> Sequence[FeatureMaps]:
    """Feature maps of the networks that `kernels` trained last."""
    from workbench.core.studies.kernels import trained_maps as maps

    return maps(dataset, image)


def stacks(setting: Setting, report: Report) -> Grid:
    """Two 3 x 3 against one 5 x 5."""
    from workbench.core.studies.stacks import stacks as survey

    return survey(setting, report)


def own_image(content: bytes, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """A learner's own file as an image of a data set."""
    from workbench.core.own_image import own_image as decode

    return decode(content, shape)
