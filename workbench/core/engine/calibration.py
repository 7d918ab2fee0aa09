"""The ranges of activations, from calibration images: all values, or without the extremes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from workbench.core.engine.clipping import chosen_range
from workbench.core.engine.graph import INPUT
from workbench.core.engine.int8 import observing, quantized_tensors
from workbench.core.engine.runners import OnnxRuntime, Pictures
from workbench.locale import _, message
from workbench.measurement import ActivationHistogram, Quantity
from workbench.setting import Setting

Check = Callable[[], None]
Ranges = Mapping[str, tuple[float, float]]
AT_ONCE = 16
BINS = 2048
BINS_SHOWN = 64


def at_ease() -> None:
    """A check for callers that never end a computation early."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """What the images showed: the range of each tensor, what is clipped, and one histogram."""

    ranges: Ranges
    clipped_share: Quantity
    activations: ActivationHistogram


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
    if setting.calibration_method != "minmax":
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
    shown = observer.shown(ranges, setting.bits_of_activations)
    return Calibration(ranges=ranges, clipped_share=share, activations=shown)


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
        self._first = next((name for name in self._names if name != INPUT), INPUT)
        self._seen: list[NDArray[np.float32]] = []
        self._pictures, self._check = pictures, check
        file = observing(proto).SerializeToString()
        self._engine = OnnxRuntime(file, message("calibration"))

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Smallest and largest value of each tensor; the first layer's values are kept."""
        found = dict.fromkeys(self._names, (np.inf, -np.inf))
        for values in self._parts():
            self._seen.append(values[self._first])
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
                found[name] += np.histogram(values[name], BINS, ranges[name])[0]
        return found

    def shown(self, ranges: Ranges, bits: int) -> ActivationHistogram:
        """The first layer's activations by value, and the range that they get."""
        values = np.concatenate([part.ravel() for part in self._seen])
        counts, edges = np.histogram(values, BINS_SHOWN)
        low, high = ranges[self._first]
        return ActivationHistogram(
            layer=_spoken(self._first),
            edges=tuple(edges.tolist()),
            counts=tuple(counts.tolist()),
            low=low,
            high=high,
            bits=bits,
        )

    def _parts(self) -> Iterator[dict[str, NDArray[np.float32]]]:
        for start in range(0, len(self._pictures), AT_ONCE):
            self._check()
            pictures = self._pictures[start : start + AT_ONCE]
            yield {**self._engine.outputs(pictures), INPUT: pictures}
