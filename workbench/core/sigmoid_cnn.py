"""A network whose first gradients float16 cannot hold: plain convolutions and sigmoids."""

from itertools import pairwise

import torch
from torch import Tensor, nn


class SigmoidCNN(nn.Module):
    """`depth` + 1 convolutions, each followed by a sigmoid whose slope is a quarter at most.

    Without batch norms nothing makes up for that, so the gradient shrinks from layer to layer
    (Hochreiter 1991) until float16 cannot hold it. The first and third have stride 2.
    """

    def __init__(
        self, shape: tuple[int, int, int], classes: int, *, width: int, depth: int, kernel_size: int
    ) -> None:
        super().__init__()
        channels = [shape[0], *[width] * (depth + 1)]
        self.blocks = nn.Sequential(
            *[
                nn.Sequential(
                    nn.Conv2d(
                        inputs, outputs, kernel_size, 2 if place in (0, 2) else 1, kernel_size // 2
                    ),
                    nn.Sigmoid(),
                )
                for place, (inputs, outputs) in enumerate(pairwise(channels))
            ]
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(width, classes)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.classifier(torch.flatten(self.pool(self.blocks(images)), 1))
        return scores
