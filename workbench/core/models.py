"""Networks by name: width, depth and kernel size are arguments; torchvision's come by their own names."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from workbench.locale import _
from workbench.setting import Setting


def conv_block(inputs: int, outputs: int, kernel_size: int, stride: int = 1) -> nn.Sequential:
    """Convolution, batch normalization, ReLU; the padding keeps the picture's size at stride 1."""
    return nn.Sequential(
        nn.Conv2d(
            inputs, outputs, kernel_size, stride=stride, padding=kernel_size // 2, bias=False
        ),
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
                for inputs, outputs in zip(sizes[:-1], sizes[1:], strict=True)
            ]
        )
        self.classifier = nn.Linear(sizes[-1], classes)

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(self.hidden(torch.flatten(images, 1)))


class SmallCNN(nn.Module):
    """A stem of `width` channels and `depth` blocks that double them; each halves the picture.

    Strides instead of max-pooling, which took half of such a network's time on a CPU; 2 x 2 means
    of the last maps instead of one, since where a sleeve is tells more than that there is one.
    """

    def __init__(
        self, shape: tuple[int, int, int], classes: int, *, width: int, depth: int, kernel_size: int
    ) -> None:
        super().__init__()
        channels = [shape[0], *[width * 2**block for block in range(depth + 1)]]
        self.blocks = nn.Sequential(
            *[
                conv_block(inputs, outputs, kernel_size, stride=2)
                for inputs, outputs in zip(channels[:-1], channels[1:], strict=True)
            ]
        )
        sides = [math.ceil(side / 2 ** (depth + 1)) for side in shape[1:]]
        self.pool = nn.AvgPool2d(
            tuple(math.ceil(side / 2) for side in sides), tuple(max(side // 2, 1) for side in sides)
        )
        means = math.prod(min(side, 2) for side in sides)
        self.classifier = nn.Linear(channels[-1] * means, classes)

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.pool(self.blocks(images)), 1))


class ResidualBlock(nn.Module):
    """Two convolutions and a shortcut around them (He et al. 2016)."""

    def __init__(self, inputs: int, outputs: int, kernel_size: int, stride: int) -> None:
        super().__init__()
        self.first = conv_block(inputs, outputs, kernel_size, stride)
        self.second = conv_block(outputs, outputs, kernel_size)[:2]
        self.shortcut = conv_block(inputs, outputs, 1, stride)[:2]
        self.relu = nn.ReLU()

    def forward(self, features: Tensor) -> Tensor:
        return self.relu(self.second(self.first(features)) + self.shortcut(features))


class ResNet8(nn.Module):
    """A stem and `depth` residual blocks, each twice as wide on half the picture: 8 layers at depth 3."""

    def __init__(
        self, shape: tuple[int, int, int], classes: int, *, width: int, depth: int, kernel_size: int
    ) -> None:
        super().__init__()
        channels = [width * 2**block for block in range(depth + 1)]
        self.stem = conv_block(shape[0], width, kernel_size)
        self.blocks = nn.Sequential(
            *[
                ResidualBlock(inputs, outputs, kernel_size, stride=2)
                for inputs, outputs in zip(channels[:-1], channels[1:], strict=True)
            ]
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels[-1], classes)

    def forward(self, features: Tensor) -> Tensor:
        features = self.pool(self.blocks(self.stem(features)))
        return self.classifier(torch.flatten(features, 1))


@dataclass(frozen=True, kw_only=True)
class Family:
    """A network of ours: how it is made, and its arguments where a Setting leaves them open."""

    make: Callable[..., nn.Module]
    defaults: dict[str, int]


FAMILIES = {
    "mlp": Family(make=MLP, defaults={"width": 128, "depth": 2}),
    "small_cnn": Family(make=SmallCNN, defaults={"width": 16, "depth": 2, "kernel_size": 3}),
    "resnet8": Family(make=ResNet8, defaults={"width": 16, "depth": 3, "kernel_size": 3}),
}


def build(setting: Setting, shape: tuple[int, int, int], classes: int) -> nn.Module:
    """The untrained network of `setting` for pictures of `shape` (channels, height, width)."""
    asked = {
        name: value
        for name in ("width", "depth", "kernel_size")
        if (value := getattr(setting, name)) is not None
    }
    family = FAMILIES.get(setting.model)
    if family is None:
        return _torchvision_model(setting.model, asked, shape, classes)
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
    return family.make(shape, classes, **(family.defaults | asked))


def _torchvision_model(
    name: str, asked: dict[str, int], shape: tuple[int, int, int], classes: int
) -> nn.Module:
    """torchvision's classification network `name`, its first convolution fitted to our channels."""
    from torchvision import models  # another 2 s of import: only where it is used

    known = models.list_models(module=models)
    if name not in known:
        raise ValueError(
            _("model is one of {ours} or one of torchvision's ({theirs}), got {value}").format(
                ours=", ".join(FAMILIES), theirs=", ".join(known), value=name
            )
        )
    if asked:
        raise ValueError(
            _("{model} is torchvision's and has no {name} to set").format(
                model=name, name=", ".join(asked)
            )
        )
    extra = {"init_weights": True} if name in {"googlenet", "inception_v3"} else {}
    if extra:
        extra["aux_logits"] = False
    model = models.get_model(name, weights=None, num_classes=classes, **extra)
    if shape[0] != 3:
        _refit_first_convolution(model, shape[0])
    _check_takes(model, name, shape)
    return model


@torch.no_grad()
def _check_takes(model: nn.Module, name: str, shape: tuple[int, int, int]) -> None:
    """Refuse pictures too small for `model`: most of torchvision's halve them five times."""
    was_training = model.training
    try:
        model.eval()(torch.zeros(1, *shape))
    except Exception as error:  # each network has its own: RuntimeError, AssertionError, ValueError
        raise ValueError(
            _("{model} cannot take pictures of {height} x {width} pixels: {reason}").format(
                model=name, height=shape[1], width=shape[2], reason=" ".join(str(error).split())
            )
        ) from error
    model.train(was_training)


def _refit_first_convolution(model: nn.Module, channels: int) -> None:
    path, old = next((p, m) for p, m in model.named_modules() if isinstance(m, nn.Conv2d))
    parent = model.get_submodule(path.rpartition(".")[0])
    fresh = nn.Conv2d(
        channels,
        old.out_channels,
        old.kernel_size,  # type: ignore[arg-type]
        stride=old.stride,  # type: ignore[arg-type]
        padding=old.padding,  # type: ignore[arg-type]
        bias=old.bias is not None,
    )
    setattr(parent, path.rpartition(".")[2], fresh)
