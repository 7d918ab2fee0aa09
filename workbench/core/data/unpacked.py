"""Data sets in the cache: made once, checked before use, mapped so that kernels share pages."""

import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.data.dataset import Dataset, Labelled, Sets, named
from workbench.core.files import (
    MANIFEST,
    FileProblem,
    check,
    manifest,
    manifest_line,
    reason,
    verified,
)
from workbench.core.publication import published, sweep, withdraw, write_durably
from workbench.locale import _
from workbench.places import cache_folder

LAYOUT = "1"
"""Raise it when the same source gives other arrays, and caches are made anew."""

PARTS = ("train", "validation", "test")
ABOUT = "about.json"

Stamps = tuple[tuple[str, int, int], ...]


def place(name: str, key: str) -> Path:
    """The folder of the cache for the data set `name` made from what `key` identifies."""
    digest = sha256(f"{LAYOUT} {key}".encode()).hexdigest()[:12]
    return cache_folder() / "data" / f"{name}-{digest}"


def had(folder: Path, name: str, make: Callable[[], Sets]) -> Dataset:
    """The data set in `folder`; made first, or made again if it is not what was written there."""
    if folder.is_dir():
        try:
            return read(folder, name)
        except FileProblem:
            sets = make()
            withdraw(folder)
    else:
        sets = make()
    keep(folder, sets)
    return read(folder, name)


def keep(folder: Path, sets: Sets) -> None:
    """Write `sets` as `folder`, whole or not at all."""
    with published(folder) as unfinished:
        lines = [_write(unfinished / ABOUT, json.dumps(_about(sets)).encode())]
        for part, labelled in zip(PARTS, (sets.train, sets.validation, sets.test), strict=True):
            lines.append(_write(unfinished / f"{part}_images.npy", _npy(labelled.images)))
            lines.append(_write(unfinished / f"{part}_labels.npy", _npy(labelled.labels)))
        _write(unfinished / MANIFEST, "".join(lines).encode())


def read(folder: Path, name: str) -> Dataset:
    """The data set that `keep` wrote in `folder`; a FileProblem if any file is not what it was."""
    try:
        return _read(folder, name, _stamps(folder))
    except OSError as error:  # another process is just taking the folder away
        raise FileProblem(
            _("{path} cannot be read: {reason}").format(path=folder, reason=reason(error))
        ) from error


@cache
def _read(folder: Path, name: str, stamps: Stamps) -> Dataset:
    """Once for each state of the files: hashing them takes tens of milliseconds."""
    sweep(folder.parent)
    about = json.loads(verified(folder / ABOUT))
    arrays = {
        f"{part}_{kind}": np.load(check(folder / f"{part}_{kind}.npy"), mmap_mode="r")
        for part in PARTS
        for kind in ("images", "labels")
    }
    return Dataset(
        name=name,
        classes=tuple(named(text) for text in about["classes"]),
        mean=tuple(about["mean"]),
        std=tuple(about["std"]),
        identity=_identity(folder, sorted(arrays)),
        **arrays,
    )


def _identity(folder: Path, arrays: list[str]) -> str:
    listed = manifest(folder)
    digests = [sorted(listed[f"{array}.npy"]) for array in arrays]
    return sha256(json.dumps(digests).encode()).hexdigest()[:12]


def _stamps(folder: Path) -> Stamps:
    states = [(path.name, path.stat()) for path in folder.glob("*")]
    return tuple(sorted((name, state.st_size, state.st_mtime_ns) for name, state in states))


def _write(path: Path, content: bytes) -> str:
    """Write the file, and return its line for the manifest."""
    write_durably(path, lambda file: file.write(content))
    return manifest_line(sha256(content).hexdigest(), path.name)


def _about(sets: Sets) -> dict[str, list[str] | list[float]]:
    mean, std = _per_channel(sets.train)
    return {"classes": list(sets.classes), "mean": mean, "std": std}


def _per_channel(train: Labelled) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of each channel, exactly, from how often each value occurs."""
    values = np.arange(256) / 255
    means, deviations = [], []
    for channel in range(train.images.shape[1]):
        counts = np.bincount(train.images[:, channel].ravel(), minlength=256)
        mean = float(np.average(values, weights=counts))
        variance = float(np.average((values - mean) ** 2, weights=counts))
        means.append(mean)
        deviations.append(variance**0.5)
    return means, deviations


def _npy(array: NDArray[np.generic]) -> bytes:
    content = BytesIO()
    np.save(content, np.ascontiguousarray(array))
    return content.getvalue()
