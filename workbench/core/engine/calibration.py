"""The ranges of activations, from calibration images: all values, or without the extremes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import ModelProto

from workbench.core.engine.clipping import chosen_range
from workbench.core.engine.graph import INPUT
from workbench.core.engine.runners import OnnxRuntime, Pictures
from workbench.core.engine.tensors import observing, quantized_tensors
from workbench.locale import _, message
from workbench.measurement import ActivationHistogram, Quantity
from workbench.setting import Setting

Check = Callable[[], None]
Ranges = Mapping[str, tuple[float, float]]
AT_ONCE = 32
PIXELS_AT_ONCE = 2**15
BINS = 2048
BINS_SHOWN = 64
MOST_SHOWN = 2**23


def at_ease() -> None:
    """A check for callers that never end a computation early."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """What the images showed: the range of each tensor, what is clipped, the first layer's values.

    `values`: some images at a time, each (images, channels, height, width) or (images, neurons);
    no more than about MOST_SHOWN in all.
    """

    ranges: Ranges
    clipped_share: Quantity
    first: str
    values: tuple[NDArray[np.float32], ...]
    bits: int

    @cached_property
    def activations(self) -> ActivationHistogram:
        """The first layer's activations by value, counted when a figure asks, and their range."""
        counts, edges = np.histogram(np.concatenate([v.ravel() for v in self.values]), BINS_SHOWN)
        low, high = self.ranges[self.first]
        return ActivationHistogram(
            layer=_spoken(self.first),
            edges=tuple(edges.tolist()),
            counts=tuple(counts.tolist()),
            low=low,
            high=high,
            bits=self.bits,
        )


def calibrated(
    proto: ModelProto, pictures: Pictures, setting: Setting, check: Check = at_ease
) -> Calibration:
    """Ranges of every tensor that is to be quantized, by the setting's method, over `pictures`.

    Some pictures at a time; `check` is called between, and may raise to end it.
    """
    if len(pictures) == 0:
        raise ValueError(_("calibration needs at least 1 image, got 0"))
    observer = _Observer(proto, pictures, check)
    widest = observer.ranges()
    ranges, outside, total = widest, 0.0, 1.0
    if setting.calibration_method != "minmax" and setting.bits_of_activations < 16:
        histograms = observer.histograms(widest)
        ranges = {n: chosen_range(h, widest[n], setting) for n, h in histograms.items()}
        outside = sum(_outside(h, widest[n], ranges[n]) for n, h in histograms.items())
        total = float(sum(h.sum() for h in histograms.values()))
    how = message(
        "activations of {n} calibration images beyond the range that {method} gives them",
        n=len(pictures),
        method=setting.calibration_method,
    )
    share = Quantity(
        value=outside / total, unit="fraction", provenance="measured", how=how, n=len(pictures)
    )
    return Calibration(
        ranges=ranges,
        clipped_share=share,
        first=observer.first,
        values=tuple(observer.seen),
        bits=setting.bits_of_activations,
    )


def _outside(
    counts: NDArray[np.int64], widest: tuple[float, float], kept: tuple[float, float]
) -> float:
    edges = np.linspace(*widest, BINS + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    return float(counts[(middles < kept[0]) | (middles > kept[1])].sum())


def _spoken(tensor: str) -> str:
    """The module that makes a tensor, of the path that the exporter names it by."""
    path = tensor.strip("/").split("/")
    return path[-2] if len(path) > 1 else tensor


class _Observer:
    """Runs the network on the pictures with every tensor of interest as an output."""

    def __init__(self, proto: ModelProto, pictures: Pictures, check: Check) -> None:
        self._names = quantized_tensors(proto)
        self.first = next((name for name in self._names if name != INPUT), INPUT)
        self.seen: list[NDArray[np.float32]] = []
        self._pictures, self._check = pictures, check
        file = observing(proto).SerializeToString()
        self._engine = OnnxRuntime(file, message("calibration"))

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Smallest and largest value of each tensor; the first layer's values are kept."""
        found = dict.fromkeys(self._names, (np.inf, -np.inf))
        for values in self._parts():
            if sum(part.size for part in self.seen) < MOST_SHOWN:
                self.seen.append(values[self.first])
            for name in self._names:
                low, high = found[name]
                part = values[name]
                found[name] = min(low, float(part.min())), max(high, float(part.max()))
        return found

    def histograms(self, ranges: Mapping[str, tuple[float, float]]) -> dict[str, NDArray[np.int64]]:
        """Counts in BINS equal bins over each tensor's whole range."""
        found = {name: np.zeros(BINS, np.int64) for name in self._names}
        for values in self._parts():
            for name in self._names:
                # Twice as fast as numpy's; float32 counts are exact up to 2^24 in a part.
                counts = torch.histc(torch.from_numpy(values[name]), BINS, *ranges[name])
                found[name] += counts.numpy().astype(np.int64)
        return found

    def _parts(self) -> Iterator[dict[str, NDArray[np.float32]]]:
        size = max(1, min(AT_ONCE, PIXELS_AT_ONCE // self._pictures[0].size))
        for start in range(0, len(self._pictures), size):
            self._check()
            pictures = self._pictures[start : start + size]
            yield {**self._engine.outputs(pictures), INPUT: pictures}
