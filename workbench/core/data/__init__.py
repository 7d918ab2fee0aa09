"""Image data sets by name: those that ship, a folder of yours, torchvision's."""

from workbench.core.data.bundled import CLASSES, load_bundled
from workbench.core.data.dataset import Dataset
from workbench.locale import _
from workbench.setting import FOLDER

__all__ = ["Dataset", "load", "names"]

# What reads pictures is imported late: a kernel that shows a bundled set needs no Pillow for it.


def names() -> tuple[str, ...]:
    """Every name that `load` knows, beside folder:PATH."""
    from workbench.core.data.torchvision_sets import RECIPES

    return (*CLASSES, *RECIPES)


def load(name: str, *, download: bool = False) -> Dataset:
    """The data set `name`: bundled, folder:PATH, or torchvision's (from the network if `download`).

    The same object for as long as the files behind it stay the same.
    """
    if name in CLASSES:
        return load_bundled(name)

    from workbench.core.data.folder import load_folder
    from workbench.core.data.torchvision_sets import BY_LOWER_CASE, load_torchvision

    if name.startswith(FOLDER):
        return load_folder(name)
    if name.lower() in BY_LOWER_CASE:
        return load_torchvision(BY_LOWER_CASE[name.lower()], download=download)
    raise ValueError(
        _(
            "a data set is one of {known}, or folder:PATH with one sub-folder of images a class,"
            " got {name}"
        ).format(known=", ".join(names()), name=name)
    )
