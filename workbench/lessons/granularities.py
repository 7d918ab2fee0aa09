"""The granularity ladder of lesson 6: the same share taken away in ever larger pieces."""

from collections.abc import Mapping

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench.lessons import surveys
from workbench.lessons.bench import Bench
from workbench.lessons.frame import box
from workbench.locale import keep_translated, message
from workbench.measurement import Grid, Report
from workbench.setting import Setting
from workbench.widgets.heatmap import plain
from workbench.widgets.ladder import ladder_picture
from workbench.widgets.map import Map
from workbench.widgets.study import Study
from workbench.wording import field_text, network_text

Weights = NDArray[np.float32]
Masks = Mapping[str, NDArray[np.bool_]]


def granularity_ladder(bench: Bench) -> Study:
    """A picture of one layer at each granularity, and what each of them costs and brings."""
    picture = ipywidgets.HTML()
    picture.add_class("wb-text")
    numbers = Map(message("what goes"), message("what each granularity brings"), plain)
    seen: list[tuple[Masks, Weights]] = []

    def show() -> None:
        picture.value = ladder_picture(*seen[-1]) if seen else ""

    def survey(setting: Setting, report: Report) -> Grid:
        seen[:] = [surveys.ladder_masks(setting)]
        show()
        return surveys.ladder(setting, report)

    keep_translated(show)
    return Study(
        survey,
        lambda: bench.panel.state.setting,
        numbers.draw,
        box([picture, numbers.widget], "wb-figures"),
        message("Climb the ladder"),
        message("take the same share away as weights, patterns, kernels and filters"),
        told=lambda setting: (
            f"{network_text(setting)}: {field_text('sparsity', setting.sparsity or 0.5)}"
        ),
    )
