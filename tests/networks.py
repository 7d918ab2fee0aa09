"""Networks for the tests of engines: those that ship, and fresh ones whose scores differ."""

from copy import deepcopy
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workbench.core.checkpoint import trained
from workbench.core.data import load
from workbench.core.engine import Compiler, Engine
from workbench.core.engine.runners import Pictures, TorchEager
from workbench.core.models import build
from workbench.core.pictures import normalized
from workbench.measurement import ignore
from workbench.setting import SHIPPED, Setting

# Not resnet8 on Fashion-MNIST: its 10,000 images take 20 s; on digits it is the same graph.
CHECKED = [key for key in SHIPPED if key != ("fashion_mnist", "resnet8")]


class Trained:
    """A shipped network, its compiler and data, and torch's scores of the test images."""

    def __init__(self, setting: Setting) -> None:
        self.data = load(setting.dataset)
        self.model = trained(setting, self.data, ignore)
        self.compiler = Compiler(self.model, self.data.image_shape)
        self.test = normalized(self.data.test_images, self.data)
        self.calibration = normalized(self.data.train_images[:128], self.data)
        self.scores = TorchEager(deepcopy(self.model), "cpu").logits(self.test)

    def right(self, scores: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which test images these scores put in their class."""
        right: NDArray[np.bool_] = scores.argmax(1) == self.data.test_labels
        return right


@cache
def shipped_network(dataset: str, model: str) -> Trained:
    """The shipped network, loaded once; whoever changes its weights takes a copy."""
    return Trained(SHIPPED[dataset, model])


def fresh_network(name: str, shape: tuple[int, int, int]) -> nn.Module:
    """An untrained network whose batch norms have seen pictures, so that its scores differ."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        model = build(Setting(model=name), shape, 10).train()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 0.5
                nn.init.uniform_(module.weight, 0.5, 2)
                nn.init.normal_(module.bias, std=0.5)
        for _batch in range(6):
            model(torch.rand(32, *shape) * 2 - 1)
    return model.eval()


def pictures_of(shape: tuple[int, int, int], count: int = 64) -> Pictures:
    """Noise of mean 0 and deviation 1."""
    return np.random.default_rng(0).normal(size=(count, *shape)).astype(np.float32)


def error_of(engine: Engine, model: nn.Module, pictures: Pictures) -> float:
    """How far the engine's scores are from torch's at most, as a share of the largest score."""
    theirs = TorchEager(deepcopy(model), "cpu").logits(pictures)
    return float(np.abs(engine.logits(pictures) - theirs).max() / np.abs(theirs).max())
