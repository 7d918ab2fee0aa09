"""An objective that costs nothing but the processor time it is told to use."""

from math import exp, log2, log10
from time import thread_time

from workbench.locale import message
from workbench.measurement import Progress, Quantities, Quantity, Report
from workbench.setting import Setting

STEP_SECONDS = 0.005


def arithmetic(setting: Setting, report: Report, milliseconds: float = 1.0) -> Quantities:
    """A hill over learning rate and batch size, and so much processor time: what costs nothing.

    Highest at the rate 0.1 and the batch 64; each epoch halves what is missing. For tests and the
    bench of the engine: the same for the same setting, whatever the machine.
    """
    height = exp(
        -((log10(setting.learning_rate) + 1) ** 2) - (log2(setting.batch_size) - 6) ** 2 / 8
    )
    stage, how = message("arithmetic"), message("a formula of learning rate and batch size")
    found: Quantities = {}
    for epoch in range(1, setting.epochs + 1):
        _work_for(milliseconds / setting.epochs / 1000, Progress(stage=stage), report)
        value = height * (1 - 0.5**epoch)
        found = {"validation_accuracy": Quantity(value=value, unit="fraction",
                                                 provenance="computed", how=how)}  # fmt: skip
        report(Progress(stage=stage, quantities=found, done=epoch, total=setting.epochs))
    return found


def _work_for(seconds: float, now: Progress, report: Report) -> None:
    """Use so much processor time of this thread, asking now and then whether to stop."""
    until = thread_time() + seconds
    while (left := until - thread_time()) > 0:
        part = thread_time() + min(left, STEP_SECONDS)
        while thread_time() < part:
            pass
        report(now)
