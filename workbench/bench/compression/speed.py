"""Smaller and int8 together: resnet8 with half of its multiply-adds, against ORT and eager."""

from dataclasses import replace

from workbench.bench import Row
from workbench.bench.compression.accuracies import DATA, accuracy
from workbench.core.engine import Engine
from workbench.core.experiment import baseline_engine, no_gradients, prepared
from workbench.core.latency import speedup, timed_in_turn
from workbench.core.measures import Candidate
from workbench.core.sizes import macs
from workbench.setting import shipped

RECIPE = "prune:0.4:filter,finetune:3,quantize:8"


def rows() -> list[Row]:
    """The rows about the combination."""
    setting = replace(shipped(DATA, "resnet8"), recipe=RECIPE, snap_to=16, criterion="batch_norm")
    candidate, _work = prepared(setting)
    lost = 100 * (accuracy(setting.baseline) - accuracy(setting))
    shape = candidate.architecture.data.image_shape
    left = macs(candidate.versions.final, shape).value / candidate.architecture.macs.value
    told = f"{RECIPE}: {left:.0%} of the multiply-adds left, {lost:.2f} points lost"
    plain = replace(setting.baseline, engine="torch")
    eager = candidate.architecture.build(plain, candidate.versions.trained).engine
    fits = left <= 0.5 and lost <= 1
    return [
        _ratio(
            "small_and_int8_over_ort_fp32", candidate, baseline_engine(candidate), 3, told, fits
        ),
        _ratio("small_and_int8_over_eager", candidate, eager, 6, told, fits),
    ]


def _ratio(
    what: str, candidate: Candidate, peer: Engine, least: float, told: str, fits: bool
) -> Row:
    pictures = candidate.architecture.test_batch(candidate.setting.inference_batch)
    with no_gradients():
        *_earlier, timings = timed_in_turn(candidate.engine, peer, pictures, seconds=3)
    found = speedup(timings)
    return Row(
        what=what,
        value=found.value,
        unit="ratio",
        low=found.low,
        high=found.high,
        peer=f"{peer.name}; {told}",
        goal=f"at least {least} times, half of the multiply-adds, at most 1 point lost",
        met=found.value >= least and bool(fits),
    )
