"""What an engine answers to all images of a set, stoppable on the way."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workbench.core.accuracy import accuracy, growing_predictions, right_answers
from workbench.core.data import Dataset
from workbench.core.engine import Engine
from workbench.measurement import Provenance, Quantity


def accuracy_on_test(
    engine: Engine, data: Dataset, check: Callable[[], None], provenance: Provenance = "measured"
) -> Quantity:
    """Accuracy on all test images: to be read out for a winner, never to choose by."""
    answers = answers_of(engine, data.test_images, data, check)
    return accuracy(right_answers(answers, data.test_labels), provenance)


def answers_of(
    engine: Engine, images: NDArray[np.uint8], data: Dataset, check: Callable[[], None]
) -> NDArray[np.int64]:
    """The class of each image; `check` may end it between two parts."""
    answers = np.empty(0, np.int64)
    for grown in growing_predictions(engine, images, data):
        answers = grown
        check()
    return answers
