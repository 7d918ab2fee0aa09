"""How long a front of 25 recipes takes, measured as the lesson on choosing measures it."""

from time import perf_counter

from workbench.bench import Row
from workbench.core.choosing.recipes import grid, measured
from workbench.core.experiment import run
from workbench.setting import shipped
from workbench.statistics import median_interval

RUNS = 5
AIM_S = 10


def measure() -> list[Row]:
    """small_cnn on Fashion-MNIST, five sparsities by five bit widths, all test images."""
    setting = shipped("fashion_mnist", "small_cnn")
    run(setting)
    times = []
    for _run in range(RUNS):
        began = perf_counter()
        measured(grid(setting), lambda _found: None)
        times.append(perf_counter() - began)
    value, low, high = median_interval(times)
    return [
        Row(what="front_seconds", value=value, unit="s", low=low, high=high,
            goal=f"at most {AIM_S} s", met=value <= AIM_S),
    ]  # fmt: skip
