"""torchvision's sets: never from the network unasked, whole or not at all, by any spelling."""

import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.core.data import load
from workbench.core.data.torchvision_sets import RECIPES
from workbench.core.files import FileProblem


class FakeSet:
    """A torchvision set of 100 images, which 'downloads' into its root."""

    classes = ("dark", "bright")
    asked: list[dict[str, Any]] = []  # noqa: RUF012  what the tests look at
    fails_after: int | None = None

    def __init__(self, root: Path, *, download: bool = False, **arguments: Any) -> None:
        self.asked.append({"download": download, **arguments})
        self.first = 0 if arguments.get("train", True) else 100
        if download:
            (Path(root) / "archive.tar").write_bytes(b"half")
            if self.fails_after == len(self.asked):
                raise ConnectionResetError("the peer hung up")
        elif not (Path(root) / "archive.tar").exists():
            raise RuntimeError("Dataset not found. You can use download=True to download it")

    def __len__(self) -> int:
        return 100

    def __getitem__(self, place: int) -> tuple[Image.Image, int]:
        label = place % 2
        pixels = np.full((28, 28), 128 * label + (place + self.first) // 2, dtype=np.uint8)
        return Image.fromarray(pixels), label


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeSet]]:
    from torchvision import datasets

    monkeypatch.setattr(datasets, "MNIST", FakeSet)
    monkeypatch.setattr(FakeSet, "asked", [])
    monkeypatch.setattr(FakeSet, "fails_after", None)
    return FakeSet


@pytest.mark.parametrize("name", RECIPES)
def test_torchvision_takes_the_arguments_of_each_recipe(name: str) -> None:
    from torchvision import datasets

    given = getattr(datasets, name)
    taken = {
        parameter
        for kind in given.__mro__[:-1]
        for parameter in inspect.signature(kind.__init__).parameters
    }
    recipe = RECIPES[name]
    for arguments in (recipe.train, recipe.validation or {}, recipe.test or {}):
        assert taken >= {*arguments, "download"}


@pytest.mark.parametrize("name", ["CIFAR10", "cifar10", "svhn"])
def test_nothing_is_downloaded_unasked(name: str, empty_cache: Path) -> None:
    with pytest.raises(FileProblem, match="--download") as error:
        load(name)
    assert str(empty_cache / "torchvision") in str(error.value)
    assert not empty_cache.exists()


def test_a_refusal_does_not_import_torchvision(empty_cache: Path) -> None:
    code = (
        "import sys\nfrom workbench.core.data import load\n"
        "try: load('mnist')\n"
        "except ValueError: sys.exit('torchvision' in sys.modules or 'torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_download_is_kept_as_three_sets(empty_cache: Path, fake: type[FakeSet]) -> None:
    dataset = load("mnist", download=True)
    assert dataset.name == "MNIST"
    assert dataset.image_shape == (1, 28, 28)
    counts = [len(dataset.train_labels), len(dataset.validation_labels), len(dataset.test_labels)]
    assert counts == [90, 10, 100]
    assert [str(label) for label in dataset.classes] == ["dark", "bright"]
    np.testing.assert_array_equal(dataset.test_labels == 1, dataset.test_images[:, 0, 0, 0] >= 178)
    seen = np.concatenate([dataset.train_images, dataset.validation_images])[:, 0, 0, 0]
    assert sorted(seen) == [*range(50), *range(128, 178)]
    assert [path.name[:17] for path in (empty_cache / "data").iterdir()] == ["torchvision-MNIST"]


def test_a_kept_set_is_loaded_without_asking_torchvision(
    empty_cache: Path, fake: type[FakeSet]
) -> None:
    first = load("MNIST", download=True)
    asked = len(fake.asked)
    assert load("mnist") is first
    assert load("mnist", download=True) is first
    assert len(fake.asked) == asked


@pytest.mark.parametrize("part", [1, 2])
def test_a_download_that_breaks_off_leaves_nothing(
    part: int, empty_cache: Path, fake: type[FakeSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake, "fails_after", part)
    with pytest.raises(FileProblem, match=r"MNIST could not be downloaded: the peer hung up"):
        load("MNIST", download=True)
    assert not list((empty_cache / "data").iterdir())
    monkeypatch.setattr(fake, "fails_after", None)
    assert len(load("MNIST", download=True).test_labels) == 100


def test_an_altered_download_is_refused_and_made_again_when_asked(
    empty_cache: Path, fake: type[FakeSet]
) -> None:
    load("MNIST", download=True)
    (path,) = empty_cache.rglob("test_images.npy")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FileProblem, match="truncated or altered"):
        load("MNIST")
    assert len(load("MNIST", download=True).test_images) == 100


def test_files_put_there_by_hand_are_used(empty_cache: Path, fake: type[FakeSet]) -> None:
    (empty_cache / "torchvision").mkdir(parents=True)
    with pytest.raises(FileProblem, match=r"could not be read from .* Dataset not found"):
        load("MNIST")
    (empty_cache / "torchvision" / "archive.tar").write_bytes(b"whole")
    assert len(load("MNIST").test_labels) == 100
    assert not any(call["download"] for call in fake.asked)
