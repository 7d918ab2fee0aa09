"""One network as a call to be timed, fresh each time it is asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter_ns, thread_time_ns

import torch
from torch import nn

from workbench.core.architecture import Architecture, architecture_of
from workbench.core.checkpoint import trained
from workbench.core.engine import Engine
from workbench.core.engine.runners import OnnxRuntime, Pictures
from workbench.locale import message
from workbench.measurement import Progress, Quantity
from workbench.setting import Setting
from workbench.statistics import quantile_interval

Call = Callable[[], None]
Check = Callable[[], None]
PREPARING = Progress(stage=message("preparing the data and the network"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """A trained network of which new engines can be made, and the pictures that they are fed."""

    setting: Setting
    architecture: Architecture
    network: nn.Module
    pictures: Pictures

    def engine(self) -> Engine:
        """A new engine with its own copy of the weights."""
        return self.architecture.build(self.setting, self.network).engine

    def call(self, threads: int = 1) -> Call:
        """A call of a new engine on so many threads."""
        engine = self.engine()
        if threads == 1 or engine.graph is None:
            return engine.call(self.pictures)
        return OnnxRuntime(engine.file, engine.name, threads).call(self.pictures)


def source_of(setting: Setting, check: Check) -> Source:
    """The shipped or trained network of `setting`, uncompressed, and a batch of test images."""
    plain = setting.baseline
    architecture = architecture_of(plain)
    check()
    network = trained(plain, architecture.data, lambda progress: check())
    pictures = architecture.test_batch(setting.inference_batch)
    return Source(setting=plain, architecture=architecture, network=network, pictures=pictures)


@contextmanager
def threads_of(count: int) -> Iterator[None]:
    """So many threads for PyTorch, and one again at the end, as everywhere else."""
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(1)


def timed_once(call: Call) -> tuple[float, float]:
    """Milliseconds of one call by the clock, and of this thread on a processor."""
    cpu, wall = thread_time_ns(), perf_counter_ns()
    call()
    wall, cpu = perf_counter_ns() - wall, thread_time_ns() - cpu
    return wall / 1e6, cpu / 1e6


def quantile(samples: list[float], share: float) -> Quantity:
    """The quantile of timings in milliseconds, with its interval."""
    value, low, high = quantile_interval(samples, share)
    how = message(
        "percentile of {n} calls, each timed alone; 95 % interval from order statistics",
        n=len(samples),
    )
    return Quantity(
        value=value, unit="ms", provenance="measured", how=how, low=low, high=high, n=len(samples)
    )


def band(low: Quantity, middle: Quantity, high: Quantity) -> Quantity:
    """From the 10th to the 90th percentile, as a share of the median."""
    how = message("90th percentile minus 10th, over the median, of {n} single calls", n=middle.n)
    return Quantity(
        value=(high.value - low.value) / middle.value,
        unit="fraction",
        provenance="measured",
        how=how,
        n=middle.n,
    )
