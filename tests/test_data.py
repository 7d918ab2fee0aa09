"""The bundled data sets: three honest sets each, in a fixed order."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.data import Dataset, load, names
from workbench.core.data.bundled import CLASSES, shipped

COUNTS = {"fashion_mnist": (55_000, 5_000, 10_000), "digits": (1_259, 179, 359)}
SHAPES = {"fashion_mnist": (1, 28, 28), "digits": (1, 8, 8)}
BUNDLED = tuple(CLASSES)


@pytest.fixture(scope="module", params=BUNDLED)
def dataset(request: pytest.FixtureRequest, cache: Path) -> Dataset:
    return load(request.param)


def parts(dataset: Dataset) -> list[tuple[Any, Any]]:
    return [
        (dataset.train_images, dataset.train_labels),
        (dataset.validation_images, dataset.validation_labels),
        (dataset.test_images, dataset.test_labels),
    ]


def test_sets_have_their_counts_and_shapes(dataset: Dataset) -> None:
    assert tuple(len(labels) for _, labels in parts(dataset)) == COUNTS[dataset.name]
    assert dataset.image_shape == SHAPES[dataset.name]
    for images, labels in parts(dataset):
        assert images.shape == (len(labels), *SHAPES[dataset.name])
        assert (images.dtype, labels.dtype) == (np.uint8, np.int64)


def test_arrays_are_mapped_and_cannot_be_written(dataset: Dataset) -> None:
    for array in (array for part in parts(dataset) for array in part):
        assert isinstance(array, np.memmap)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("name", BUNDLED)
def test_the_three_sets_are_disjoint_and_together_everything(name: str, cache: Path) -> None:
    prefixes = {"fashion_mnist": ["fashion_mnist-train_", "fashion_mnist-test_"]}
    sources = [shipped(prefix) for prefix in prefixes.get(name, [f"{name}-"])]
    everything = sorted(_rows([(source.images, source.labels) for source in sources]))
    assert sorted(_rows(parts(load(name)))) == everything


def _rows(given: list[tuple[Any, Any]]) -> list[tuple[int, int]]:
    return [
        (hash(image.tobytes()), int(label))
        for images, labels in given
        for image, label in zip(images, labels, strict=True)
    ]


def test_each_class_has_its_share_of_every_set(dataset: Dataset) -> None:
    shares = [np.bincount(labels, minlength=10) / len(labels) for _, labels in parts(dataset)]
    for share in shares:
        np.testing.assert_allclose(share, shares[0], atol=0.004)
    assert len(dataset.classes) == 10


def test_the_first_512_test_images_are_a_fair_sample(dataset: Dataset) -> None:
    first = np.bincount(dataset.test_labels[:512], minlength=10)
    assert first.min() > 20
    assert (np.diff(dataset.test_labels[:512]) != 0).mean() > 0.8


def test_the_order_is_fixed(dataset: Dataset) -> None:
    first = {"fashion_mnist": [7, 5, 4, 5, 8, 4, 7, 9], "digits": [2, 8, 2, 6, 6, 7, 1, 9]}
    assert dataset.test_labels[:8].tolist() == first[dataset.name]


def test_mean_and_deviation_are_those_of_the_training_images(dataset: Dataset) -> None:
    scaled = dataset.train_images[:, 0].astype(np.float64) / 255
    assert dataset.mean == pytest.approx((scaled.mean(),))
    assert dataset.std == pytest.approx((scaled.std(),))


def test_class_names_are_messages(cache: Path) -> None:
    assert [str(label) for label in load("fashion_mnist").classes][:2] == ["T-shirt/top", "Trouser"]
    assert [str(label) for label in load("digits").classes] == list("0123456789")


def test_a_second_load_is_the_same_object(cache: Path) -> None:
    assert load("digits") is load("digits")


def test_a_bundled_set_needs_neither_torch_nor_pillow(cache: Path) -> None:
    code = (
        "import sys; from workbench.core.data import load; load('digits');"
        "sys.exit(any(name in sys.modules for name in ('torch', 'torchvision', 'PIL')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="folder:PATH") as error:
        load("fashion")
    assert all(name in str(error.value) for name in names())
