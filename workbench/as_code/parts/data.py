"""Images and labels from a folder of arrays, and how often a network is right on them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

Answer = Callable[[NDArray[np.float32]], NDArray[np.float32]]


class Data:
    """PART_images.npy and PART_labels.npy, PART being train, validation or test as needed."""

    def __init__(self, folder: str) -> None:
        self.arrays = {file.stem: np.load(file) for file in Path(folder).glob("*.npy")}
        about = json.loads(Path(folder, "about.json").read_text(encoding="utf-8"))
        self.classes: list[str] = about["classes"]
        self.mean, self.std = (
            255 * np.array(about[name], np.float32).reshape(1, -1, 1, 1) for name in ("mean", "std")
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of an image."""
        images = next(each for name, each in self.arrays.items() if name.endswith("_images"))
        _, channels, height, width = images.shape
        return channels, height, width

    def pictures(self, part: str, count: int | None = None) -> NDArray[np.float32]:
        """The first images, in each channel with mean 0 and deviation 1 over the training set."""
        images = self.arrays[f"{part}_images"][:count].astype(np.float32)
        found: NDArray[np.float32] = (images - self.mean) * (np.float32(1) / self.std)
        return found

    def labels(self, part: str, count: int | None = None) -> NDArray[np.int64]:
        found: NDArray[np.int64] = self.arrays[f"{part}_labels"][:count].astype(np.int64)
        return found

    def batch(self, count: int) -> tuple[Tensor, Tensor]:
        """The first training images and their labels, for PyTorch."""
        pictures = torch.from_numpy(self.pictures("train", count))
        labels = torch.from_numpy(self.labels("train", count))
        return pictures.contiguous(memory_format=torch.channels_last), labels


def scores_of(answer: Answer, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """What `answer` says of all pictures, asked for 500 at a time."""
    parts = [answer(pictures[start : start + 500]) for start in range(0, len(pictures), 500)]
    return np.concatenate(parts)


def report(answer: Answer, data: Data, file: str) -> None:
    """Print how often the answers are right, and how large the file is."""
    labels = data.labels("test")
    right = scores_of(answer, data.pictures("test")).argmax(axis=1) == labels
    print(f"accuracy: {right.mean():.4f} on {len(labels)} test images")
    print(f"file: {Path(file).stat().st_size} bytes ({file})")


def validate(model: nn.Module, data: Data, device: str = "cpu") -> tuple[float, float]:
    """Mean cross-entropy and share of right answers on the validation images."""
    labels = torch.from_numpy(data.labels("validation"))
    scores = torch.from_numpy(
        scores_of(in_torch(model, device), data.pictures("validation"))
    ).double()
    right = (scores.argmax(dim=1) == labels).double().mean()
    return float(functional.cross_entropy(scores, labels)), float(right)


def in_torch(model: nn.Module, device: str = "cpu") -> Answer:
    """Scores of a network in PyTorch."""
    model = model.eval().to(device).to(memory_format=torch.channels_last)

    @torch.no_grad()
    def answer(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        batch = torch.from_numpy(pictures).to(device)
        scores = model(batch.contiguous(memory_format=torch.channels_last))
        found: NDArray[np.float32] = scores.float().cpu().numpy()
        return found

    return answer
