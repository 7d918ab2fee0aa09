"""Where things are: what we ship, and the folder of this user that we may write to."""

import os
from pathlib import Path

from platformdirs import user_cache_path

PACKAGE = Path(__file__).parent


def data_folder() -> Path:
    """Data sets, checkpoints and recorded measurements as shipped; WORKBENCH_DATA overrides."""
    return _shipped("data")


def notebooks_folder() -> Path:
    """The lessons as shipped; WORKBENCH_NOTEBOOKS overrides."""
    return _shipped("notebooks")


def cache_folder() -> Path:
    """What can be made anew: unpacked data and trained weights; WORKBENCH_CACHE overrides."""
    chosen = os.environ.get("WORKBENCH_CACHE")
    return Path(chosen).expanduser() if chosen else user_cache_path("workbench", appauthor=False)


def _shipped(name: str) -> Path:
    chosen = os.environ.get(f"WORKBENCH_{name.upper()}")
    if chosen:
        return Path(chosen).expanduser()
    in_wheel = PACKAGE / name
    return in_wheel if in_wheel.is_dir() else PACKAGE.parent / name
