"""Files and folders that appear as a whole or not at all, whoever else writes at the same time."""

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import BinaryIO
from uuid import uuid4

from workbench.core.files import SIDECAR, FileProblem, manifest_line, reason
from workbench.locale import Message, _, message
from workbench.places import cache_folder

UNFINISHED = ".unfinished-"
DAY_S = 24 * 60 * 60

REASONS = {
    errno.EROFS: message("it is read-only"),
    errno.ENOSPC: message("the disk is full"),
    errno.EDQUOT: message("your share of the disk is full"),
    errno.EACCES: message("you have no permission to write there"),
    errno.EPERM: message("you have no permission to write there"),
    errno.ENOTDIR: message("a part of its path is a file"),
    errno.EEXIST: message("a part of its path is a file"),
}


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Replace the file `path` by what `write` writes, but only once all of that is on disk."""
    with told_of(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        unfinished = _unfinished(path.parent)
        try:
            write_durably(unfinished, write)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


def write_durably(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Make the new file `path` of what `write` writes, on disk before this returns."""
    with path.open("xb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


def write_with_sidecar(path: Path, content: bytes) -> None:
    """Put `content` at `path`, its SHA-256 on record beside it, so that `verified` takes it.

    The sidecar keeps a line for every version ever written and is written first: two writers of
    one name, or a crash between the two files, leave no file without its line.
    """
    with told_of(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(path.name + SIDECAR).open("a", encoding="utf-8", newline="\n") as lines:
            lines.write(manifest_line(sha256(content).hexdigest(), path.name))
    write_atomically(path, lambda file: file.write(content))


@contextmanager
def published(folder: Path) -> Iterator[Path]:
    """An empty folder to fill, which becomes `folder` when all went well and vanishes otherwise."""
    with scratch(folder.parent) as unfinished:
        yield unfinished
        _rename(unfinished, folder)


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """An empty folder in `parent` to work in, which vanishes afterwards."""
    with told_of(parent):
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent)
        unfinished = _unfinished(parent)
        unfinished.mkdir()
        try:
            yield unfinished
        finally:
            rmtree(unfinished, ignore_errors=True)


def try_to_write(folder: Path) -> None:
    """Make `folder` and write there for a moment: what is refused is told before long work."""
    with scratch(folder) as unfinished:
        write_durably(unfinished / "trial", lambda file: file.write(b"trial"))


def withdraw(folder: Path) -> None:
    """Take `folder` away at once; those who have its files open keep them where the system can."""
    with told_of(folder.parent):
        aside = _unfinished(folder.parent)
        with suppress(FileNotFoundError):
            folder.rename(aside)
        rmtree(aside, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what a crash left unfinished in `folder` more than a day ago."""
    for left in folder.glob(UNFINISHED + "*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > DAY_S:
                rmtree(left) if left.is_dir() else left.unlink()


def _unfinished(folder: Path) -> Path:
    return folder / f"{UNFINISHED}{uuid4().hex}"


def _rename(unfinished: Path, folder: Path) -> None:
    try:
        unfinished.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was first, and its copy is as good
            raise


@contextmanager
def told_of(folder: Path) -> Iterator[None]:
    """Refusals of the system to write in `folder` become one sentence."""
    try:
        yield
    except OSError as error:
        known = REASONS.get(error.errno or 0, Message("{text}", {"text": reason(error)}))
        raise FileProblem(_refusal(folder).format(folder=folder, reason=known)) from error


def _refusal(folder: Path) -> str:
    if folder.is_relative_to(cache_folder()):
        return _(
            "cannot write in {folder}: {reason}; free some space there, or set"
            " WORKBENCH_CACHE to a folder that you can write to"
        )
    return _(
        "cannot write in {folder}: {reason}; free some space there, or name a folder that you"
        " can write to"
    )
