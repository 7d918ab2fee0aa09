"""Data sets that are a folder of images: folder:PATH."""

from contextlib import suppress
from pathlib import Path

FOLDER = "folder:"


def resolved(dataset: str) -> str:
    """The data set's name, the path of folder:PATH in full: "pics" is another folder elsewhere."""
    if not dataset.startswith(FOLDER):
        return dataset
    path = Path(dataset.removeprefix(FOLDER))
    with suppress(
        RuntimeError
    ):  # ~somebody who is nobody here: a folder of that name is looked for
        path = path.expanduser()
    return f"{FOLDER}{path.resolve()}"
