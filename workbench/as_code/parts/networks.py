"""The networks of the workbench in plain PyTorch."""

from itertools import pairwise
from math import ceil

import torch
from torch import Tensor, nn


def conv_block(
    inputs: int, outputs: int, kernel_size: int, stride: int, padding: int
) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size, stride=stride, padding=padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class MLP(nn.Module):
    def __init__(
        self, shape: tuple[int, int, int], classes: int, width: int = 128, depth: int = 2
    ) -> None:
        super().__init__()
        sizes = [shape[0] * shape[1] * shape[2], *[width] * depth]
        self.hidden = nn.Sequential(
            *[nn.Sequential(nn.Linear(a, b), nn.ReLU()) for a, b in pairwise(sizes)]
        )
        self.classifier = nn.Linear(sizes[-1], classes)

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(self.hidden(torch.flatten(images, 1)))  # type: ignore[no-any-return]


class SmallCNN(nn.Module):
    """Blocks that double the channels and divide the picture; 2 x 2 means; one linear layer."""

    def __init__(
        self,
        shape: tuple[int, int, int],
        classes: int,
        width: int = 16,
        depth: int = 2,
        kernel_size: int = 3,
        convolutions: int = 1,
        stride: int = 2,
        padding: str = "same",
    ) -> None:
        super().__init__()
        zeros = kernel_size // 2 if padding == "same" else 0
        inputs, *sides = shape
        layers = []
        for block in range(depth + 1):
            outputs = width * 2**block
            for number in range(convolutions):
                step = stride if number == convolutions - 1 else 1
                layers.append(conv_block(inputs, outputs, kernel_size, step, zeros))
                inputs = outputs
                sides = [(side + 2 * zeros - kernel_size) // step + 1 for side in sides]
        self.blocks = nn.Sequential(*layers)
        height, across = sides
        self.pool = nn.AvgPool2d(
            (ceil(height / 2), ceil(across / 2)), (max(height // 2, 1), max(across // 2, 1))
        )
        self.classifier = nn.Linear(inputs * min(height, 2) * min(across, 2), classes)

    def forward(self, images: Tensor) -> Tensor:
        means = torch.flatten(self.pool(self.blocks(images)), 1)
        return self.classifier(means)  # type: ignore[no-any-return]


class ResidualBlock(nn.Module):
    """Two convolutions and a shortcut around them."""

    def __init__(self, inputs: int, outputs: int, kernel_size: int) -> None:
        super().__init__()
        zeros = kernel_size // 2
        self.first = conv_block(inputs, outputs, kernel_size, 2, zeros)
        self.second = conv_block(outputs, outputs, kernel_size, 1, zeros)[:2]
        self.shortcut = conv_block(inputs, outputs, 1, 2, 0)[:2]
        self.relu = nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        total = self.second(self.first(maps)) + self.shortcut(maps)
        return self.relu(total)  # type: ignore[no-any-return]


class ResNet8(nn.Module):
    def __init__(
        self,
        shape: tuple[int, int, int],
        classes: int,
        width: int = 16,
        depth: int = 3,
        kernel_size: int = 3,
    ) -> None:
        super().__init__()
        channels = [width * 2**block for block in range(depth + 1)]
        self.stem = conv_block(shape[0], width, kernel_size, 1, kernel_size // 2)
        self.blocks = nn.Sequential(
            *[ResidualBlock(a, b, kernel_size) for a, b in pairwise(channels)]
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels[-1], classes)

    def forward(self, images: Tensor) -> Tensor:
        means = torch.flatten(self.pool(self.blocks(self.stem(images))), 1)
        return self.classifier(means)  # type: ignore[no-any-return]


class SigmoidCNN(nn.Module):
    def __init__(
        self,
        shape: tuple[int, int, int],
        classes: int,
        width: int = 8,
        depth: int = 6,
        kernel_size: int = 3,
    ) -> None:
        super().__init__()
        channels = [shape[0], *[width] * (depth + 1)]
        self.blocks = nn.Sequential(
            *[
                nn.Sequential(
                    nn.Conv2d(a, b, kernel_size, 2 if place in (0, 2) else 1, kernel_size // 2),
                    nn.Sigmoid(),
                )
                for place, (a, b) in enumerate(pairwise(channels))
            ]
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(width, classes)

    def forward(self, images: Tensor) -> Tensor:
        means = torch.flatten(self.pool(self.blocks(images)), 1)
        return self.classifier(means)  # type: ignore[no-any-return]


class Halved(nn.Module):
    """A network with weights and arithmetic in float16; pictures and scores in float32."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model.half()

    def forward(self, pictures: Tensor) -> Tensor:
        scores: Tensor = self.model(pictures.half())
        return scores.float()
