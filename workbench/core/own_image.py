"""A learner's own picture, as one of a data set's images."""

from io import BytesIO
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.core.data.preprocessing import fitted
from workbench.locale import _

LARGEST_BYTES = 8 * 2**20
LARGEST_PIXELS = 50_000_000


def own_image(content: bytes, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """The picture in a file's `content` as uint8 of `shape` (channels, height, width).

    Upright, its centre square, on white; grey where the data set is. Raises ValueError for what is
    no picture or too large.
    """
    if len(content) > LARGEST_BYTES:
        rule = _("a picture of your own is a file of at most {most} MiB, got {value} MiB")
        most = LARGEST_BYTES // 2**20
        raise ValueError(rule.format(most=most, value=ceil(len(content) / 2**20)))
    try:
        with Image.open(BytesIO(content)) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                rule = _("a picture of your own has at most {most} million pixels, got {value}")
                millions = ceil(picture.width * picture.height / 1e6)
                raise ValueError(rule.format(most=LARGEST_PIXELS // 10**6, value=millions))
            square = Image.fromarray(fitted(picture, max(shape[1:])).transpose(1, 2, 0))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        # Pillow raises SyntaxError for broken PNG files.
        rule = _(
            "a picture of your own is a whole PNG, JPEG or other image file, got {count} bytes that"
            " are none"
        )
        raise ValueError(rule.format(count=len(content))) from error
    small = square.resize((shape[2], shape[1])).convert("L" if shape[0] == 1 else "RGB")
    pixels = np.asarray(small, np.uint8).reshape(shape[1], shape[2], shape[0])
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))
