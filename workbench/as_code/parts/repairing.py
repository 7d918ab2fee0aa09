"""Training images in batches, batch norms measured anew."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.as_code.parts.data import Data

Augment = Callable[[Tensor, torch.Generator], Tensor]


def updates(images: int, batch_size: int) -> int:
    """Batches of an epoch; a single image that is left over is none."""
    full, left = divmod(images, batch_size)
    return full + (left >= min(2, batch_size))


def batches(
    data: Data,
    batch_size: int,
    generator: torch.Generator,
    augment: Augment | None = None,
    most: int | None = None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch of shuffled pictures and labels; `most`: of only the first training images."""
    images, labels = data.arrays["train_images"][:most], data.labels("train", most)
    mean, factor = torch.from_numpy(data.mean), 1 / torch.from_numpy(data.std)
    order = torch.randperm(len(labels), generator=generator).numpy()
    for number in range(updates(len(order), batch_size)):
        chosen = np.sort(order[number * batch_size : (number + 1) * batch_size])
        pictures = torch.from_numpy(images[chosen])
        if augment is not None:
            pictures = augment(pictures, generator)
        floats = torch.empty(pictures.shape).contiguous(memory_format=torch.channels_last)
        yield floats.copy_(pictures).sub_(mean).mul_(factor), torch.from_numpy(labels[chosen])


def shifted(pictures: Tensor, generator: torch.Generator, flips: bool = False) -> Tensor:
    """Each picture moved by up to 2 pixels, and flipped left to right or not."""
    count, _, height, width = pictures.shape
    offsets = torch.randint(0, 5, (2, count, 1), generator=generator)
    rows, columns = torch.arange(height) + offsets[0], torch.arange(width) + offsets[1]
    if flips:
        is_flipped = torch.rand(count, 1, generator=generator) < 0.5
        columns = torch.where(is_flipped, columns.flip(1), columns)
    padded = functional.pad(pictures, (2, 2, 2, 2))
    moved = padded[torch.arange(count)[:, None, None], :, rows[:, :, None], columns[:, None, :]]
    return moved.permute(0, 3, 1, 2)


def shifted_and_flipped(pictures: Tensor, generator: torch.Generator) -> Tensor:
    return shifted(pictures, generator, True)


@torch.no_grad()
def recalibrate(model: nn.Module, data: Data) -> None:
    """Measure means and variances of every batch norm anew, on 1024 training images."""
    norms: list[Any] = [part for part in model.modules() if isinstance(part, nn.BatchNorm2d)]
    pictures, _labels = data.batch(1024)
    model.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over all batches
    for start in range(0, len(pictures) - 1, 64):
        model(pictures[start : start + 64])
    for norm in norms:
        norm.momentum = 0.1
    model.eval()
