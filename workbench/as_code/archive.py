"""A program with all that it is given, as one zip: it runs elsewhere, without workbench."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

from workbench.locale import Message, _

FILE, WEIGHTS, DATA = "program.py", "weights.safetensors", "data"
MOST_BYTES = 64 * 2**20
"""Of images: all of Fashion-MNIST, and no more than a page can take."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A text to run, what it does in words, and the files that it is given, where it is given any.

    `reads`: which sets of images it reads, and how many of the first; None stands for all.
    `licence`: the file with that of the images, where it is known.
    """

    text: str
    about: Message
    weights: Path | None = None
    data: Path | None = None
    reads: Mapping[str, int | None] = field(default_factory=dict)
    licence: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """What it is given, in the order of its arguments."""
        return tuple(path for path in (self.weights, self.data) if path is not None)


def archive(program: Program) -> bytes:
    """The zip: the program, what it reads of its files, the licence of the images, a README."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as packed:
        for name, file in _files(program):
            packed.writestr(name, file)
    return content.getvalue()


def _files(program: Program) -> Iterator[tuple[str, bytes]]:
    yield FILE, program.text.encode()
    yield "README.txt", _readme(program).encode()
    if program.weights is not None:
        yield WEIGHTS, _weights(program.weights)
    if program.data is not None:
        yield f"{DATA}/about.json", (program.data / "about.json").read_bytes()
        for name, array in _arrays(program.data, program.reads).items():
            content = BytesIO()
            np.save(content, array)
            yield f"{DATA}/{name}.npy", content.getvalue()
    if program.licence is not None:
        yield f"{DATA}/LICENSE.txt", program.licence.read_bytes()


def _readme(program: Program) -> str:
    given = ((program.weights, WEIGHTS), (program.data, DATA))
    command = " ".join(["python", FILE, *(name for path, name in given if path is not None)])
    how = _("Run it in this folder, with the packages that it names at its top: {command}")
    if program.licence is not None:
        whose = _("The licence of the images is in {file}.").format(file=f"{DATA}/LICENSE.txt")
    else:
        whose = _(
            "The licence of the images is not known here: pass them on only if you may do so."
        )
    return f"{how.format(command=command)}\n{whose}\n"


def _weights(path: Path) -> bytes:
    """The file without what is told beside the weights: folders of this computer among it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        rule = _("the weights are packed when they are there: let the panel measure first")
        raise ValueError(rule) from error
    end = 8 + int.from_bytes(content[:8], "little")
    told = json.loads(content[8:end])
    told.pop("__metadata__", None)
    header = json.dumps(told).encode()
    header += b" " * (-len(header) % 8)  # the weights begin at a multiple of 8
    return len(header).to_bytes(8, "little") + header + content[end:]


def _arrays(folder: Path, reads: Mapping[str, int | None]) -> dict[str, np.ndarray]:
    found = {
        f"{part}_{kind}": np.load(folder / f"{part}_{kind}.npy", mmap_mode="r")[:count]
        for part, count in reads.items()
        for kind in ("images", "labels")
    }
    size = sum(array.nbytes for array in found.values())
    if size > MOST_BYTES:
        rule = _(
            "at most {most} MB of images are packed: take program and weights along, and copy"
            " {folder} yourself, got {value} MB"
        )
        raise ValueError(rule.format(most=MOST_BYTES // 2**20, folder=folder, value=size // 2**20))
    return found
