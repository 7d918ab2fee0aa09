"""Two networks asked the same images, or trained from the same seeds: the difference in points."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.locale import Message, message
from workbench.measurement import Provenance, Quantity
from workbench.statistics import mean_interval

Z = 1.959964


def paired(
    before: NDArray[np.bool_], after: NDArray[np.bool_], provenance: Provenance = "measured"
) -> Quantity:
    """The accuracy of `after` less that of `before`, of the same images, shape (images,)."""
    helped, hurt = int((after & ~before).sum()), int((before & ~after).sum())
    return difference(helped, hurt, len(before), provenance)


def difference(helped: int, hurt: int, n: int, provenance: Provenance = "measured") -> Quantity:
    """Points of accuracy between two answers to `n` images; Agresti and Min's interval (2005)."""
    more, less, total = helped + 0.5, hurt + 0.5, n + 2
    centre = (more - less) / total
    half = Z * (more + less - (more - less) ** 2 / total) ** 0.5 / total
    return Quantity(
        value=(helped - hurt) / n,
        unit="points",
        provenance=provenance,
        how=message(
            "difference of two accuracies on the same {n} images; 95 % interval of Agresti and Min",
            n=n,
        ),
        low=centre - half,
        high=centre + half,
        n=n,
    )  # fmt: skip


def over_seeds(
    before: Sequence[float], after: Sequence[float], how: Message,
    provenance: Provenance = "measured",
) -> Quantity:  # fmt: skip
    """The mean difference over seeds, pair by pair, with Student’s interval."""
    gains = np.array(after) - np.array(before)
    mean, low, high = mean_interval(gains)
    return Quantity(
        value=mean, unit="points", provenance=provenance, how=how, low=low, high=high, n=len(gains)
    )
