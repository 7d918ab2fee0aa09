"""Short trainings from several seeds, and networks timed in turn: what sentences on learning say.

All trainings begin from the seeds 0 to 4, the same for every value that is compared.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import torch

from workbench.core.architecture import architecture_of
from workbench.core.claims.paired import over_seeds
from workbench.core.data import Dataset, load
from workbench.core.machine import machine, use_one_thread
from workbench.core.sizes import parameter_counts
from workbench.core.studies.rounds import rounds
from workbench.core.studies.seeds import accuracies
from workbench.core.training import rates
from workbench.core.training.batches import learned_from
from workbench.locale import message
from workbench.measurement import Grid, Progress, Quantity, Report
from workbench.setting import Setting
from workbench.setting.space import CHOICES
from workbench.statistics import median_interval

SEEDS = range(5)
NETWORKS = ("mlp", "small_cnn", "resnet8")
RATES = (0.001, 0.01, 0.1, 1.0, 10.0)
EPOCHS = (1, 4, 16, 64)
PRECISIONS = ("mixed_bfloat16", "mixed_float16")
PRECISION_EPOCHS = 5
WINDOWS, WINDOW_EPOCHS = (5, 7), 4
UPDATES = 100
STAGE = message("short trainings from several seeds")


def networks(setting: Setting, report: Report) -> Grid:
    """Rows networks; parameters, and the time of a batch, a sample of each in a round."""
    use_one_thread()
    stage = message("timing networks in turn")
    calls, samples, cells = {}, {}, {}
    for at, name in enumerate(NETWORKS):
        report(Progress(stage=stage))
        architecture = architecture_of(replace(setting.baseline, model=name))
        cells[name, "parameters"] = parameter_counts(architecture.form)["parameters"]
        engine = architecture.compiler.float32(architecture.form)
        calls[at] = engine.call(architecture.test_batch(setting.inference_batch))
        samples[at] = list[float]()
    for _done in rounds(calls, samples):
        report(Progress(stage=stage))
    for at, name in enumerate(NETWORKS):
        cells[name, "latency_ms"] = _median_ms(samples[at], setting.inference_batch)
    columns = ("parameters", "latency_ms")
    return Grid(rows=NETWORKS, columns=columns, cells=cells, machine=machine())


def _median_ms(samples: list[float], batch: int) -> Quantity:
    """The median and its interval: that of single timings says nothing of which is faster."""
    how = message(
        "median of {n} timings of ONNX Runtime, float32, batch of {batch}, one thread, networks in"
        " turn; 95 % interval of the median from order statistics",
        n=len(samples), batch=batch,
    )  # fmt: skip
    median, low, high = median_interval(samples)
    return Quantity(
        value=median, unit="ms", provenance="measured", how=how, low=low, high=high, n=len(samples)
    )


def schedules(setting: Setting, report: Report) -> Grid:
    """Rows schedules; the lowest and the highest learning rate of 100 updates."""
    cells: dict[tuple[str, str], Quantity] = {}
    how = message("the learning rates of {n} updates, as the schedule gives them", n=UPDATES)
    for name in CHOICES["schedule"]:
        report(Progress(stage=message("asking the schedules")))
        found = rates(replace(setting, schedule=name), UPDATES)
        for column, value in (("lowest", min(found)), ("highest", max(found))):
            cells[name, column] = Quantity(
                value=value, unit="number", provenance="computed", how=how
            )
    return Grid(rows=CHOICES["schedule"], columns=("lowest", "highest"), cells=cells)


@torch.inference_mode(mode=False)
def learning_rates(setting: Setting, report: Report) -> Grid:
    """Rows rates, ascending; gain: points after one epoch above the rate before."""
    reached = [
        _reached(replace(setting, learning_rate=rate, epochs=1), (1,), report)[1] for rate in RATES
    ]
    how = message(
        "mean difference over {n} seeds after one epoch; a training that diverged counts as a"
        " guess; 95 % interval of Student",
        n=len(SEEDS),
    )
    rows = tuple(map(str, RATES))
    cells = {
        (row, "gain"): over_seeds(before, after, how)
        for row, (before, after) in zip(rows[1:], pairwise(reached), strict=True)
    }
    return Grid(rows=rows, columns=("gain",), cells=cells, machine=machine())


@torch.inference_mode(mode=False)
def epochs(setting: Setting, report: Report) -> Grid:
    """Rows numbers of epochs, ascending, of the same trainings; gain: points above those before."""
    reached = _reached(replace(setting, epochs=EPOCHS[-1]), EPOCHS, report)
    how = message(
        "mean difference over {n} seeds between two epochs of the same training; one that diverged"
        " counts as a guess; 95 % interval of Student",
        n=len(SEEDS),
    )
    rows = tuple(map(str, EPOCHS))
    cells = {
        (str(more), "gain"): over_seeds(reached[fewer], reached[more], how)
        for fewer, more in pairwise(EPOCHS)
    }
    return Grid(rows=rows, columns=("gain",), cells=cells, machine=machine())


@torch.inference_mode(mode=False)
def precisions(setting: Setting, report: Report) -> Grid:
    """Rows precisions; change: points above float32 after the same epochs from the same seeds."""
    tried = replace(setting, epochs=PRECISION_EPOCHS)
    last = PRECISION_EPOCHS
    plain = _reached(replace(tried, precision="float32"), (last,), report)[last]
    how = message(
        "mean difference over {n} seeds after {epochs} epochs; a training that diverged counts as a"
        " guess; 95 % interval of Student",
        n=len(SEEDS), epochs=last,
    )  # fmt: skip
    cells = {
        (name, "change"): over_seeds(
            plain, _reached(_in(tried, name), (last,), report)[last], how
        )
        for name in PRECISIONS
    }  # fmt: skip
    return Grid(rows=PRECISIONS, columns=("change",), cells=cells, machine=machine())


def _in(setting: Setting, precision: str) -> Setting:
    return Setting.from_dict({**setting.as_dict(), "precision": precision})


def _reached(setting: Setting, after: tuple[int, ...], report: Report) -> dict[int, list[float]]:
    """Validation accuracy after so many epochs, seed by seed; a guess once it diverged."""
    use_one_thread()
    data = learned_from(setting, load(setting.dataset))
    guess = 1 / len(data.classes)
    found: dict[int, list[float]] = {epoch: [] for epoch in after}
    for seed in SEEDS:
        curve = _curve(replace(setting, seed=seed), data, lambda: report(Progress(stage=STAGE)))
        for epoch in after:
            found[epoch].append(curve[epoch] if epoch < len(curve) else guess)
    return found


def _curve(setting: Setting, data: Dataset, check: Callable[[], None]) -> list[float]:
    check()
    return [one.value for one in accuracies(setting, setting.seed, data, check)]


@torch.inference_mode(mode=False)
def windows(setting: Setting, report: Report) -> Grid:
    """Rows kernel sizes beyond 3; gain: points above 3 x 3 after the same short training."""
    last = WINDOW_EPOCHS
    tried = replace(setting, epochs=last)
    plain = _reached(replace(tried, kernel_size=3), (last,), report)[last]
    how = message(
        "mean difference over {n} seeds after {epochs} epochs; a training that diverged counts as a"
        " guess; 95 % interval of Student",
        n=len(SEEDS), epochs=last,
    )  # fmt: skip
    cells = {
        (str(size), "gain"): over_seeds(
            plain, _reached(replace(tried, kernel_size=size), (last,), report)[last], how
        )
        for size in WINDOWS
    }
    rows = tuple(map(str, WINDOWS))
    return Grid(rows=rows, columns=("gain",), cells=cells, machine=machine())
