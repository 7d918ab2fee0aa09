"""A data set: images and labels in three sets, each in a fixed shuffled order."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.locale import Message

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """Images to learn from, to choose by and to read out, shape (images, channels, height, width).

    `mean`, `std`: of the training images, for each channel, a pixel being 0 to 1.
    `identity`: a digest of the images and labels; weights belong to the data they were trained on.
    """

    name: str
    classes: tuple[Message, ...]
    train_images: Images
    train_labels: Labels
    validation_images: Images
    validation_labels: Labels
    test_images: Images
    test_labels: Labels
    mean: tuple[float, ...]
    std: tuple[float, ...]
    identity: str

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of one image."""
        _, channels, height, width = self.test_images.shape
        return channels, height, width


class Labelled(NamedTuple):
    """Images and the class of each."""

    images: Images
    labels: Labels

    def at(self, places: NDArray[np.int64]) -> "Labelled":
        """Those at `places`, in that order."""
        return Labelled(self.images[places], self.labels[places])


class Sets(NamedTuple):
    """What a source of images gives: three sets, and the names of the classes in label order."""

    train: Labelled
    validation: Labelled
    test: Labelled
    classes: tuple[str, ...]


def named(name: str) -> Message:
    """A class name that nobody translates: a digit, or the name of somebody's folder."""
    return Message("{name}", {"name": name})
