"""Any image file as a network's input; an export takes this file along as it is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

SIDE = 32
"""Height and width, in pixels, that pictures of any size become."""

Picture = Image.Image


def network_input(
    path: str, side: int, mode: str, mean: Sequence[float], std: Sequence[float]
) -> NDArray[np.float32]:
    """The image in a file as float32 of shape (1, channels, side, side).

    `mode`: L for grey, RGB for colour; `mean` and `std` of each channel, pixels from 0 to 1. Raises
    OSError or ValueError for what is no whole image file.
    """
    try:
        with Image.open(path) as picture:
            square = Image.fromarray(fitted(picture, side).transpose(1, 2, 0))
    except (SyntaxError, Image.DecompressionBombError) as error:  # as Pillow raises them
        raise ValueError(str(error)) from error
    pixels = np.asarray(square.convert(mode), np.float32).reshape(side, side, -1)
    middle, scale = (np.array(each, np.float32) * 255 for each in (mean, std))
    normalized = (pixels - middle) * (np.float32(1) / scale)
    return np.ascontiguousarray(normalized.transpose(2, 0, 1)[None])


def fitted(picture: Picture, side: int = SIDE) -> NDArray[np.uint8]:
    """The picture upright, on white, its centre square at `side` pixels, shape (3, side, side)."""
    picture.draft(None, (4 * side, 4 * side))  # a large JPEG is decoded small: ten times faster
    plain = _rgb(ImageOps.exif_transpose(picture))
    if plain.size != (side, side):
        plain = ImageOps.fit(plain, (side, side))
    return np.asarray(plain, dtype=np.uint8).transpose(2, 0, 1)


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
