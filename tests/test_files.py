"""A file is what it was when it was written, or there is one sentence."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from workbench.core.files import MANIFEST, FileProblem, check, manifest, manifest_line, verified
from workbench.places import data_folder


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A file with a line in the manifest beside it."""
    path = tmp_path / "weights.bin"
    path.write_bytes(bytes(range(256)) * 16)
    digest = sha256(path.read_bytes()).hexdigest()
    (tmp_path / MANIFEST).write_text(manifest_line(digest, path.name))
    return path


def test_a_listed_file_is_taken(listed: Path) -> None:
    assert verified(listed) == listed.read_bytes()
    assert check(listed) == listed


def test_the_manifest_of_the_folder_above_counts(listed: Path) -> None:
    below = listed.parent / "checkpoints"
    below.mkdir()
    moved = listed.rename(below / listed.name)
    digest = sha256(moved.read_bytes()).hexdigest()
    (listed.parent / MANIFEST).write_text(manifest_line(digest, f"checkpoints/{moved.name}"))
    assert verified(moved) == moved.read_bytes()


@pytest.mark.parametrize("use", [verified, check])
def test_every_flipped_bit_is_refused(listed: Path, use: Callable[[Path], object]) -> None:
    content = listed.read_bytes()
    for place in range(0, len(content), 97):
        altered = bytearray(content)
        altered[place] ^= 1 << place % 8
        listed.write_bytes(altered)
        with pytest.raises(FileProblem, match="truncated or altered"):
            use(listed)


def test_a_truncated_file_is_refused(listed: Path) -> None:
    listed.write_bytes(listed.read_bytes()[:-1])
    with pytest.raises(FileProblem, match="truncated or altered") as error:
        verified(listed)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_told(listed: Path) -> None:
    listed.unlink()
    with pytest.raises(FileProblem, match="is missing"):
        verified(listed)
    with pytest.raises(FileProblem, match="is missing"):
        check(listed)


def test_a_folder_in_place_of_a_file_is_told(listed: Path) -> None:
    listed.unlink()
    listed.mkdir()
    with pytest.raises(FileProblem, match="cannot be read"):
        verified(listed)


def test_a_file_that_nobody_recorded_is_refused(listed: Path) -> None:
    stranger = listed.with_name("stranger.bin")
    stranger.write_bytes(b"x")
    with pytest.raises(FileProblem, match="not in the manifest"):
        verified(stranger)


def test_a_spoilt_manifest_refuses_its_files(listed: Path) -> None:
    (listed.parent / MANIFEST).write_bytes(b"\xff\xfe garbage")
    with pytest.raises(FileProblem, match="not in the manifest"):
        verified(listed)


def test_everything_shipped_is_listed_and_as_it_was() -> None:
    read_by_people = {".md", ".txt", ".log", ".py", ".pyc", ".sha256"}
    files = [path for path in data_folder().rglob("*") if path.is_file()]
    shipped = {path for path in files if path.suffix not in read_by_people}
    assert {data_folder() / name for name in manifest(data_folder())} == shipped
    assert all(check(path) for path in shipped)
