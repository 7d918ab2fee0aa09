"""The loss landscape along one number, with every step of gradient descent on it really taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from workbench.core.data import Dataset, load
from workbench.core.machine import machine, use_one_thread
from workbench.core.models import build
from workbench.core.pictures import normalized
from workbench.core.training import training_batches
from workbench.locale import Message, message
from workbench.measurement import Progress, Report
from workbench.measurement.landscape import Descent, Landscape, Line, Path, Step
from workbench.setting import Setting

IMAGES = 256
UPDATES = 60
STEPS = 20
POINTS = 41
RATES = (0.001, 0.01, 0.1, 1.0, 10.0)
"""Of the trainings of all weights."""
LINE_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""Of the descents along a line, which bends less than the steepest of all directions."""
BEFORE, BEYOND = 0.5, 2.0
"""How far a line is followed to both sides of start and trained, in their distance."""
LEAST_REACH = 4.0
FAR = 50.0
"""So many reaches of the line away a ball is lost."""


class Surface:
    """The loss of one network on the same training images, over all of its weights as a vector."""

    def __init__(self, setting: Setting, data: Dataset) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(setting.seed)
            self.model: nn.Module = build(setting, data.image_shape, len(data.classes)).train()
        images = data.train_images[:IMAGES]
        self._pictures = torch.from_numpy(normalized(images, data))
        self._labels = torch.from_numpy(data.train_labels[:IMAGES].astype(np.int64))
        self._parameters = list(self.model.parameters())
        self.start = parameters_to_vector(self._parameters).detach().clone()

    @property
    def images(self) -> int:
        """How many images the loss is the mean over."""
        return len(self._labels)

    def loss(self, weights: Tensor) -> float:
        """Cross-entropy at `weights`, shape (parameters,); batch norms use these images."""
        vector_to_parameters(weights, self._parameters)
        with torch.no_grad():
            return self._loss(self._pictures, self._labels).item()

    def loss_and_gradient(self, weights: Tensor) -> tuple[float, Tensor]:
        """The loss and its gradient, shape (parameters,)."""
        return self.on_batch(weights, self._pictures, self._labels)

    def on_batch(self, weights: Tensor, pictures: Tensor, labels: Tensor) -> tuple[float, Tensor]:
        """The same for other images."""
        vector_to_parameters(weights, self._parameters)
        with torch.inference_mode(mode=False), torch.enable_grad():
            loss = self._loss(pictures, labels)
            gradient = torch.autograd.grad(loss, self._parameters)
        return loss.item(), parameters_to_vector(gradient)

    def _loss(self, pictures: Tensor, labels: Tensor) -> Tensor:
        return functional.cross_entropy(self.model(pictures), labels)


@dataclass(frozen=True, kw_only=True)
class Ray:
    """w0 + (w - origin) * direction: weights by one number w, which is `origin` at the start."""

    start: Tensor
    direction: Tensor
    origin: float

    def at(self, position: float) -> Tensor:
        """All weights where the number is `position`, shape (parameters,)."""
        return self.start + (position - self.origin) * self.direction

    def seen(self, weights: Tensor) -> float:
        """Where a network lies, seen from the line."""
        return self.origin + float((weights - self.start) @ self.direction)


@torch.inference_mode(mode=False)
def landscape(setting: Setting, report: Report) -> Landscape:
    """Loss along a direction and along one weight, with descents; and trainings of all weights.

    The direction leads from the start to where the best of the trainings arrived (Goodfellow et
    al. 2015), of length 1, so that a learning rate means on it what it means for all weights.
    """
    use_one_thread()
    data = load(setting.dataset)
    surface = Surface(setting, data)
    check = _Checks(report)
    paths, ends = _trainings(surface, setting, data, check)
    best = min((rate for rate in ends if ends[rate] is not None), key=lambda r: _last(paths, r))
    return Landscape(
        setting=setting,
        lines=tuple(_lines(surface, ends[best], check)),
        paths=paths,
        how=message(
            "cross-entropy on the same {images} training images at {points} points and at every"
            " step, by the network itself",
            images=surface.images,
            points=POINTS,
        ),
        machine=machine(),
    )
