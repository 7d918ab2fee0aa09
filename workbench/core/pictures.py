"""What a network is fed: pictures of shape (images, channels, height, width), normalized."""

import numpy as np
from numpy.typing import NDArray

from workbench.core.data import Dataset


def normalized(images: NDArray[np.uint8], data: Dataset) -> NDArray[np.float32]:
    """uint8 images as float32 with the training images' mean 0 and deviation 1 in each channel."""
    mean = np.array(data.mean, np.float32).reshape(1, -1, 1, 1) * 255
    scale: NDArray[np.float32] = np.float32(1) / (
        np.array(data.std, np.float32).reshape(1, -1, 1, 1) * 255
    )
    pictures: NDArray[np.float32] = (images.astype(np.float32) - mean) * scale
    return pictures
