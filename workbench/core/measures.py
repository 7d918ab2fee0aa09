"""The stages of one measurement, in the order in which a learner needs their numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from workbench.core.accuracy import accuracy, growing_predictions, is_telling, right_answers
from workbench.core.architecture import Architecture
from workbench.core.data import Dataset
from workbench.core.description import Versions, rounding_quality
from workbench.core.engine import Built, Engine, is_real_int8, scheme
from workbench.core.latency import Timings, cpu_share, latency, speedup, timed_in_turn
from workbench.core.pruning import prunable
from workbench.core.quantization import rounding
from workbench.core.sizes import (
    file_sizes,
    macs,
    memory,
    packed_bytes,
    parameter_counts,
    training_files,
)
from workbench.locale import message
from workbench.measurement import Progress, Quantity, Report, Rounding
from workbench.setting import Setting

MOST_REMEMBERED = 16
_ANSWERS: dict[bytes, NDArray[np.int64]] = {}
"""Classes of all test images by the SHA-256 of the file that gave them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """A compressed network and the engine that runs it; `setting` is plain, without a recipe."""

    setting: Setting
    versions: Versions
    built: Built
    architecture: Architecture
    repair_seconds: float

    @property
    def engine(self) -> Engine:
        """What runs it."""
        return self.built.engine

    @property
    def rounding(self) -> Rounding | None:
        """Nine of its weights on their way to whole numbers; None where they keep fractions."""
        setting, folds = self.setting, self.architecture.compiler.folds
        if is_real_int8(setting):  # as many bits as this CPU can use
            setting = replace(setting, weight_bits=scheme().weight_bits)
        return rounding(self.versions.unrounded, self.versions.final, setting, folds)

    @property
    def is_resized(self) -> bool:
        """Channels or neurons are gone."""
        return self.versions.tags is not None


def measured_accuracy(
    candidate: Candidate, report: Report
) -> tuple[NDArray[np.int64], dict[str, Quantity]]:
    """Class of every test image; the accuracy, first estimated, and the sizes right after that."""
    stage = message("accuracy on the test images")
    data, total = candidate.architecture.data, len(candidate.architecture.data.test_labels)
    answers = np.empty(0, np.int64)
    found: dict[str, Quantity] = {}
    counted: dict[str, Quantity] = {}
    for answers in growing_predictions(candidate.engine, data.test_images, data):
        if is_telling(len(answers), total):
            found = {"accuracy": _accuracy(candidate, answers), **counted}
        report(Progress(stage=stage, quantities=found, done=len(answers), total=total))
        if found and not counted:
            counted = sizes(candidate, partial(report, Progress(stage=stage, quantities=found)))
    return answers, found | counted


def _accuracy(candidate: Candidate, answers: NDArray[np.int64]) -> Quantity:
    right = right_answers(answers, candidate.architecture.data.test_labels)
    known = {"engine": candidate.engine.name, "n": len(answers)}
    if not candidate.built.is_simulated:
        how = message("right answers of {engine} on {n} test images", **known)
        return accuracy(right, "measured", how)
    how = message(
        "right answers on {n} test images, values on the grid of {bits} bits (weights) and"
        " {activation_bits} bits (activations) but multiplied in float32 by {engine}",
        bits=", ".join(str(bits) for bits in sorted(set(bits_of(candidate).values()))),
        activation_bits=candidate.setting.bits_of_activations,
        **known,
    )
    return accuracy(right, "simulated", how)


def sizes(candidate: Candidate, check: Callable[[], None]) -> dict[str, Quantity]:
    """Of the files, the weights, the arithmetic and the memory; `check` may end it."""
    model, data = candidate.versions.final, candidate.architecture.data
    found = {
        **file_sizes(candidate.engine, check),
        "packed_bytes": packed_bytes(model, bits_of(candidate), candidate.setting),
        **training_files(model, candidate.setting),
        **parameter_counts(model),
        "macs": macs(model, data.image_shape)
        if candidate.is_resized
        else candidate.architecture.macs,
        **memory(_running(candidate)),
        **rounding_quality(candidate.versions),
    }
    if candidate.built.clipped_share is not None:
        found["clipped_share"] = candidate.built.clipped_share
    if candidate.repair_seconds:
        found["repair_seconds"] = Quantity(
            value=candidate.repair_seconds,
            unit="s",
            provenance="measured",
            how=message("time of re-calibration and fine-tuning on this machine, in this session"),
        )
    return found


def _running(candidate: Candidate) -> ModelProto:
    """The graph whose tensors are in memory while the network runs."""
    built = candidate.built
    return built.unpacked or built.engine.graph or candidate.architecture.compiler.proto


def bits_of(candidate: Candidate) -> dict[str, int]:
    """The weight bits of every layer, by the name of its weight."""
    own = candidate.setting.layers_bits
    return {
        name: own.get(name.removesuffix(".weight"), candidate.setting.weight_bits)
        for name in prunable(candidate.versions.final)
    }


def timed(
    candidate: Candidate, baseline: Engine, report: Report, found: Mapping[str, Quantity]
) -> tuple[Timings, dict[str, Quantity]]:
    """Latencies of both, timed in turn, and how many times faster the candidate is."""
    stage = message("timing in turn with the baseline")
    batch = candidate.setting.inference_batch
    pictures = candidate.architecture.test_batch(batch)
    timings = Timings()
    for latest in timed_in_turn(candidate.engine, baseline, pictures):
        timings = latest
        report(Progress(stage=stage, quantities=found))
    return timings, {
        "latency_ms": latency(timings.candidate_ms, candidate.engine, batch),
        "baseline_latency_ms": latency(timings.baseline_ms, baseline, batch),
        "speedup": speedup(timings),
        "cpu_share": cpu_share(timings),
    }


def changed_answers(
    answers: NDArray[np.int64],
    baseline: Engine,
    data: Dataset,
    report: Report,
    found: Mapping[str, Quantity],
) -> dict[str, Quantity]:
    """How many test images the baseline puts in another class."""
    stage = message("comparing the answers with the baseline's")
    key = sha256(baseline.file).digest()
    if key not in _ANSWERS:
        reference = np.empty(0, np.int64)
        for reference in growing_predictions(baseline, data.test_images, data):
            done, total = len(reference), len(answers)
            report(Progress(stage=stage, quantities=found, done=done, total=total))
        if len(_ANSWERS) >= MOST_REMEMBERED:
            _ANSWERS.clear()
        _ANSWERS[key] = reference
    changed = Quantity(
        value=int((answers != _ANSWERS[key]).sum()),
        unit="count",
        provenance="measured",
        how=message("test images of {n} whose class differs from the baseline's", n=len(answers)),
        n=len(answers),
    )
    return {"changed_answers": changed}
