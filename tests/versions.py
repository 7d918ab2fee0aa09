"""Versions as they might have been measured, for tests of what is chosen from them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from workbench.checks.versions import version_of
from workbench.locale import message
from workbench.measurement import Measurement, Quantity, WeightHistogram
from workbench.measurement.choosing import Version
from workbench.setting import shipped

IMAGES = 400
LABELS = np.arange(IMAGES) % 4
DIGITS = shipped("digits", "small_cnn")
HOW = message("calibration")


def quantity(value: float, unit: Any = "count", **ends: float) -> Quantity:
    return Quantity(value=value, unit=unit, provenance="measured", how=HOW, **ends)  # type: ignore[arg-type]


def version(
    recipe: str = "", *, right: int = IMAGES, size: float = 1000, ms: float = 1.0,
    speedup: tuple[float, float] | None = None, **more: Quantity,
) -> Version:  # fmt: skip
    """A version as it might have been measured: the first `right` images are right.

    Without a `speedup` the machine was as fast as it was for a baseline of 1 ms.
    """
    predictions = np.where(np.arange(IMAGES) < right, LABELS, (LABELS + 1) % 4)
    low, high = speedup or (0.99 / ms, 1.01 / ms)
    quantities: Mapping[str, Quantity] = {
        "accuracy": quantity(right / IMAGES, "fraction"),
        "deflated_bytes": quantity(size, "bytes"),
        "latency_ms": quantity(ms, "ms", low=0.9 * ms, high=1.2 * ms),
        "speedup": quantity((low + high) / 2, "ratio", low=low, high=high),
        "macs": quantity(1e6, "MAC"),
        "weight_bytes": quantity(size, "bytes"),
        **more,
    }
    found = Measurement(
        setting=replace(DIGITS, recipe=recipe), quantities=quantities, predictions=predictions,
        ratios=np.ones(3), weights=WeightHistogram(edges=(0.0, 1.0), kept=(1,), pruned=(0,)),
        machine={},
    )  # fmt: skip
    return version_of(found, LABELS)
