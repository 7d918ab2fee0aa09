"""Networks by name: width, depth and windows are arguments of ours; torchvision's are fixed."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from workbench.core.own_model import is_own, own_model
from workbench.core.sigmoid_cnn import SigmoidCNN
from workbench.core.torchvision_models import torchvision_model
from workbench.core.windows import pooled, windows_of
from workbench.locale import _
from workbench.setting import Setting
from workbench.setting.space import Padding


def conv_block(
    inputs: int, outputs: int, kernel_size: int, stride: int = 1, padding: int | None = None
) -> nn.Sequential:
    """Convolution, batch normalization, ReLU; if not given, the padding keeps the picture's size.

    That holds at stride 1; the size is divided by larger ones.
    """
    zeros = kernel_size // 2 if padding is None else padding
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size, stride=stride, padding=zeros, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class MLP(nn.Module):
    """`depth` hidden layers of `width` neurons on the flattened picture."""

    def __init__(
        self, shape: tuple[int, int, int], classes: int, *, width: int, depth: int
    ) -> None:
        super().__init__()
        sizes = [shape[0] * shape[1] * shape[2], *[width] * depth]
        self.hidden = nn.Sequential(
            *[
                nn.Sequential(nn.Linear(inputs, outputs), nn.ReLU())
                for inputs, outputs in pairwise(sizes)
            ]
        )
        self.classifier = nn.Linear(sizes[-1], classes)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.classifier(self.hidden(torch.flatten(images, 1)))
        return scores


class SmallCNN(nn.Module):
    """A stem of `width` channels and `depth` blocks that double them; each divides the picture.

    Strides instead of max-pooling, which took half of such a network's time on a CPU; 2 x 2 means
    of the last maps instead of one, since where a sleeve is tells more than that there is one.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        classes: int,
        *,
        width: int,
        depth: int,
        kernel_size: int,
        convolutions: int = 1,
        stride: int = 2,
        padding: Padding = "same",
    ) -> None:
        super().__init__()
        windows = windows_of(
            shape,
            width=width,
            depth=depth,
            kernel_size=kernel_size,
            convolutions=convolutions,
            stride=stride,
            padding=padding,
        )
        self.blocks = nn.Sequential(
            *[
                conv_block(each.inputs, each.outputs, kernel_size, each.stride, each.padding)
                for each in windows
            ]
        )
        height, width = windows[-1].after
        self.pool = nn.AvgPool2d(
            (math.ceil(height / 2), math.ceil(width / 2)), (max(height // 2, 1), max(width // 2, 1))
        )
        self.classifier = nn.Linear(windows[-1].outputs * pooled((height, width)), classes)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.classifier(torch.flatten(self.pool(self.blocks(images)), 1))
        return scores


class ResidualBlock(nn.Module):
    """Two convolutions and a shortcut around them (He et al. 2016)."""

    def __init__(self, inputs: int, outputs: int, kernel_size: int, stride: int) -> None:
        super().__init__()
        self.first = conv_block(inputs, outputs, kernel_size, stride)
        self.second = conv_block(outputs, outputs, kernel_size)[:2]
        self.shortcut = conv_block(inputs, outputs, 1, stride)[:2]
        self.relu = nn.ReLU()

    def forward(self, features: Tensor) -> Tensor:
        sums: Tensor = self.relu(self.second(self.first(features)) + self.shortcut(features))
        return sums


class ResNet8(nn.Module):
    """A stem and `depth` residual blocks, each twice as wide on half the picture; 3: 8 layers."""

    def __init__(
        self, shape: tuple[int, int, int], classes: int, *, width: int, depth: int, kernel_size: int
    ) -> None:
        super().__init__()
        channels = [width * 2**block for block in range(depth + 1)]
        self.stem = conv_block(shape[0], width, kernel_size)
        self.blocks = nn.Sequential(
            *[
                ResidualBlock(inputs, outputs, kernel_size, stride=2)
                for inputs, outputs in pairwise(channels)
            ]
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels[-1], classes)

    def forward(self, features: Tensor) -> Tensor:
        features = self.pool(self.blocks(self.stem(features)))
        scores: Tensor = self.classifier(torch.flatten(features, 1))
        return scores


@dataclass(frozen=True, kw_only=True)
class Family:
    """A network of ours: how it is made, and its arguments where a Setting leaves them open."""

    make: Callable[..., nn.Module]
    defaults: Mapping[str, int | str]


FORM = ("width", "depth", "kernel_size", "convolutions", "stride", "padding")
"""Fields of a setting that only the network's form depends on."""
FAMILIES = {
    "mlp": Family(make=MLP, defaults={"width": 128, "depth": 2}),
    "small_cnn": Family(
        make=SmallCNN,
        defaults={
            "width": 16,
            "depth": 2,
            "kernel_size": 3,
            "convolutions": 1,
            "stride": 2,
            "padding": "same",
        },
    ),
    "resnet8": Family(make=ResNet8, defaults={"width": 16, "depth": 3, "kernel_size": 3}),
    "sigmoid_cnn": Family(make=SigmoidCNN, defaults={"width": 8, "depth": 6, "kernel_size": 3}),
}


def asked_form(setting: Setting) -> dict[str, Any]:
    """The fields of the form that `setting` does not leave open."""
    return {name: value for name in FORM if (value := getattr(setting, name)) is not None}


def build(setting: Setting, shape: tuple[int, int, int], classes: int) -> nn.Module:
    """The untrained network of `setting` for pictures of `shape` (channels, height, width)."""
    asked = asked_form(setting)
    if is_own(setting.model):
        return own_model(setting, asked, shape, classes, build)
    family = FAMILIES.get(setting.model)
    if family is None:
        return torchvision_model(setting.model, asked, shape, classes, ours=tuple(FAMILIES))
    for name in asked:
        if name not in family.defaults:
            raise ValueError(
                _("{model} has no {name}; it has {known}").format(
                    model=setting.model, name=name, known=", ".join(family.defaults)
                )
            )
    if asked.get("kernel_size", 1) > min(shape[1:]):
        raise ValueError(
            _("kernel_size is at most the picture's side, {side} pixels, got {value}").format(
                side=min(shape[1:]), value=asked["kernel_size"]
            )
        )
    return family.make(shape, classes, **{**family.defaults, **asked})
