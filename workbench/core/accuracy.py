"""How often a network is right: an anytime estimate over the test set's fixed shuffled order."""

from collections.abc import Callable, Iterator
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from torch import nn

from workbench.core.data import Dataset
from workbench.core.devices import device_of
from workbench.core.engine import Engine
from workbench.core.engine.runners import TorchEager
from workbench.core.pictures import normalized
from workbench.locale import Message, message
from workbench.measurement import Provenance, Quantities, Quantity
from workbench.statistics import mean_interval, wilson_interval

FIRST = 256
TICK_SECONDS = 0.02


def accuracy(
    right: NDArray[np.bool_], provenance: Provenance, how: Message | None = None
) -> Quantity:
    """Share of right answers with its Wilson interval; `right` has shape (images,)."""
    count, total = int(right.sum()), len(right)
    low, high = wilson_interval(count, total)
    return Quantity(
        value=count / total,
        unit="fraction",
        provenance=provenance,
        how=how or message("right answers on {n} images; 95 % Wilson interval", n=total),
        low=low,
        high=high,
        n=total,
    )


def right_answers(predictions: NDArray[np.int64], labels: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Which of the first images are answered rightly."""
    right: NDArray[np.bool_] = predictions == labels[: len(predictions)]
    return right


def growing_predictions(
    engine: Engine, images: NDArray[np.uint8], data: Dataset
) -> Iterator[NDArray[np.int64]]:
    """Classes of the first of `images`, then of ever more, in parts of about a 50th of a second."""
    answers = np.empty(len(images), np.int64)
    done = 0
    for scores in score_parts(engine, images, data):
        answers[done : done + len(scores)] = scores.argmax(axis=1)
        done += len(scores)
        yield answers[:done]


def score_parts(
    engine: Engine, images: NDArray[np.uint8], data: Dataset
) -> Iterator[NDArray[np.float32]]:
    """Scores of all `images`, in order, in parts of about a 50th of a second.

    The test set is stored shuffled, so that its first images are a fair sample of all.
    """
    total = len(images)
    done, part = 0, FIRST // 8
    while done < total:
        stop = min(done + part, total)
        began = perf_counter()
        scores = engine.logits(normalized(images[done:stop], data))
        affordable = int(TICK_SECONDS * (stop - done) / (perf_counter() - began)) or 1
        done = stop
        part = min(affordable, FIRST - done) if done < FIRST else affordable
        yield scores


def is_telling(count: int, total: int) -> bool:
    """Whether so many answers make an estimate worth showing."""
    return count >= min(FIRST, total)


def validation_accuracy(
    model: nn.Module, data: Dataset, check: Callable[[], None], most: int | None = None
) -> Quantity:
    """Share of validation images that `model` gets right; `check` may stop it between two parts.

    `most`: how many images at most, for a quick look.
    """
    images, labels = data.validation_images[:most], data.validation_labels[:most]
    answers = answers_of(TorchEager(model, device_of(model)), images, data, check)
    return accuracy(right_answers(answers, labels), "measured")


def validated(model: nn.Module, data: Dataset, check: Callable[[], None]) -> Quantities:
    """`validation_accuracy` and `validation_loss`, the mean cross-entropy, of all its images."""
    parts = []
    for part in score_parts(TorchEager(model, device_of(model)), data.validation_images, data):
        parts.append(part)
        check()
    scores, labels = np.concatenate(parts), data.validation_labels
    losses = cross_entropies(scores, labels)
    how = message("mean cross-entropy of {n} validation images", n=len(losses))
    return {
        "validation_accuracy": accuracy(right_answers(scores.argmax(axis=1), labels), "measured"),
        "validation_loss": mean_loss(losses, how),
    }


def mean_loss(losses: NDArray[np.float64], how: Message) -> Quantity:
    """Mean of cross-entropies in nats; a single one has no interval."""
    low = high = None
    mean = float(losses.mean())
    if len(losses) > 1:
        mean, low, high = mean_interval(losses)
    return Quantity(
        value=mean, unit="nat", provenance="measured", how=how, low=low, high=high, n=len(losses)
    )


def cross_entropies(
    scores: NDArray[np.float32], labels: NDArray[np.generic]
) -> NDArray[np.float64]:
    """Cross-entropy of each image in nats, from scores of shape (images, classes)."""
    wide = scores.astype(np.float64)
    if not np.isfinite(wide).all():  # a training that diverged
        return np.full(len(labels), np.nan)
    shifted = wide - wide.max(axis=1, keepdims=True)
    chosen = shifted[np.arange(len(labels)), labels.astype(np.int64)]
    losses: NDArray[np.float64] = np.log(np.exp(shifted).sum(axis=1)) - chosen
    return losses


def test_accuracy(model: nn.Module, data: Dataset) -> Quantity:
    """Accuracy of `model` under PyTorch on all test images: to be read out, never to choose by."""
    return accuracy_on_test(TorchEager(model, device_of(model)), data, lambda: None)


def accuracy_on_test(
    engine: Engine, data: Dataset, check: Callable[[], None], provenance: Provenance = "measured"
) -> Quantity:
    """The same in any engine; `check` may stop it between two parts."""
    answers = answers_of(engine, data.test_images, data, check)
    return accuracy(right_answers(answers, data.test_labels), provenance)


def answers_of(
    engine: Engine, images: NDArray[np.uint8], data: Dataset, check: Callable[[], None]
) -> NDArray[np.int64]:
    """The class of each image; `check` may stop it between two parts."""
    answers = np.empty(0, np.int64)
    for grown in growing_predictions(engine, images, data):
        answers = grown
        check()
    return answers
