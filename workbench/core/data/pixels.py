"""Any picture as a small square of pixels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from workbench.core.data.dataset import Images

SIDE = 32
"""Height and width, in pixels, that pictures of any size become."""

Picture = Image.Image


def fitted(picture: Picture, side: int = SIDE) -> NDArray[np.uint8]:
    """The picture upright, on white, its centre square at `side` pixels, shape (3, side, side)."""
    picture.draft(None, (4 * side, 4 * side))  # a large JPEG is decoded small: ten times faster
    plain = _rgb(ImageOps.exif_transpose(picture))
    if plain.size != (side, side):
        plain = ImageOps.fit(plain, (side, side))
    return np.asarray(plain, dtype=np.uint8).transpose(2, 0, 1)


def is_grey(images: Images) -> bool:
    """Whether no image has any colour."""
    return bool((images == images[:, :1]).all())


def in_fewest_channels(parts: Sequence[Images]) -> list[Images]:
    """One channel each if no image of any part has colour, else as they were."""
    grey = all(is_grey(images) for images in parts)
    return [images[:, :1] if grey else images for images in parts]


def _rgb(picture: Picture) -> Picture:
    if picture.mode[0] in "IF":
        return _from_deep(picture).convert("RGB")
    if picture.has_transparency_data:
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _from_deep(picture: Picture) -> Picture:
    """A grey picture of more than 8 bits, its white (1, 255, 65535 or its brightest) at 255."""
    values = np.nan_to_num(np.asarray(picture, dtype=np.float64))
    brightest = values.max()
    whites = {"F": (1, 255, 65535), "I": (255, 65535)}.get(picture.mode, (65535,))
    white = next((value for value in whites if brightest <= value), brightest)
    return Image.fromarray(np.round(values.clip(0) / white * 255).astype(np.uint8))
