"""Image data sets drawn by the tests, in other sizes and colours than those that ship."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SHAPES = ("cross", "disc", "square", "triangle")
TEXTURES = ("checks", "noise", "stripes")
QUICK = {"learning_rate": 0.05, "batch_size": 16, "epochs": 4, "augmentation": "none"}
"""A training that is short, and long enough for drawn images."""


def draw_shapes(folder: Path, *, each: int = 40) -> Path:
    """Coloured shapes on dark grounds, 40 x 32 pixels, four classes."""
    draw = np.random.RandomState(0)
    for label in SHAPES:
        for number in range(each):
            picture = Image.new("RGB", (40, 32), _colour(draw, 0, 90))
            x, y, r = draw.randint(12, 27), draw.randint(12, 20), draw.randint(6, 11)
            _shape(ImageDraw.Draw(picture), label, (x, y, r), _colour(draw, 140, 256))
            _save(picture, folder / label / f"{number}.png")
    return folder


def _colour(draw: np.random.RandomState, low: int, high: int) -> tuple[int, int, int]:
    red, green, blue = draw.randint(low, high, 3).tolist()
    return red, green, blue


def _shape(
    on: ImageDraw.ImageDraw, label: str, at: tuple[int, int, int], fill: tuple[int, int, int]
) -> None:
    x, y, r = at
    if label == "disc":
        on.ellipse((x - r, y - r, x + r, y + r), fill=fill)
    elif label == "square":
        on.rectangle((x - r, y - r, x + r, y + r), fill=fill)
    elif label == "triangle":
        on.polygon([(x, y - r), (x - r, y + r), (x + r, y + r)], fill=fill)
    else:
        on.line((x - r, y - r, x + r, y + r), fill=fill, width=3)
        on.line((x - r, y + r, x + r, y - r), fill=fill, width=3)


def draw_textures(folder: Path, *, each: int = 40) -> Path:
    """Grey textures, 64 x 48 pixels, three classes."""
    draw = np.random.RandomState(1)
    y, x = np.mgrid[:48, :64]
    for label in TEXTURES:
        for number in range(each):
            pace, start = draw.uniform(0.3, 0.9), draw.uniform(0, 6)
            waves = {
                "stripes": np.sin(pace * x + start),
                "checks": np.sin(pace * x) * np.sin(pace * y + start),
                "noise": draw.uniform(-1, 1, x.shape),
            }[label]
            _save(Image.fromarray(np.uint8(127 + 100 * waves)), folder / label / f"{number}.png")
    return folder


def _save(picture: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
