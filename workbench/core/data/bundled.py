"""The data sets that ship with the workbench: Fashion-MNIST and the small digits."""

import lzma
from dataclasses import replace
from functools import cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from workbench.core.data.dataset import Dataset, Labelled, Sets, named
from workbench.core.data.split import draw, shuffled, three_ways
from workbench.core.data.unpacked import had, place
from workbench.core.files import manifest, verified
from workbench.locale import message
from workbench.places import data_folder

FASHION = (
    message("T-shirt/top"),
    message("Trouser"),
    message("Pullover"),
    message("Dress"),
    message("Coat"),
    message("Sandal"),
    message("Shirt"),
    message("Sneaker"),
    message("Bag"),
    message("Ankle boot"),
)
DIGITS = tuple(named(str(digit)) for digit in range(10))

CLASSES = {"fashion_mnist": FASHION, "digits": DIGITS}


def load_bundled(name: str) -> Dataset:
    """The bundled data set `name`, a key of CLASSES."""
    make = {"fashion_mnist": _fashion_mnist, "digits": _digits}[name]
    return _translatable(had(place(name, _source(name)), name, make))


@cache
def _translatable(dataset: Dataset) -> Dataset:
    return replace(dataset, classes=CLASSES[dataset.name])


def _source(name: str) -> str:
    """What identifies the shipped files of `name`: their lines of the manifest."""
    listed = manifest(data_folder())
    ours = sorted(file for file in listed if file.startswith(f"{name}-"))
    return " ".join(f"{file} {sorted(listed[file])}" for file in ours)


def _fashion_mnist() -> Sets:
    train, validation = draw(shipped("fashion_mnist-train_"), 5_000 / 60_000)
    test = shipped("fashion_mnist-test_")
    return Sets(train, validation, test.at(shuffled(len(test.labels))), _texts("fashion_mnist"))


def _digits() -> Sets:
    return Sets(*three_ways(shipped("digits-"), validation=0.1, test=0.2), classes=_texts("digits"))


def _texts(name: str) -> tuple[str, ...]:
    return tuple(label.text.format(**label.values) for label in CLASSES[name])


def shipped(prefix: str) -> Labelled:
    """The images and labels of the shipped files that begin with `prefix`, in their own order."""
    labels = _array(f"{prefix}labels.npy.xz").astype(np.int64)
    return Labelled(_array(f"{prefix}images.npy.xz"), labels)


def _array(file: str) -> NDArray[np.uint8]:
    packed = verified(data_folder() / file)
    array: NDArray[np.uint8] = np.load(BytesIO(lzma.decompress(packed)))
    return array
