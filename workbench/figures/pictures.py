"""Images of a data set as PNG."""

from base64 import b64encode
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def png(image: NDArray[np.uint8]) -> bytes:
    """A uint8 image of shape (channels, height, width), one channel or three, as a PNG file."""
    pixels = image[0] if len(image) == 1 else np.moveaxis(image, 0, -1)
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "png")
    return file.getvalue()


def png_address(image: NDArray[np.uint8]) -> str:
    """The PNG as a data address that an HTML image takes."""
    return "data:image/png;base64," + b64encode(png(image)).decode()
