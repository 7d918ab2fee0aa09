"""Samples as one quantity: their median, and where the middle four fifths of them lie."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.locale import Message
from workbench.measurement import Quantity, Unit


def spread(samples: Sequence[float] | NDArray[np.float64], unit: Unit, how: Message) -> Quantity:
    """Median, 10th and 90th percentile of what was measured."""
    low, high = np.percentile(samples, [10, 90])
    return Quantity(
        value=float(np.median(samples)), unit=unit, provenance="measured", how=how,
        low=float(low), high=float(high), n=len(samples), interval="percentiles",
    )  # fmt: skip
