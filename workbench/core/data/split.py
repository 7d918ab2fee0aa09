"""How images are drawn into sets: at random, by class, and always the same way."""

import numpy as np
from numpy.typing import NDArray

from workbench.core.data.dataset import Labelled

SEED = 0
FEWEST = 3
"""Images of a class that three sets need at least."""

Places = NDArray[np.int64]


def shuffled(count: int) -> Places:
    """The fixed random order of `count` images, so that the first few are a fair sample of all."""
    # RandomState, not default_rng: only its stream is promised to stay the same in every numpy
    return np.random.RandomState(SEED).permutation(count).astype(np.int64)


def draw(labelled: Labelled, fraction: float) -> tuple[Labelled, Labelled]:
    """The rest, and the `fraction` of each class that was drawn (at least one image); shuffled."""
    order = shuffled(len(labelled.labels))
    in_order = labelled.labels[order]
    drawn = np.zeros(len(order), dtype=bool)
    for label in np.unique(in_order):
        of_class = np.flatnonzero(in_order == label)
        drawn[of_class[: max(1, round(fraction * len(of_class)))]] = True
    return labelled.at(order[~drawn]), labelled.at(order[drawn])


def three_ways(
    labelled: Labelled, *, validation: float, test: float
) -> tuple[Labelled, Labelled, Labelled]:
    """Training, validation and test set; the fractions are of the whole."""
    rest, tested = draw(labelled, test)
    train, validated = draw(rest, validation / (1 - test))
    return train, validated, tested
