"""Networks as anybody may write them in a file, and how the tests make and refuse them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from workbench.core.models import build
from workbench.setting import Setting

SHAPE, CLASSES = (3, 32, 32), 4
NETWORKS = '''
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, maps):
        return torch.relu(maps + self.second(torch.relu(self.norm(self.first(maps)))))


def residual(classes, channels):
    return nn.Sequential(
        nn.Conv2d(channels, 8, 3, 2, 1), nn.ReLU(), Block(8),
        nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU(), Block(16),
        nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(64, classes),
    )


def depthwise(channels=3, *, classes):
    def part(inputs, outputs):
        return [
            nn.Conv2d(inputs, inputs, 3, 2, 1, groups=inputs, bias=False), nn.BatchNorm2d(inputs),
            nn.ReLU6(), nn.Conv2d(inputs, outputs, 1), nn.ReLU6(),
        ]
    return nn.Sequential(
        nn.Conv2d(channels, 12, 3, 1, 1), nn.ReLU(), *part(12, 16), *part(16, 24),
        nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(96, classes),
    )


class Odd(nn.Module):
    """Two branches, groups, attention over channels, lazy layers, a condition: not to be traced."""

    def __init__(self, classes, channels, size):
        super().__init__()
        self.size = size
        self.wide = nn.Conv2d(channels, 12, 5, padding=2)
        self.narrow = nn.Conv2d(channels, 12, 3, padding=1)
        self.norm = nn.GroupNorm(4, 24)
        self.grouped = nn.Conv2d(24, 24, 3, stride=2, padding=1, groups=4)
        self.attend = nn.Linear(24, 24)
        self.classifier = nn.LazyLinear(classes)

    def forward(self, images):
        if images.shape[-1] != self.size:
            raise ValueError("another size")
        maps = self.norm(torch.cat([self.wide(images), self.narrow(images)], 1))
        maps = self.grouped(nn.functional.gelu(maps))
        maps = maps * torch.sigmoid(self.attend(maps.mean((2, 3))))[:, :, None, None]
        maps = nn.functional.adaptive_avg_pool2d(maps, 2)
        return self.classifier(maps.flatten(1))
'''
NAMES = ("residual", "depthwise", "Odd")
TRACED = NAMES[:2]


def written_networks(folder: Path) -> Path:
    """A Python file with factories and a class that makes itself."""
    path = folder / "networks.py"
    path.write_text(NETWORKS, encoding="utf-8")
    return path


def made(name: str, shape: tuple[int, int, int] = SHAPE) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build(Setting(model=name), shape, CLASSES)


def refusal(act: Callable[[], object]) -> str:
    """The sentence that it is refused with: one line, no traceback."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the sentence is looked at by the caller
        act()
    assert "\n" not in str(caught.value)
    return str(caught.value)
