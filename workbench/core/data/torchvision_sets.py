"""torchvision's classification sets by name, downloaded only when asked, kept like our own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbench.core.data.dataset import Dataset, Labelled, Sets
from workbench.core.data.pixels import in_fewest_channels
from workbench.core.data.preprocessing import SIDE, fitted
from workbench.core.data.split import draw, shuffled, three_ways
from workbench.core.data.unpacked import had, place, read
from workbench.core.files import FileProblem, reason
from workbench.core.publication import REASONS, scratch
from workbench.locale import _
from workbench.places import cache_folder

Arguments = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The arguments that give each part (None: drawn from the training part), and its pixels."""

    train: Arguments
    validation: Arguments | None = None
    test: Arguments | None = None
    side: int = SIDE


def _flag(side: int = SIDE, **more: Any) -> Recipe:
    return Recipe(train={"train": True, **more}, test={"train": False, **more}, side=side)


def _split(train: str, validation: str | None, test: str, **more: Any) -> Recipe:
    return Recipe(
        train={"split": train, **more},
        validation=None if validation is None else {"split": validation, **more},
        test={"split": test, **more},
    )


# Those that need no further package, no account and at most a few GB.
RECIPES: dict[str, Recipe] = {
    "CIFAR10": _flag(),
    "CIFAR100": _flag(),
    "DTD": _split("train", "val", "test"),
    "EMNIST": _flag(28, split="balanced"),
    "EuroSAT": Recipe(train={}),
    "FashionMNIST": _flag(28),
    "FGVCAircraft": _split("train", "val", "test"),
    "Flowers102": _split("train", "val", "test"),
    "Food101": _split("train", None, "test"),
    "GTSRB": _split("train", None, "test"),
    "Imagenette": _split("train", None, "val", size="160px"),
    "KMNIST": _flag(28),
    "MNIST": _flag(28),
    "OxfordIIITPet": _split("trainval", None, "test"),
    "QMNIST": _flag(28),
    "RenderedSST2": _split("train", "val", "test"),
    "SEMEION": Recipe(train={}, side=16),
    "STL10": _split("train", None, "test"),
    "SVHN": _split("train", None, "test"),
    "USPS": _flag(16),
}
BY_LOWER_CASE = {name.lower(): name for name in RECIPES}


def load_torchvision(name: str, *, download: bool) -> Dataset:
    """The set `name`, a key of RECIPES: from the cache, from files put there, or downloaded."""
    folder = place(f"torchvision-{name}", name)
    own_files = cache_folder() / "torchvision"
    if download:
        return had(folder, name, lambda: _downloaded(name, folder.parent))
    if own_files.is_dir() and not folder.is_dir():
        return had(folder, name, lambda: _sets(name, own_files, download=False))
    if folder.is_dir():
        return read(folder, name)
    raise FileProblem(
        _(
            "{name} is not on this computer; ask for it with --download, or put the files that"
            " torchvision reads in {folder}"
        ).format(name=name, folder=own_files)
    )


def _downloaded(name: str, parent: Path) -> Sets:
    with scratch(parent) as root:
        return _sets(name, root, download=True)


def _sets(name: str, root: Path, *, download: bool) -> Sets:
    try:
        return _arranged(RECIPES[name], _source(name, root, download=download))
    except Exception as error:  # of network, archive or parser; a full disk is told by `scratch`
        if isinstance(error, OSError) and error.errno in REASONS:
            raise
        problem = (
            _("{name} could not be downloaded: {reason}; look at the network and try again")
            if download
            else _("{name} could not be read from {root}: {reason}; ask for it with --download")
        )
        raise FileProblem(problem.format(name=name, root=root, reason=reason(error))) from error


def _source(name: str, root: Path, *, download: bool) -> Callable[[Arguments], Any]:
    from torchvision import datasets  # 3 s and 95 MB that nobody else pays

    make = getattr(datasets, name)
    return lambda arguments: make(root, **arguments, download=download)


def _arranged(recipe: Recipe, source: Callable[[Arguments], Any]) -> Sets:
    """Three sets of what torchvision gives in one, two or three parts."""
    asked = [part for part in (recipe.train, recipe.validation, recipe.test) if part is not None]
    given = [source(part) for part in asked]
    read_in = [_labelled(part, recipe.side) for part in given]
    channels = in_fewest_channels([part.images for part in read_in])
    parts = [Labelled(images, part.labels) for images, part in zip(channels, read_in, strict=True)]
    classes = _class_names(given[0], max(int(part.labels.max()) for part in parts) + 1)
    if recipe.test is None:
        return Sets(*three_ways(parts[0], validation=0.15, test=0.15), classes=classes)
    train, validation = (parts[0], parts[1]) if recipe.validation else draw(parts[0], 0.1)
    test = parts[-1].at(shuffled(len(parts[-1].labels)))
    return Sets(train, validation, test, classes)


def _labelled(part: Sequence[tuple[Any, int]], side: int) -> Labelled:
    images = np.empty((len(part), 3, side, side), dtype=np.uint8)
    labels = np.empty(len(part), dtype=np.int64)
    for place_in_part in range(len(part)):
        picture, label = part[place_in_part]
        images[place_in_part] = fitted(picture, side)
        labels[place_in_part] = label
    return Labelled(images, labels)


def _class_names(part: Any, count: int) -> tuple[str, ...]:
    names = [name if isinstance(name, str) else name[0] for name in getattr(part, "classes", [])]
    return tuple(names) if len(names) >= count else tuple(str(label) for label in range(count))
