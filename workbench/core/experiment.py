"""run: from a setting to a measurement. Load or train, compress, build the engine, measure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workbench.core.accuracy import accuracy, growing_predictions, is_telling, right_answers
from workbench.core.checkpoint import trained
from workbench.core.data import Dataset, load
from workbench.core.engine import Compiler, Engine
from workbench.core.engine.runners import Pictures
from workbench.core.latency import Timings, cpu_share, latency, speedup, timed_in_turn
from workbench.core.machine import machine, use_one_thread
from workbench.core.models import build
from workbench.core.pictures import normalized
from workbench.core.pruning import prunable, prune_weights
from workbench.core.quantization import quantize_weights
from workbench.core.sizes import file_sizes, macs, memory, packed_bytes, parameter_counts
from workbench.locale import message
from workbench.measurement import (
    Measurement,
    Progress,
    Provenance,
    Quantity,
    Report,
    WeightHistogram,
    ignore,
)
from workbench.setting import Setting

CALIBRATION_IMAGES = 128
BINS = 41


@dataclass(frozen=True, eq=False)
class Bench:
    """What an architecture needs to be measured, made once: data, compiler, the counts of its graph."""

    data: Dataset
    compiler: Compiler
    macs: Quantity

    @cached_property
    def calibration(self) -> Pictures:
        """Training images for the ranges of activations; never the test set."""
        return normalized(self.data.train_images[:CALIBRATION_IMAGES], self.data)

    def test_batch(self, size: int) -> Pictures:
        """`size` test images, repeated where there are fewer."""
        chosen = np.resize(np.arange(len(self.data.test_images)), size)
        return normalized(self.data.test_images[chosen], self.data)


@lru_cache(maxsize=8)
def _bench(architecture: Setting) -> Bench:
    data = load(architecture.dataset)
    model = build(architecture, data.image_shape, len(data.classes)).eval()
    return Bench(data, Compiler(model, data.image_shape), macs(model, data.image_shape))


def bench_of(setting: Setting) -> Bench:
    """The bench of this setting's architecture and data."""
    names = ("dataset", "model", "width", "depth", "kernel_size")
    return _bench(Setting(**{name: getattr(setting, name) for name in names}))


@contextmanager
def no_gradients() -> Iterator[None]:
    """Gradients off for this thread alone, whichever thread a notebook calls us on; one core."""
    use_one_thread()
    with torch.no_grad():
        yield


def compress(model: nn.Module, setting: Setting) -> None:
    """Prune, then round the weights, in place; 8 bits are left to the engine where that is real."""
    prune_weights(model, setting.sparsity)
    if setting.weight_bits < 32 and not is_real_int8(setting):
        quantize_weights(model, setting.weight_bits)


def is_real_int8(setting: Setting) -> bool:
    """Whether the engine multiplies in int8 rather than imitate it."""
    return setting.weight_bits == 8 and setting.engine == "onnxruntime"


def run(setting: Setting, report: Report = ignore) -> Measurement:
    """Measure `setting`, speaking through `report` on the way, which may raise Superseded."""
    report(Progress(stage=message("preparing the data and the network")))
    bench = bench_of(setting)
    model = trained(setting, bench.data, report)
    with no_gradients():
        before = {name: weight.clone() for name, weight in prunable(model).items()}
        original = deepcopy(model)
        compress(model, setting)
        engine = bench.compiler.engine(setting, model, bench.calibration)
        answers, found = _measured_accuracy(setting, engine, bench, report)
        found |= _sizes(setting, engine, model, bench)
        report(Progress(stage=message("timing in turn with the baseline"), quantities=found))
        baseline = bench.compiler.engine(setting.baseline, original, bench.calibration)
        timings = _timed(setting, engine, baseline, bench, report, found)
        found |= _times(timings, engine, setting)
        found |= _changes(setting, answers, baseline, bench, report)
        return Measurement(
            setting=setting,
            quantities=found,
            predictions=answers,
            ratios=timings.ratios,
            weights=histogram(before, prunable(model)),
            machine=machine(),
            notes=(message("this machine is busy: others share its processor"),)
            if timings.machine_is_busy
            else (),
        )


def _measured_accuracy(
    setting: Setting, engine: Engine, bench: Bench, report: Report
) -> tuple[NDArray[np.int64], dict[str, Quantity]]:
    stage = message("accuracy on the test images")
    total = len(bench.data.test_labels)
    is_simulated = setting.weight_bits < 32 and not is_real_int8(setting)
    provenance: Provenance = "simulated" if is_simulated else "measured"
    answers = np.empty(0, np.int64)
    found: dict[str, Quantity] = {}
    for answers in growing_predictions(engine, bench.data.test_images, bench.data):
        if is_telling(len(answers), total):
            found = {"accuracy": _accuracy(setting, answers, bench.data, provenance, engine)}
        report(Progress(stage=stage, quantities=found, done=len(answers), total=total))
    return answers, found


def _accuracy(
    setting: Setting,
    answers: NDArray[np.int64],
    data: Dataset,
    provenance: Provenance,
    engine: Engine,
) -> Quantity:
    how = message("right answers of {engine} on {n} test images", engine=engine.name, n=len(answers))
    if provenance == "simulated":
        how = message(
            "right answers on {n} test images, weights on the grid of {bits} bits but multiplied in"
            " float32 by {engine}",
            n=len(answers),
            bits=setting.weight_bits,
            engine=engine.name,
        )
    return accuracy(right_answers(answers, data.test_labels), provenance, how)


def _sizes(setting: Setting, engine: Engine, model: nn.Module, bench: Bench) -> dict[str, Quantity]:
    return {
        **file_sizes(engine),
        "packed_bytes": packed_bytes(model, setting.weight_bits),
        **parameter_counts(model),
        "macs": bench.macs,
        **memory(bench.compiler.proto, is_int8=is_real_int8(setting)),
    }


def _timed(
    setting: Setting,
    engine: Engine,
    baseline: Engine,
    bench: Bench,
    report: Report,
    found: Mapping[str, Quantity],
) -> Timings:
    timings = Timings()
    stage = message("timing in turn with the baseline")
    batch = bench.test_batch(setting.inference_batch)
    for timings in timed_in_turn(engine, baseline, batch):
        report(Progress(stage=stage, quantities=found))
    return timings


def _times(timings: Timings, engine: Engine, setting: Setting) -> dict[str, Quantity]:
    return {
        "latency_ms": latency(timings, engine, setting.inference_batch),
        "speedup": speedup(timings),
        "cpu_share": cpu_share(timings),
    }


def _changes(
    setting: Setting, answers: NDArray[np.int64], baseline: Engine, bench: Bench, report: Report
) -> dict[str, Quantity]:
    """How many test images the baseline puts in another class."""
    stage = message("comparing the answers with the baseline's")
    reference = np.empty(0, np.int64)
    for reference in growing_predictions(baseline, bench.data.test_images, bench.data):
        report(Progress(stage=stage, done=len(reference), total=len(answers)))
    changed = Quantity(
        value=int((answers != reference).sum()),
        unit="count",
        provenance="measured",
        how=message("test images of {n} whose class differs from the baseline's", n=len(answers)),
        n=len(answers),
    )
    return {"changed_answers": changed}


def histogram(
    before: Mapping[str, torch.Tensor], after: Mapping[str, torch.Tensor]
) -> WeightHistogram:
    """Trained weights by value, those that compression set to zero apart."""
    values = torch.cat([weight.flatten() for weight in before.values()]).numpy()
    zeroed = torch.cat([weight.flatten() == 0 for weight in after.values()]).numpy()
    limit = float(np.abs(values).max()) or 1.0
    kept, edges = np.histogram(values[~zeroed], BINS, (-limit, limit))
    pruned, _edges = np.histogram(values[zeroed], BINS, (-limit, limit))
    return WeightHistogram(
        edges=tuple(edges.tolist()), kept=tuple(kept.tolist()), pruned=tuple(pruned.tolist())
    )


