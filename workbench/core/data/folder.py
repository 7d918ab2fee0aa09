"""A folder of your own pictures: one sub-folder a class, of any size and kind."""

from math import ceil
from pathlib import Path

import numpy as np
from PIL import Image

from workbench.core.data.dataset import Dataset, Labelled, Sets
from workbench.core.data.pixels import in_fewest_channels
from workbench.core.data.preprocessing import fitted
from workbench.core.data.split import FEWEST, three_ways
from workbench.core.data.unpacked import had, place
from workbench.core.files import FileProblem, reason
from workbench.core.own_image import LARGEST_PIXELS
from workbench.locale import _
from workbench.setting import FOLDER, resolved

ENDINGS = (
    *(".avif", ".bmp", ".gif", ".j2k", ".jp2", ".jpeg", ".jpg", ".pbm"),
    *(".pcx", ".pgm", ".png", ".ppm", ".tga", ".tif", ".tiff", ".webp"),
)

Classes = dict[str, list[Path]]


def load_folder(name: str) -> Dataset:
    """The pictures of the folder that `name`, in the form folder:PATH, gives."""
    folder = Path(resolved(name).removeprefix(FOLDER))
    classes = _classes(folder)
    return had(place("folder", _key(folder, classes)), name, lambda: _sets(classes))


def _classes(folder: Path) -> Classes:
    """The pictures of each sub-folder, in the order of their names, or why they cannot be used."""
    if not folder.is_dir():
        raise FileProblem(
            _(
                "folder:PATH is a folder with one sub-folder a class, but {path} is no folder"
            ).format(path=folder)
        )
    subfolders = sorted(entry for entry in folder.iterdir() if _is_meant(entry) and entry.is_dir())
    classes = {subfolder.name: _pictures(subfolder) for subfolder in subfolders}
    if len(classes) < 2:
        raise FileProblem(
            _(
                "folder:PATH needs one sub-folder a class and two classes or more,"
                " but {path} has {count}"
            ).format(path=folder, count=len(classes))
        )
    for label, pictures in classes.items():
        if len(pictures) < FEWEST:
            raise FileProblem(
                _(
                    "a class needs {fewest} images or more, one each for training, validation"
                    " and test, but {path} has {count}"
                ).format(fewest=FEWEST, path=folder / label, count=len(pictures))
            )
    return classes


def _pictures(subfolder: Path) -> list[Path]:
    return sorted(
        path
        for path in subfolder.rglob("*")
        if path.name.lower().endswith(ENDINGS) and _is_meant(path) and path.is_file()
    )


def _is_meant(path: Path) -> bool:
    """Whether a person put it there: .git, ._photo.jpg and __MACOSX come from programs."""
    return not path.name.startswith((".", "__"))


def _key(folder: Path, classes: Classes) -> str:
    """What changes when any picture does."""
    files = [path for pictures in classes.values() for path in pictures]
    states = [(str(path.relative_to(folder)), path.stat()) for path in files]
    listed = [f"{name} {state.st_size} {state.st_mtime_ns}" for name, state in states]
    return "\n".join([str(folder), *listed])


def _sets(classes: Classes) -> Sets:
    images = np.stack([_read(path) for pictures in classes.values() for path in pictures])
    counts = [len(pictures) for pictures in classes.values()]
    labels = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    (images,) = in_fewest_channels([images])
    parts = three_ways(Labelled(images, labels), validation=0.15, test=0.15)
    return Sets(*parts, classes=tuple(classes))


def _read(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                rule = _("at most {most} million pixels, got {value}")
                millions = ceil(picture.width * picture.height / 1e6)
                raise ValueError(rule.format(most=LARGEST_PIXELS // 10**6, value=millions))
            return fitted(picture)
    except Image.DecompressionBombError as error:
        rule = _("{path} cannot be read as an image: at most {most} million pixels, got more")
        raise FileProblem(rule.format(path=path, most=LARGEST_PIXELS // 10**6)) from error
    except Exception as error:  # a broken picture raises nearly anything: SyntaxError, struct.error
        raise FileProblem(
            _("{path} cannot be read as an image: {reason}; repair it or take it away").format(
                path=path, reason=reason(error)
            )
        ) from error
