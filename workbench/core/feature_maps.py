"""Feature maps: what the first layers of a trained network make of one picture."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workbench.core.data import Dataset
from workbench.core.models import SmallCNN
from workbench.core.pictures import normalized
from workbench.measurement.kernels import FeatureMaps

LAYERS = 2


def feature_maps(
    model: SmallCNN, image: NDArray[np.uint8], data: Dataset
) -> tuple[FeatureMaps, ...]:
    """Of the first LAYERS convolutions, after batch norm and ReLU, as the next layer gets them.

    `image`: uint8 of the data set's shape (channels, height, width).
    """
    return tuple(_through(model, torch.from_numpy(normalized(image[None], data))))


@torch.no_grad()
def _through(model: SmallCNN, features: torch.Tensor) -> Iterator[FeatureMaps]:
    for number, block in enumerate(model.blocks[:LAYERS]):
        features = block(features)
        convolution = block.get_submodule("0")
        if not isinstance(convolution, nn.Conv2d):
            raise TypeError(type(convolution))
        own = convolution.weight.mean(dim=1).numpy() if number == 0 else None
        yield FeatureMaps(
            kernel_size=convolution.kernel_size[0],
            layer=f"blocks.{number}.0",
            maps=features[0].numpy(),
            filters=own,
        )
