"""The loss of one network over all of its weights as one vector, and lines through it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from workbench.core.data import Dataset
from workbench.core.pictures import normalized
from workbench.core.training import training_batches, untrained
from workbench.setting import Setting


class Surface:
    """The untrained network of a setting, and its loss on the first `images` training images.

    Weights are vectors of shape (parameters,); batch norms use the images of the moment.
    """

    def __init__(self, setting: Setting, data: Dataset, images: int) -> None:
        # As vectors weights lie in one row, whatever the layout that trains fastest.
        model = untrained(setting, data).to(memory_format=torch.contiguous_format)
        self.model = model.train()
        self.pictures = torch.from_numpy(normalized(data.train_images[:images], data))
        self.labels = torch.from_numpy(data.train_labels[:images].astype(np.int64))
        self._parameters = list(self.model.parameters())
        self.start = parameters_to_vector(self._parameters).detach().clone()

    @torch.no_grad()
    def loss(self, weights: Tensor) -> float:
        """Cross-entropy on the images, in nats."""
        vector_to_parameters(weights, self._parameters)
        return self._loss(self.pictures, self.labels).item()

    def descend(self, weights: Tensor) -> tuple[float, Tensor]:
        """The loss on the images and its gradient."""
        return self.on_batch(weights, self.pictures, self.labels)

    @torch.enable_grad()
    def on_batch(self, weights: Tensor, pictures: Tensor, labels: Tensor) -> tuple[float, Tensor]:
        """The loss on other images and its gradient."""
        vector_to_parameters(weights, self._parameters)
        loss = self._loss(pictures, labels)
        gradient = torch.autograd.grad(loss, self._parameters)
        return loss.item(), torch.cat([part.reshape(-1) for part in gradient])

    def _loss(self, pictures: Tensor, labels: Tensor) -> Tensor:
        return functional.cross_entropy(self.model(pictures), labels)

    def walked(self, setting: Setting, data: Dataset, rate: float) -> Iterator[Tensor]:
        """The weights after each update of plain gradient descent over batches, for ever."""
        generator = torch.Generator().manual_seed(setting.seed)
        weights = self.start
        while True:
            for pictures, labels in training_batches(setting, data, generator):
                _loss, gradient = self.on_batch(weights, pictures, labels)
                weights = weights - rate * gradient
                yield weights

    def towards(self, weights: Tensor) -> "Ray":
        """The line from the start to `weights`: its number is the distance walked, from 0."""
        way = weights - self.start
        return Ray(start=self.start, direction=way / way.norm(), origin=0.0)

    def along_one_weight(self) -> tuple["Ray", str]:
        """The line of one weight's own value, and the name of its layer's weight.

        Of the last layer that weight whose gradient is largest at the start.
        """
        _loss, gradient = self.descend(self.start)
        sizes = [weight.numel() for weight in self._parameters]
        names = [name for name, _weight in self.model.named_parameters()]
        last = max(i for i, weight in enumerate(self._parameters) if weight.dim() > 1)
        first = sum(sizes[:last])
        place = first + int(gradient[first : first + sizes[last]].abs().argmax())
        axis = torch.zeros_like(self.start)
        axis[place] = 1.0
        return Ray(start=self.start, direction=axis, origin=self.start[place].item()), names[last]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ray:
    """Weights by one number w, `origin` at the start; a `direction` of length 1."""

    start: Tensor
    direction: Tensor
    origin: float

    def at(self, position: float) -> Tensor:
        """All weights where the number is `position`, shape (parameters,)."""
        return self.start + (position - self.origin) * self.direction

    def seen(self, weights: Tensor) -> float:
        """Where a network lies, seen from the line."""
        return self.origin + float((weights - self.start) @ self.direction)

    def slope(self, gradient: Tensor) -> float:
        """How fast the loss rises with the number, from its gradient over all weights."""
        return float(gradient @ self.direction)
