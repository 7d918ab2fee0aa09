"""What an accuracy is worth that was counted on few images."""

from dataclasses import replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.core.accuracy import accuracy, answers_of, right_answers
from workbench.core.machine import machine, use_one_thread
from workbench.core.studies.noise.calls import PREPARING, Check, source_of
from workbench.locale import message
from workbench.measurement import Grid, Progress, Quantity, Report
from workbench.setting import Setting, shipped
from workbench.statistics import mcnemar

SIZES = (50, 100, 200, 500, 1000, 2000, 5000, 10000)
P_VALUE = "p_value"
Right = NDArray[np.bool_]


@torch.no_grad()
def sample_sizes(setting: Setting, rival: str, draw: int, report: Report) -> Grid:
    """Accuracy of two networks on the same random images, ever more of them, up to all.

    Rows: the two models, and the p-value of McNemar's test between them. `draw` is the seed
    that chooses the images.
    """
    use_one_thread()
    models = (setting.model, rival)
    rights = []
    for model in models:
        wanted = shipped(setting.dataset, model)
        rights.append(right_on_test(wanted, partial(report, PREPARING)))
    total = len(rights[0])
    sizes = (*(size for size in SIZES if size < total), total)
    grid = Grid(
        rows=(*models, P_VALUE), columns=tuple(map(str, sizes)), cells={}, machine=machine()
    )
    stage = message("counting right answers on random test images")
    for done, size in enumerate(sizes, 1):
        chosen = chosen_images(total, size, draw)
        parts = [right[chosen] for right in rights]
        cells = {
            (model, str(size)): _share(part, total)
            for model, part in zip(models, parts, strict=True)
        }
        cells[P_VALUE, str(size)] = _p_value(*parts)
        grid = replace(grid, cells={**grid.cells, **cells})
        report(Progress(stage=stage, done=done, total=len(sizes), grid=grid))
    return grid


def right_on_test(setting: Setting, check: Check) -> Right:
    """Which test images the network of `setting` gets right, in its engine."""
    source = source_of(setting, check)
    data = source.architecture.data
    answers = answers_of(source.engine(), data.test_images, data, check)
    return right_answers(answers, data.test_labels)


def chosen_images(total: int, size: int, seed: int) -> NDArray[np.int64]:
    """`size` different images of `total`, by `seed`: a smaller size has the first of a larger."""
    chosen: NDArray[np.int64] = np.random.default_rng(seed).permutation(total)[:size]
    return chosen


def _share(right: Right, total: int) -> Quantity:
    how = message(
        "right answers on so many of {total} test images, drawn at random; 95 % Wilson interval",
        total=total,
    )
    return accuracy(right, "measured", how)


def _p_value(first: Right, second: Right) -> Quantity:
    found = mcnemar(first, second)
    how = message("McNemar’s exact test on the same images: below 0.05 the two are told apart")
    return Quantity(
        value=found.p_value, unit="number", provenance="measured", how=how, n=len(first)
    )
