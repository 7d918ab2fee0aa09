"""run: from a setting to a measurement. Load or train, compress, build the engine, measure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy

import numpy as np
import torch
from torch import nn

from workbench.core.architecture import architecture_of
from workbench.core.checkpoint import trained
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
    report(Progress(stage=message("preparing the data and the network")))
    architecture = architecture_of(setting)
    model = trained(setting, architecture.data, report)
    with no_gradients():
        original = deepcopy(model)
        compress(model, setting)
        engine_of = architecture.compiler.engine
        building = Progress(stage=message("building the engine"))
        engine = engine_of(setting, model, architecture.calibration, lambda: report(building))
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
            weights=histogram(prunable(original), prunable(model)),
            machine=machine(),
            notes=(engine.name, busy) if timings.machine_is_busy else (engine.name,),
        )


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


def histogram(
    before: Mapping[str, torch.Tensor], after: Mapping[str, torch.Tensor]
) -> WeightHistogram:
    """Trained weights by value, those that compression set to zero apart."""
    values = torch.cat([weight.detach().flatten() for weight in before.values()]).numpy()
    zeroed = torch.cat([weight.flatten() == 0 for weight in after.values()]).numpy()
    limit = float(np.abs(values).max()) or 1.0
    kept, edges = np.histogram(values[~zeroed], BINS, (-limit, limit))
    pruned, _edges = np.histogram(values[zeroed], BINS, (-limit, limit))
    return WeightHistogram(
        edges=tuple(edges.tolist()), kept=tuple(kept.tolist()), pruned=tuple(pruned.tolist())
    )
