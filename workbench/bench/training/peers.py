"""The standard loop of PyTorch's quickstart, and the bare step: what ours is compared with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader
from torchvision.datasets import FashionMNIST
from torchvision.transforms import ToTensor

from workbench.core.data import Dataset
from workbench.core.training import optimizer_of, schedule_of
from workbench.setting import Setting

IDX_UINT8 = 8


def write_idx(folder: Path, data: Dataset) -> None:
    """The four files that torchvision's FashionMNIST reads, of our training and test images."""
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for kind, images, labels in (
        ("train", data.train_images, data.train_labels),
        ("t10k", data.test_images, data.test_labels),
    ):
        _write(raw / f"{kind}-images-idx3-ubyte", np.asarray(images)[:, 0])
        _write(raw / f"{kind}-labels-idx1-ubyte", labels.astype(np.uint8))


def _write(path: Path, array: NDArray[np.uint8]) -> None:
    head = np.array([IDX_UINT8 << 8 | array.ndim, *array.shape], ">u4").tobytes()
    path.write_bytes(head + np.ascontiguousarray(array).tobytes())


def quickstart(model: nn.Module, setting: Setting, total: int, folder: Path) -> Iterator[int]:
    """Train as the quickstart does: data set, ToTensor, DataLoader; the same optimizer as ours.

    Yields the number of images after each update.
    """
    images = FashionMNIST(str(folder), train=True, download=False, transform=ToTensor())
    loader: Any = DataLoader(
        images, batch_size=setting.batch_size, shuffle=True,
        generator=torch.Generator().manual_seed(setting.seed),
    )  # fmt: skip
    optimizer, loss_of = optimizer_of(model, setting), nn.CrossEntropyLoss()
    schedule = schedule_of(optimizer, setting, total)
    model.train()
    while True:
        for pictures, labels in loader:
            loss = loss_of(model(pictures), labels)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            yield len(labels)


def bare_steps(
    model: nn.Module, setting: Setting, batches: list[tuple[Tensor, Tensor]]
) -> Iterator[int]:
    """Nothing but forward, backward and step, on batches that lie ready in memory."""
    optimizer = optimizer_of(model, setting)
    model.train()
    while True:
        for pictures, labels in batches:
            loss = functional.cross_entropy(model(pictures), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield len(labels)
