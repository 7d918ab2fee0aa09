"""Ranges of activations: as onnxruntime.quantization finds them, and what they trade."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnxruntime.quantization.calibrate import (
    CalibrationMethod,
    HistogramCollector,
    create_calibrator,
)

from tests.networks import Trained, shipped_network
from workbench.core.engine.calibration import BINS, calibrated
from workbench.core.engine.clipping import entropy_range, mse_range, percentile_range
from workbench.core.engine.graph import INPUT
from workbench.core.engine.tensors import quantized_tensors
from workbench.setting import Setting

EIGHT = Setting(weight_bits=8)
RNG = np.random.default_rng(0)
METHODS = ("minmax", "percentile", "mse", "entropy")


@pytest.fixture(scope="module")
def net(cache: Path) -> Trained:
    return shipped_network("digits", "small_cnn")


def ranges(net: Trained, **fields: Any) -> dict[str, tuple[float, float]]:
    setting = replace(EIGHT, **fields)
    proto = net.compiler.float32(net.model).graph
    assert proto is not None
    return dict(calibrated(proto, net.calibration, setting).ranges)


class Reader:
    """The calibration images in one batch, as onnxruntime's calibrators read them."""

    def __init__(self, pictures: NDArray[np.float32]) -> None:
        self._parts: Iterator[NDArray[np.float32]] = iter([pictures])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        part = next(self._parts, None)
        return None if part is None else {INPUT: part}


def theirs(net: Trained, method: CalibrationMethod, folder: Path, **options: Any) -> dict[str, Any]:
    path = folder / "float32.onnx"
    path.write_bytes(net.compiler.float32(net.model).file)
    calibrator = create_calibrator(
        path, calibrate_method=method, augmented_model_path=str(folder / "augmented.onnx"),
        extra_options=options,
    )  # fmt: skip
    calibrator.set_execution_providers(["CPUExecutionProvider"])
    calibrator.collect_data(Reader(net.calibration))
    found = calibrator.compute_data()
    names = found.keys()
    return {name: [float(np.ravel(v)[0]) for v in found[name].range_value] for name in names}


def test_smallest_to_largest_is_what_onnxruntime_finds(net: Trained, tmp_path: Path) -> None:
    expected = theirs(net, CalibrationMethod.MinMax, tmp_path)
    for name, ends in ranges(net).items():
        if name in expected:
            assert ends == pytest.approx(expected[name], abs=1e-5)


def test_a_percentile_is_that_of_the_values(net: Trained) -> None:
    proto = net.compiler.float32(net.model).graph
    assert proto is not None
    widest, found = ranges(net), ranges(net, calibration_method="percentile", percentile=99.0)
    first = quantized_tensors(proto)[0]
    values = np.concatenate([p.ravel() for p in calibrated(proto, net.calibration, EIGHT).values])
    width = (widest[first][1] - widest[first][0]) / BINS
    assert found[first][1] == pytest.approx(np.percentile(values, 99), abs=2 * width)
    for name in quantized_tensors(proto):
        assert widest[name][0] <= found[name][0] <= found[name][1] <= widest[name][1]


def test_a_tail_that_a_relu_cut_is_not_cut_again() -> None:
    counts = np.ones(1000, np.int64)
    assert percentile_range(counts, (0.0, 10.0), 90) == pytest.approx((0.0, 9.0), abs=0.02)
    assert percentile_range(counts, (-5.0, 5.0), 90) == pytest.approx((-4.5, 4.5), abs=0.02)


def histogram(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], tuple[float, float]]:
    widest = float(values.min()), float(values.max())
    return np.histogram(values, BINS, widest)[0], widest


def squared_error(values: NDArray[np.float64], ends: tuple[float, float], bits: int) -> float:
    step = (ends[1] - ends[0]) / (2**bits - 1)
    zero = np.round(-ends[0] / step)
    levels = np.clip(np.round(values / step) + zero, 0, 2**bits - 1)
    return float((((levels - zero) * step - values) ** 2).mean())


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_the_least_squared_error_is_no_larger_than_that_of_the_whole_range(bits: int) -> None:
    values = np.abs(RNG.standard_t(3, 50_000))
    counts, widest = histogram(values)
    ends = mse_range(counts, widest, bits)
    assert squared_error(values, ends, bits) <= squared_error(values, (0, widest[1]), bits) * 1.01
    if bits <= 4:
        assert ends[1] < widest[1]


def test_a_symmetric_grid_reaches_less_far_as_its_steps_are_twice_as_wide() -> None:
    counts, widest = histogram(np.abs(RNG.standard_t(3, 50_000)))
    one, other = (mse_range(counts, widest, 3, s)[1] for s in ("asymmetric", "symmetric"))
    assert other < one


def test_the_least_squared_error_is_that_of_every_range_tried_one_by_one() -> None:
    values = np.abs(RNG.standard_t(3, 20_000))
    counts, widest = histogram(values)
    tried = np.linspace(0.05, 1, 400) * widest[1]
    errors = [squared_error(values, (0.0, end), 4) for end in tried]
    found = squared_error(values, mse_range(counts, widest, 4), 4)
    assert found <= 1.05 * min(errors)


@pytest.mark.parametrize("draw", ["exponential", "laplace", "normal"])
def test_entropy_is_that_of_onnxruntime_for_levels_on_each_side(draw: str) -> None:
    """They spread their levels over both sides: 256 for our 128."""
    values = getattr(np.random.default_rng(0), draw)(size=300_000).astype(np.float32)
    size, bins = float(np.abs(values).max()), 1024  # their search takes seconds for BINS
    counts, widest = np.histogram(values, bins)[0], (float(values.min()), float(values.max()))
    hist, edges = np.histogram(values, bins, (-size, size))
    theirs = HistogramCollector("entropy", True, bins, 256, None, None)
    expected = theirs.get_entropy_threshold(
        (hist, edges.astype(np.float32), values.min(), values.max()), 256
    )
    found = entropy_range(counts, widest)
    assert found[1] == pytest.approx(float(expected[1]), rel=0.25)
    assert (found[0] >= 0) == (widest[0] >= 0)


def test_entropy_clips_a_long_tail_and_leaves_a_short_one() -> None:
    long = np.concatenate([np.abs(RNG.normal(size=100_000)), [40.0]])
    counts, widest = histogram(long)
    assert entropy_range(counts, widest)[1] < 20
    counts, widest = histogram(RNG.uniform(0, 1, 100_000))
    assert entropy_range(counts, widest)[1] == pytest.approx(widest[1], rel=0.02)


def test_entropy_agrees_with_onnxruntimes_within_a_few_bins(net: Trained, tmp_path: Path) -> None:
    expected = theirs(
        net, CalibrationMethod.Entropy, tmp_path, num_bins=BINS // 2, num_quantized_bins=128
    )
    found = ranges(net, calibration_method="entropy")
    shares = [found[n][1] / expected[n][1] for n in found if n in expected and n != INPUT]
    assert shares
    assert 0.5 < min(shares) <= max(shares) < 2


@pytest.mark.parametrize("method", METHODS)
def test_what_is_clipped_is_told(net: Trained, method: str) -> None:
    proto = net.compiler.float32(net.model).graph
    assert proto is not None
    setting = replace(EIGHT, calibration_method=method, activation_bits=3)  # type: ignore[arg-type]
    found = calibrated(proto, net.calibration, setting)
    share = found.clipped_share
    assert share.provenance == "measured"
    assert share.n == len(net.calibration)
    assert share.value == 0 if method == "minmax" else 0 <= share.value < 0.2
    shown = found.activations
    first = net.compiler.float32(net.model)
    assert sum(shown.counts) == len(net.calibration) * 16 * 4 * 4
    assert shown.edges[0] == pytest.approx(0)
    assert "/" not in shown.layer
    assert first.logits(net.calibration).shape[1] == 10


def test_calibration_on_no_image_is_one_sentence(net: Trained) -> None:
    proto = net.compiler.float32(net.model).graph
    assert proto is not None
    with pytest.raises(ValueError, match=r"^calibration needs at least 1 image, got 0$"):
        calibrated(proto, net.calibration[:0], EIGHT)


def test_calibration_can_be_ended_between_parts(net: Trained) -> None:
    calls: list[int] = []

    def check() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    proto = net.compiler.float32(net.model).graph
    assert proto is not None
    with pytest.raises(KeyboardInterrupt):
        calibrated(proto, net.calibration, EIGHT, check)
    assert len(calls) == 3
