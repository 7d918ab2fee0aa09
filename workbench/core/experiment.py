"""run: from a setting to a measurement. Load or train, compress, build the engine, measure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workbench.core.architecture import architecture_of
from workbench.core.checkpoint import trained
from workbench.core.engine import scheme
from workbench.core.machine import machine, use_one_thread
from workbench.core.measures import Candidate, changed_answers, measured_accuracy, timed
from workbench.core.pruning import prunable, prune_weights
from workbench.core.quantization import quantize_weights
from workbench.locale import message
from workbench.measurement import Measurement, Progress, Report, WeightHistogram, ignore
from workbench.setting import Setting

BINS = 41


def run(setting: Setting, report: Report = ignore) -> Measurement:
    """Measure `setting`, speaking through `report` on the way, which may raise Superseded."""
    use_one_thread()
    report(Progress(stage=message("preparing the data and the network")))
    architecture = architecture_of(setting)
    model = trained(setting, architecture.data, report)
    with no_gradients():
        original = deepcopy(model)
        pruned = compress(model, setting)
        engine_of = architecture.compiler.engine
        building = Progress(stage=message("building the engine"))
        engine = engine_of(setting, model, architecture.calibration, lambda: report(building))
        if is_real_int8(setting):
            # The engine holds rounded weights: what is counted from here on is what it runs.
            quantize_weights(model, scheme().weight_bits)
        candidate = Candidate(setting, model, engine, architecture, is_real_int8(setting))
        answers, found = measured_accuracy(candidate, report)
        baseline = engine_of(setting.baseline, original, architecture.calibration)
        timings, times = timed(candidate, baseline, report, found)
        found |= times
        found |= changed_answers(answers, baseline, architecture.data, report, found)
        busy = message("this machine is busy: others share its processor")
        return Measurement(
            setting=setting,
            quantities=found,
            predictions=answers,
            ratios=timings.ratios,
            weights=histogram(prunable(original), pruned, prunable(model)),
            machine=machine(),
            notes=(engine.name, busy) if timings.machine_is_busy else (engine.name,),
        )


@contextmanager
def no_gradients() -> Iterator[None]:
    """Gradients off for this thread alone, whichever thread a notebook calls us on."""
    with torch.no_grad():
        yield


def compress(model: nn.Module, setting: Setting) -> dict[str, torch.Tensor]:
    """Prune, then round the weights, in place; the weights as they were between the two.

    8 bits are left to the engine where that is real.
    """
    prune_weights(model, setting.sparsity)
    pruned = {name: weight.clone() for name, weight in prunable(model).items()}
    if setting.weight_bits < 32 and not is_real_int8(setting):
        quantize_weights(model, setting.weight_bits)
    return pruned


def is_real_int8(setting: Setting) -> bool:
    """Whether the engine multiplies in int8 rather than imitate it."""
    return setting.weight_bits == 8 and setting.engine == "onnxruntime"


def histogram(
    before: Mapping[str, torch.Tensor],
    pruned: Mapping[str, torch.Tensor],
    after: Mapping[str, torch.Tensor],
) -> WeightHistogram:
    """Trained weights by value; apart, what pruning set to zero and what rounding did after it."""
    values = _in_a_row(before)
    limit = float(np.abs(values).max()) or 1.0

    def counts(chosen: NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(np.histogram(values[chosen], BINS, (-limit, limit))[0].tolist())

    is_pruned = _in_a_row(pruned) == 0
    is_zero = _in_a_row(after) == 0
    return WeightHistogram(
        edges=tuple(np.linspace(-limit, limit, BINS + 1).tolist()),
        kept=counts(~is_zero),
        pruned=counts(is_pruned),
        rounded=counts(is_zero & ~is_pruned),
    )


def _in_a_row(weights: Mapping[str, torch.Tensor]) -> NDArray[np.float32]:
    return torch.cat([weight.detach().flatten() for weight in weights.values()]).numpy()
