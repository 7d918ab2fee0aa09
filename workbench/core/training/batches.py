"""What a network learns from: one uint8 array, gathered and normalized batch by batch.

No loader and no Python work for single images: a batch costs less than a 20th of a small step.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from workbench.core.data import Dataset
from workbench.locale import _
from workbench.setting import Setting

SHIFT = 2


def learned_from(setting: Setting, data: Dataset) -> Dataset:
    """`data` with the training images that `setting` asks for; too few of them is refused."""
    count = len(data.train_labels)
    asked = setting.train_images or count
    if asked > count:
        rule = _("train_images is at most the {count} training images of {dataset}, got {value}")
        raise ValueError(rule.format(count=count, dataset=data.name, value=asked))
    if setting.batch_size > asked:
        rule = _("batch_size is at most the {count} training images there are, got {value}")
        raise ValueError(rule.format(count=asked, value=setting.batch_size))
    if asked == count:
        return data
    return replace(
        data, train_images=data.train_images[:asked], train_labels=data.train_labels[:asked]
    )


def batches_of(images: int, batch_size: int) -> int:
    """Updates of an epoch: a single image that is left over is no batch.

    Batch norm cannot learn from it, unless batches of one are asked.
    """
    full, left = divmod(images, batch_size)
    return full + (left >= min(2, batch_size))


def training_batches(
    setting: Setting, data: Dataset, generator: torch.Generator, into: Tensor | None = None
) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch of shuffled, augmented, normalized batches: float32 pictures and int64 labels.

    `into`: memory for the pictures of one batch, channels last, which each batch overwrites: it
    stays in the processor's cache, where new memory for every batch took a tenth of a small step.
    """
    images, labels = np.asarray(data.train_images), data.train_labels.astype(np.int64)
    device = "cpu" if into is None else into.device
    scale = 255 * torch.tensor(data.std, device=device).view(1, -1, 1, 1)
    mean = 255 * torch.tensor(data.mean, device=device).view(1, -1, 1, 1)
    factor = 1 / scale
    order = torch.randperm(len(labels), generator=generator).numpy()
    for number in range(batches_of(len(order), setting.batch_size)):
        start = number * setting.batch_size
        chosen = np.sort(order[start : start + setting.batch_size])
        pictures = torch.from_numpy(images.take(chosen, axis=0))
        if setting.augmentation != "none":
            pictures = augmented(pictures, setting, generator)
        batch = _as_floats(pictures, into).sub_(mean).mul_(factor)
        yield batch, torch.from_numpy(labels.take(chosen))


def room_for(setting: Setting, data: Dataset, device: str = "cpu") -> Tensor:
    """Memory for the pictures of one batch, where the network learns."""
    empty = torch.empty(setting.batch_size, *data.image_shape, device=device)
    return empty.contiguous(memory_format=torch.channels_last)


def _as_floats(pictures: Tensor, into: Tensor | None) -> Tensor:
    if into is None:
        return pictures.to(torch.float32, memory_format=torch.channels_last)
    return into[: len(pictures)].copy_(pictures)


def augmented(pictures: Tensor, setting: Setting, generator: torch.Generator) -> Tensor:
    """uint8 pictures, each shifted by up to 2 pixels, and flipped left to right or not."""
    if setting.augmentation == "none":
        return pictures
    count, _channels, height, width = pictures.shape
    offsets = torch.randint(0, 2 * SHIFT + 1, (2, count, 1), generator=generator)
    rows = torch.arange(height) + offsets[0]
    columns = torch.arange(width) + offsets[1]
    if setting.augmentation == "shift_flip":
        flips = torch.rand(count, 1, generator=generator) < 0.5
        columns = torch.where(flips, columns.flip(1), columns)
    padded = functional.pad(pictures, (SHIFT,) * 4)
    moved = padded[torch.arange(count)[:, None, None], :, rows[:, :, None], columns[:, None, :]]
    return moved.permute(0, 3, 1, 2)
