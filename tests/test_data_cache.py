"""Unpacked data sets: made once, refused or made again if altered, whoever else unpacks."""

import errno
import multiprocessing
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from workbench.core.data import load
from workbench.core.files import FileProblem, manifest, verified
from workbench.places import data_folder

ORIGINAL = data_folder()
SHIPPED = tuple(file for file in manifest(ORIGINAL) if file.endswith(".npy.xz"))


@pytest.fixture
def shipped_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that a test may spoil."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("MANIFEST.sha256", *SHIPPED):
        shutil.copy(ORIGINAL / name, folder)
    monkeypatch.setenv("WORKBENCH_DATA", str(folder))
    return folder


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << place % 8
    path.write_bytes(content)


@pytest.mark.parametrize("file", SHIPPED)
def test_any_flipped_bit_of_a_shipped_file_is_refused(file: str, shipped_copy: Path) -> None:
    path = shipped_copy / file
    size = path.stat().st_size
    for place in {0, size - 1, *range(0, size, max(1, size // 25))}:
        flip(path, place)
        with pytest.raises(FileProblem, match=f"{file} is truncated or altered"):
            verified(path)
        flip(path, place)
    assert verified(path)


@pytest.mark.parametrize("file", ["fashion_mnist-train_images.npy.xz", "digits-labels.npy.xz"])
def test_an_altered_shipped_file_is_told_and_nothing_is_unpacked(
    file: str, empty_cache: Path, shipped_copy: Path
) -> None:
    flip(shipped_copy / file, 100)
    with pytest.raises(FileProblem, match=f"{file} is truncated or altered"):
        load(file.split("-")[0])
    assert not any(empty_cache.rglob("*"))


def test_a_truncated_or_missing_shipped_file_is_told(empty_cache: Path, shipped_copy: Path) -> None:
    path = shipped_copy / "digits-images.npy.xz"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(FileProblem, match="truncated"):
        load("digits")
    path.unlink()
    with pytest.raises(FileProblem, match="missing"):
        load("digits")
    (shipped_copy / "MANIFEST.sha256").unlink()
    shutil.copy(ORIGINAL / path.name, path)
    with pytest.raises(FileProblem, match="not in the manifest"):
        load("digits")


@pytest.mark.parametrize("file", ["about.json", "test_images.npy", "MANIFEST.sha256"])
@pytest.mark.parametrize("harm", ["flip", "truncate", "remove"])
def test_an_altered_cache_is_made_again(empty_cache: Path, file: str, harm: str) -> None:
    before = load("digits")
    images = before.test_images.copy()  # what is mapped changes with its file
    (path,) = empty_cache.rglob(file)
    state = path.stat()
    if harm == "flip":
        flip(path, path.stat().st_size // 2)
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    elif harm == "truncate":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.unlink()
    after = load("digits")
    assert after is not before
    np.testing.assert_array_equal(after.test_images, images)
    assert load("digits") is after
    assert len(list((empty_cache / "data").iterdir())) == 1


def test_another_process_sees_what_no_time_stamp_tells(empty_cache: Path) -> None:
    total = int(load("digits").test_images.sum())
    (path,) = empty_cache.rglob("test_images.npy")
    state = path.stat()
    flip(path, state.st_size - 1)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(_sum, ["digits"]) == [total]


def test_an_altered_cache_with_an_altered_source_is_told(
    empty_cache: Path, shipped_copy: Path
) -> None:
    load("digits")
    next(empty_cache.rglob("test_images.npy")).unlink()
    flip(shipped_copy / "digits-images.npy.xz", 100)
    with pytest.raises(FileProblem, match=r"digits-images.npy.xz is truncated or altered"):
        load("digits")


def test_a_disk_that_is_full_midway_leaves_nothing(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def fill(_handle: int) -> None:
        written.append(1)
        if len(written) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fill)
    with pytest.raises(FileProblem, match="the disk is full"):
        load("digits")
    assert not list((empty_cache / "data").iterdir())


def test_a_cache_below_a_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(FileProblem, match="WORKBENCH_CACHE"):
        load("digits")


def test_many_processes_may_unpack_at_once(empty_cache: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        sums = pool.map(_sum, ["digits"] * 8, chunksize=1)
    assert len(set(sums)) == 1
    assert len(list((empty_cache / "data").iterdir())) == 1


def _sum(name: str) -> int:
    return int(load(name).test_images.sum())
