"""What the second half of lesson 8 asks of the core; torch is imported on a worker, late."""

from collections.abc import Callable
from dataclasses import replace

from workbench.measurement import Grid, Report
from workbench.measurement.scaling import Fault, FaultKind, Gradients, Trace
from workbench.setting import Setting

START = Setting(
    dataset="digits", model="sigmoid_cnn", batch_size=32, learning_rate=0.1, momentum=0.0,
    weight_decay=0.0, schedule="constant", augmentation="none", precision="mixed_float16",
    loss_scale=1,
)  # fmt: skip
"""A network whose first gradients float16 cannot hold, without a scale."""


def gradients(setting: Setting, report: Report) -> Gradients:
    """One way back in float16 beside float32."""
    from workbench.core.precision.gradients import gradients as found

    return found(setting, report)


def all_scales(setting: Setting, report: Report) -> Grid:
    """Shares lost and overflowed at every scale."""
    from workbench.core.precision.gradients import all_scales as found

    return found(setting, report)


def all_scales_held_out(setting: Setting, report: Report) -> Grid:
    """The same of images that the learner has not seen."""
    from workbench.core.precision.gradients import all_scales as found

    return found(setting, report, held_out=True)


def trace(wanted: tuple[int, int], tell: Callable[[Trace], None]) -> Trace:
    """A training with a scaler: its first power of two, and after how many updates it doubles."""
    from workbench.core.precision.scaler import Wanted
    from workbench.core.precision.scaler import trace as found

    power, interval = wanted
    setting = replace(START, model="small_cnn")
    return found(Wanted(setting=setting, power=power, growth_interval=interval), tell)


def fault(kind: FaultKind, tell: Callable[[Fault], None]) -> Fault:
    """Underflow, overflow or NaN, made to happen."""
    from workbench.core.precision.faults import fault as found

    nothing = Fault(kind=kind, sightings=(), first=None)
    return found(kind, START, lambda _news: tell(nothing))


def costs(setting: Setting, report: Report) -> Grid:
    """Bytes and milliseconds of an update in every precision."""
    from workbench.core.precision.memory import precision_costs as found

    return found(setting, report)
