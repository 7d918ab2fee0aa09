"""Files that are what they were when they were written, or are refused in one sentence."""

from hashlib import file_digest, sha256
from pathlib import Path

from workbench.locale import _

MANIFEST = "MANIFEST.sha256"
SIDECAR = ".sha256"


class FileProblem(ValueError):  # what the learner is told, not a fault of ours
    """A file that cannot be had as it should be; its text is one sentence for the reader."""


def reason(error: Exception) -> str:
    """Why, in one line: the system's words, else the error's own, else its kind."""
    words = error.strerror if isinstance(error, OSError) else None
    return " ".join((words or str(error)).split()) or type(error).__name__


def sha256_of(path: Path) -> str:
    """The SHA-256 of the file's content, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def manifest(folder: Path) -> dict[str, set[str]]:
    """File names relative to `folder`, and the SHA-256 that `folder`'s manifest gives for each."""
    return _listed(folder / MANIFEST)


def recorded(path: Path) -> set[str]:
    """What the file's SHA-256 may be: by its sidecar, its folder's manifest, the one above."""
    found = set(_listed(path.with_name(path.name + SIDECAR)).get(path.name, set()))
    for folder in (path.parent, path.parent.parent):
        found |= manifest(folder).get(path.relative_to(folder).as_posix(), set())
    return found


def check(path: Path) -> Path:
    """`path`, if the file has the SHA-256 on record."""
    try:
        found = sha256_of(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    _compare(path, found)
    return path


def verified(path: Path) -> bytes:
    """The file's content, if it has the SHA-256 on record."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    _compare(path, sha256(content).hexdigest())
    return content


def manifest_line(digest: str, name: str) -> str:
    """One line as `sha256sum` writes it."""
    return f"{digest}  {name}\n"


def _listed(path: Path) -> dict[str, set[str]]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    listed: dict[str, set[str]] = {}
    for line in text.splitlines():
        digest, _space, name = line.partition("  ")
        listed.setdefault(name, set()).add(digest)
    return listed


def _compare(path: Path, found: str) -> None:
    expected = recorded(path)
    if not expected:
        raise FileProblem(
            _(
                "{path} is not in the manifest {manifest}, and only files with a recorded"
                " SHA-256 are used; get it again from where it came"
            ).format(path=path, manifest=MANIFEST)
        )
    if found not in expected:
        raise FileProblem(
            _(
                "{path} is truncated or altered: its SHA-256 is {found}, on record is {expected};"
                " get it again from where it came"
            ).format(
                path=path,
                found=found[:12],
                expected=", ".join(sorted(digest[:12] for digest in expected)),
            )
        )


def _unreadable(path: Path, error: OSError) -> FileProblem:
    if isinstance(error, FileNotFoundError):
        return FileProblem(
            _("{path} is missing; get it again from where it came").format(path=path)
        )
    return FileProblem(_("{path} cannot be read: {reason}").format(path=path, reason=reason(error)))
