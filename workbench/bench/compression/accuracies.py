"""Half of the weights, 8 bits, the cliff from 3 to 2 bits, and what training does about it."""

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from workbench.bench import Row
from workbench.core.data import load
from workbench.core.experiment import run
from workbench.measurement import Measurement
from workbench.setting import Setting, shipped
from workbench.statistics import mcnemar, wilson_interval

DATA = "fashion_mnist"
AS_PUBLISHED = 2000
"""Test images of the labs that these results are known from; here there are 10,000."""


def rows() -> list[Row]:
    """The rows about accuracy alone."""
    resnet, small = shipped(DATA, "resnet8"), shipped(DATA, "small_cnn")
    half = replace(resnet, sparsity=0.5)
    same = "not told apart from the baseline"
    return [
        _difference("half_weights", half, same, images=AS_PUBLISHED),
        _difference("half_weights_all_images", half, same),
        _difference("half_weights_recalibrated", replace(half, repair="batch_norm"), same),
        _difference("half_weights_small_cnn", replace(small, sparsity=0.5), same,
                    images=AS_PUBLISHED),
        _collapse("random_half", replace(resnet, sparsity=0.5, criterion="random")),
        _difference("int8_accuracy", replace(resnet, weight_bits=8), same),
        _difference("int8_accuracy_small_cnn", replace(small, weight_bits=8), same),
        _cliff(small),
        _trained(small),
    ]  # fmt: skip


@cache
def right(setting: Setting) -> NDArray[np.bool_]:
    """Which test images are answered rightly, shape (images,)."""
    answers: NDArray[np.bool_] = measured(setting).predictions == load(DATA).test_labels
    return answers


@cache
def measured(setting: Setting) -> Measurement:
    """The setting's measurement, made once for all rows."""
    return run(setting)


def accuracy(setting: Setting) -> float:
    """The share of right answers on all test images."""
    return float(right(setting).mean())


def _difference(what: str, setting: Setting, goal: str, images: int | None = None) -> Row:
    """Points of accuracy against the baseline on the same images, with the paired interval."""
    before, after = right(setting.baseline)[:images], right(setting)[:images]
    test = mcnemar(before, after)
    change = after.astype(float) - before
    spread = 1.96 * change.std() / len(change) ** 0.5
    return Row(
        what=what,
        value=100 * change.mean(),
        unit="points",
        low=100 * (change.mean() - spread),
        high=100 * (change.mean() + spread),
        peer=f"baseline, {len(before)} test images, McNemar's p = {test.p_value:.4f}",
        peer_value=100 * before.mean(),
        goal=goal,
        met=test.verdict == "cannot tell",
    )


def _collapse(what: str, setting: Setting) -> Row:
    found = right(setting)
    low, high = wilson_interval(int(found.sum()), len(found))
    return Row(
        what=what,
        value=100 * found.mean(),
        unit="%",
        low=100 * low,
        high=100 * high,
        peer="baseline",
        peer_value=100 * accuracy(setting.baseline),
        goal="collapse: less than half of the baseline's",
        met=found.mean() < accuracy(setting.baseline) / 2,
    )


def _cliff(small: Setting) -> Row:
    three, two = (accuracy(replace(small, weight_bits=bits)) for bits in (3, 2))
    return Row(
        what="two_bit_cliff",
        value=100 * (two - three),
        unit="points",
        peer="3 bits per channel, small_cnn",
        peer_value=100 * three,
        goal="2 bits lose at least 20 points more",
        met=three - two >= 0.2,
    )


def _trained(small: Setting) -> Row:
    """How much of what 3 bits lost comes back by one epoch of quantization-aware training."""
    rounded = replace(small, weight_bits=3)
    aware = replace(rounded, qat_epochs=1)
    baseline, before, after = (accuracy(s) for s in (small.baseline, rounded, aware))
    share = (after - before) / (baseline - before)
    return Row(
        what="qat_three_bit",
        value=share,
        unit="share of the loss",
        peer="3 bits per channel without training, small_cnn",
        peer_value=100 * before,
        goal="most of it: more than 0.5",
        met=share > 0.5,
    )
