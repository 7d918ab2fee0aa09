"""Data sets that are a folder of images: folder:PATH."""

import re
from contextlib import suppress
from pathlib import Path

FOLDER = "folder:"
FOLDERS = re.compile(r"(folder:|file:)(?:[A-Za-z]:)?(?:[^:/\\]*[/\\])*")
"""The way to a folder or file in the name of a data set or of a network of one's own."""


def resolved(dataset: str) -> str:
    """The data set's name, the path of folder:PATH in full: "pics" is another folder elsewhere."""
    if not dataset.startswith(FOLDER):
        return dataset
    return f"{FOLDER}{expanded(dataset.removeprefix(FOLDER)).resolve()}"


def without_folders(name: str) -> str:
    """The name of a data set or network without the folders of this computer: nobody's business."""
    return FOLDERS.sub(r"\1", name)


def expanded(path: str) -> Path:
    """The path with ~ as the home; ~somebody who is nobody here is a name like any other."""
    with suppress(RuntimeError):
        return Path(path).expanduser()
    return Path(path)
