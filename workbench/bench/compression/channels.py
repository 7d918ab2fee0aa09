"""A third of the channels: collapse, re-calibration, fine-tuning, and the speed-up."""

from dataclasses import replace

from workbench.bench import Row
from workbench.bench.compression.accuracies import DATA, accuracy, measured
from workbench.setting import Setting, shipped

SPARSITY = 0.3
SNAP_TO = 16  # kernels with AVX-512 take 16 channels at once
EPOCHS = 3


def rows() -> list[Row]:
    """The rows about removed channels, for resnet8: filters of the smallest batch-norm scales."""
    whole = shipped(DATA, "resnet8")
    cut = replace(
        whole,
        sparsity=SPARSITY,
        granularity="filter",
        criterion="batch_norm",
        snap_to=SNAP_TO,
    )
    recalibrated = replace(cut, repair="batch_norm")
    tuned = replace(cut, repair="finetune", repair_epochs=EPOCHS)
    baseline, raw = accuracy(whole), accuracy(cut)
    back = (accuracy(recalibrated) - raw) / (baseline - raw)
    lost = baseline - accuracy(tuned)
    return [
        _row("channels_raw", 100 * raw, "%", baseline, "collapse: at least 10 points lost",
             baseline - raw >= 0.1),
        _row("channels_recalibrated", back, "share of the loss", baseline,
             "at least two thirds come back", back >= 2 / 3),
        _row("channels_finetuned", -100 * lost, "points", baseline,
             f"at most 1.5 points lost after {EPOCHS} epochs", lost <= 0.015),
        _speedup("channels_speedup", tuned, is_aim=True),
        _speedup("channels_speedup_unsnapped", replace(cut, snap_to=1), is_aim=False),
    ]  # fmt: skip


def _row(what: str, value: float, unit: str, baseline: float, goal: str, met: bool) -> Row:
    peer = f"baseline of resnet8; {SPARSITY:.0%} of the channels removed, widths in 16s"
    return Row(
        what=what,
        value=value,
        unit=unit,
        peer=peer,
        peer_value=100 * baseline,
        goal=goal,
        met=bool(met),
    )


def _speedup(what: str, setting: Setting, *, is_aim: bool) -> Row:
    found = measured(setting).quantities["speedup"]
    low, _high = found.ends
    return Row(
        what=what,
        value=found.value,
        unit="ratio",
        low=found.low,
        high=found.high,
        peer="the baseline in ONNX Runtime float32, timed in turn",
        goal="at least 1.3, interval above 1.2" if is_aim else "",
        met=found.value >= 1.3 and low > 1.2 if is_aim else None,
    )
