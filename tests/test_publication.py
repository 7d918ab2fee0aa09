"""Files and folders appear as a whole or not at all, and a refusal is one sentence."""

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest

from workbench.core import publication
from workbench.core.files import FileProblem, verified
from workbench.core.publication import (
    UNFINISHED,
    published,
    scratch,
    sweep,
    try_to_write,
    withdraw,
    write_atomically,
    write_with_sidecar,
)

REFUSALS = {errno.EROFS: "read-only", errno.ENOSPC: "full", errno.EACCES: "permission"}


def raising(number: int) -> Callable[..., Any]:
    def refuse(*_args: Any, **_named: Any) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def test_a_file_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.bin"
    write_atomically(path, lambda file: file.write(b"one"))
    write_atomically(path, lambda file: file.write(b"two"))
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("step", [(os, "replace"), (os, "fsync"), (os, "mkdir"), (Path, "open")])
@pytest.mark.parametrize("number", REFUSALS)
def test_a_refused_write_tells_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: tuple[Any, str], number: int
) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")
    monkeypatch.setattr(*step, raising(number))
    if step == (os, "mkdir"):
        path = tmp_path / "new" / "file.bin"
    with pytest.raises(FileProblem, match=REFUSALS[number]) as error:
        write_atomically(path, lambda file: file.write(b"new"))
    monkeypatch.undo()
    assert "set WORKBENCH_CACHE" in str(error.value)
    assert str(path.parent) in str(error.value)
    assert "\n" not in str(error.value)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_a_disk_that_fills_midway_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")

    def write_until_full(file: BinaryIO) -> None:
        file.write(b"n" * 100_000)
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FileProblem, match="the disk is full"):
        write_atomically(path, write_until_full)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path) -> None:
    def interrupt(file: BinaryIO) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "file.bin", interrupt)
    assert not list(tmp_path.iterdir())


def test_a_cache_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileProblem, match="a part of its path is a file"):
        write_atomically(tmp_path / "file" / "cache" / "x.bin", lambda file: file.write(b"x"))
    with (
        pytest.raises(FileProblem, match="a part of its path is a file"),
        published(tmp_path / "file" / "cache" / "set"),
    ):
        pass


def test_a_file_with_a_sidecar_is_taken_until_it_is_altered(tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    write_with_sidecar(path, b"first")
    write_with_sidecar(path, b"second")
    assert verified(path) == b"second"
    path.write_bytes(b"sEcond")
    with pytest.raises(FileProblem, match="altered"):
        verified(path)


def test_a_crash_between_sidecar_and_file_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.safetensors"
    write_with_sidecar(path, b"first")
    monkeypatch.setattr(publication, "write_atomically", raising(errno.ENOSPC))
    with pytest.raises(OSError, match="space"):
        write_with_sidecar(path, b"second")
    assert verified(path) == b"first"


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with published(tmp_path / "set") as unfinished:
        (unfinished / "a").write_bytes(b"a")
        assert not (tmp_path / "set").exists()
    with suppress(ZeroDivisionError), published(tmp_path / "other") as unfinished:
        (unfinished / "a").write_bytes(b"a")
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.rglob("*")] == ["set", "a"]


def test_of_two_who_publish_the_first_wins_and_both_succeed(tmp_path: Path) -> None:
    with published(tmp_path / "set") as late:
        (late / "a").write_bytes(b"late")
        with published(tmp_path / "set") as early:
            (early / "a").write_bytes(b"early")
    assert (tmp_path / "set" / "a").read_bytes() == b"early"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_withdrawn_folder_is_gone_but_stays_readable_where_it_is_mapped(tmp_path: Path) -> None:
    with published(tmp_path / "set") as unfinished:
        np.save(unfinished / "a.npy", np.arange(10))
    mapped = np.load(tmp_path / "set" / "a.npy", mmap_mode="r")
    withdraw(tmp_path / "set")
    withdraw(tmp_path / "set")
    assert not list(tmp_path.iterdir())
    assert mapped.sum() == 45


def test_only_leftovers_older_than_a_day_are_swept(tmp_path: Path) -> None:
    old_folder, old_file = tmp_path / f"{UNFINISHED}1", tmp_path / f"{UNFINISHED}2"
    young, other = tmp_path / f"{UNFINISHED}3", tmp_path / "other"
    old_folder.mkdir()
    for path in (old_folder / "part", old_file, young, other):
        path.write_bytes(b"x")
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    for path in (old_folder, old_file, other):
        os.utime(path, (two_days_ago, two_days_ago))
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == [young, other]


def test_scratch_vanishes(tmp_path: Path) -> None:
    with scratch(tmp_path) as folder:
        (folder / "download").write_bytes(b"x")
    assert not list(tmp_path.iterdir())


def test_a_trial_leaves_the_folder_and_nothing_in_it(tmp_path: Path) -> None:
    try_to_write(tmp_path / "new" / "folder")
    assert not list((tmp_path / "new" / "folder").iterdir())


def test_only_the_cache_is_told_how_to_move_it(tmp_path: Path, empty_cache: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileProblem, match="name a folder that you can write to") as error:
        try_to_write(tmp_path / "file" / "folder")
    assert "WORKBENCH_CACHE" not in str(error.value)
