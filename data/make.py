"""Make the data sets of this folder from their sources, and the manifest that guards them.

    python data/make.py fashion_mnist [FOLDER]   FOLDER of Debian's package dataset-fashion-mnist
    python data/make.py digits WHEEL             WHEEL: `pip download --no-deps scikit-learn`
    python data/make.py manifest                 after any change in this folder, checkpoints too

The same sources give the same bytes. Arrays are raw uint8 in numpy's own format under xz: of delta,
gradient, median and average filters, bzip2, PNG, WebP and AVIF none packed Fashion-MNIST smaller.
"""

import argparse
import gzip
import lzma
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
XZ = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]
READ_BY_PEOPLE = {".md", ".txt", ".log", ".py", ".pyc"}


def make_fashion_mnist(source: Path) -> None:
    """The 60,000 and 10,000 images of Zalando, in their own order."""
    for ours, theirs in (("train", "train"), ("test", "t10k")):
        images = _idx(source / f"{theirs}-images-idx3-ubyte.gz")
        labels = _idx(source / f"{theirs}-labels-idx1-ubyte.gz")
        _pack(HERE / f"fashion_mnist-{ours}_images.npy.xz", images[:, None])
        _pack(HERE / f"fashion_mnist-{ours}_labels.npy.xz", labels)


def make_digits(wheel: Path) -> None:
    """The 1,797 digits of 8x8 pixels that scikit-learn ships; its 0..16 becomes 0..255."""
    with ZipFile(wheel) as package:
        packed = package.read("sklearn/datasets/data/digits.csv.gz")
    table = np.loadtxt(BytesIO(gzip.decompress(packed)), delimiter=",")
    pixels = np.round(table[:, :-1] * (255 / 16)).astype(np.uint8)
    _pack(HERE / "digits-images.npy.xz", pixels.reshape(-1, 1, 8, 8))
    _pack(HERE / "digits-labels.npy.xz", table[:, -1].astype(np.uint8))


def write_manifest() -> None:
    """SHA-256 of every file here that a program reads, in the format of `sha256sum`."""
    lines = [
        f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(HERE).as_posix()}\n"
        for path in sorted(HERE.rglob("*"))
        if path.is_file()
        and path.suffix not in READ_BY_PEOPLE
        and path.name != "MANIFEST.sha256"
        and not any(part.startswith(".") for part in path.relative_to(HERE).parts)
    ]
    (HERE / "MANIFEST.sha256").write_text("".join(lines), encoding="utf-8", newline="\n")


def _idx(path: Path) -> NDArray[np.uint8]:
    """The array of an IDX file: two zeros, type 8 (uint8), rank, big-endian sizes, the bytes."""
    raw = gzip.decompress(path.read_bytes())
    rank = raw[3]
    shape = np.frombuffer(raw, ">u4", count=rank, offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape.tolist())


def _pack(path: Path, array: NDArray[np.uint8]) -> None:
    plain = BytesIO()
    np.save(plain, np.ascontiguousarray(array))
    path.write_bytes(lzma.compress(plain.getvalue(), check=lzma.CHECK_CRC32, filters=XZ))
    print(f"{path.name}: {array.shape}, {path.stat().st_size:,} bytes")


def main() -> None:
    """Do what the command line asks, and write the manifest."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("what", choices=("fashion_mnist", "digits", "manifest"))
    asked.add_argument("source", type=Path, nargs="?", default=DEBIAN)
    arguments = asked.parse_args()
    if arguments.what == "fashion_mnist":
        make_fashion_mnist(arguments.source)
    elif arguments.what == "digits":
        make_digits(arguments.source)
    write_manifest()


if __name__ == "__main__":
    main()
