"""Latency: candidate and baseline timed in turn on one thread, so that noise hits both alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter_ns, thread_time_ns

import numpy as np

from workbench.core.engine import Engine
from workbench.core.engine.runners import Pictures
from workbench.locale import Message, message
from workbench.measurement import Quantity
from workbench.statistics import median_interval

SAMPLE_NS = 1_000_000
PAIRS = 60
BUSY = 1.2


@dataclass
class Timings:
    """Milliseconds a call of each side, pair by pair; wall and processor time of all of them."""

    candidate_ms: list[float] = field(default_factory=list)
    baseline_ms: list[float] = field(default_factory=list)
    wall_ns: int = 0
    cpu_ns: int = 0

    @property
    def ratios(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Baseline's time over the candidate's, shape (pairs,): above 1 the candidate is faster."""
        ratios: np.ndarray[tuple[int], np.dtype[np.float64]]
        ratios = np.array(self.baseline_ms) / np.array(self.candidate_ms)
        return ratios

    @property
    def machine_is_busy(self) -> bool:
        """Others used the processor: wall time is well above processor time."""
        return self.wall_ns > BUSY * self.cpu_ns


def timed_in_turn(
    candidate: Engine, baseline: Engine, pictures: Pictures, seconds: float = 0.6
) -> Iterator[Timings]:
    """Yield after every pair until PAIRS pairs or, after 10 pairs, `seconds` are over.

    Short calls are repeated within a sample of about a millisecond; which goes first alternates.
    """
    calls = candidate.call(pictures), baseline.call(pictures)
    repeats = [repeats_for(call) for call in calls]
    timings = Timings()
    began = perf_counter_ns()
    for pair in range(PAIRS):
        if pair >= 10 and perf_counter_ns() - began > seconds * 1e9:
            return
        order = (0, 1) if pair % 2 == 0 else (1, 0)
        found = {side: _sample(calls[side], repeats[side], timings) for side in order}
        timings.candidate_ms.append(found[0])
        timings.baseline_ms.append(found[1])
        yield timings


def repeats_for(call: Callable[[], None]) -> int:
    """How often to call for a sample of SAMPLE_NS; the first calls also warm up."""
    call()
    began = perf_counter_ns()
    call()
    return max(1, round(SAMPLE_NS / max(perf_counter_ns() - began, 1)))


def sampled(call: Callable[[], None], repeats: int) -> float:
    """Milliseconds of one call, the mean over `repeats` of them."""
    return _sample(call, repeats, Timings())


def _sample(call: Callable[[], None], repeats: int, timings: Timings) -> float:
    cpu, wall = thread_time_ns(), perf_counter_ns()
    for _repeat in range(repeats):
        call()
    wall, cpu = perf_counter_ns() - wall, thread_time_ns() - cpu
    timings.wall_ns += wall
    timings.cpu_ns += cpu
    return wall / repeats / 1e6


def latency(samples: list[float], engine: Engine, batch: int) -> Quantity:
    """Median time of a batch with its 10th and 90th percentile, milliseconds."""
    return milliseconds(samples, _how_timed(len(samples), engine, batch))


def milliseconds(samples: list[float], how: Message) -> Quantity:
    """The median of timings with their 10th and 90th percentile."""
    low, high = np.percentile(samples, [10, 90])
    return Quantity(
        value=float(np.median(samples)),
        unit="ms",
        provenance="measured",
        how=how,
        low=float(low),
        high=float(high),
        n=len(samples),
        interval="percentiles",
    )


def _how_timed(count: int, engine: Engine, batch: int) -> Message:
    return message(
        "median and 10th to 90th percentile of {n} timings, candidate and baseline in turn;"
        " batch of {batch}, one thread, {engine}",
        n=count,
        batch=batch,
        engine=engine.name,
    )


def speedup(timings: Timings) -> Quantity:
    """How many times faster than the baseline: median of the paired ratios, with its interval."""
    value, low, high = median_interval(timings.ratios)
    return Quantity(
        value=value,
        unit="ratio",
        provenance="measured",
        how=message(
            "median of {n} ratios, each of two timings in turn;"
            " 95 % interval from order statistics",
            n=len(timings.candidate_ms),
        ),
        low=low,
        high=high,
        n=len(timings.candidate_ms),
    )


def cpu_share(timings: Timings) -> Quantity:
    """Processor time over wall time while timing: 1 on a quiet machine."""
    return Quantity(
        value=min(1.0, timings.cpu_ns / timings.wall_ns),
        unit="fraction",
        provenance="measured",
        how=message("this thread's processor time over wall time while the latency was timed"),
        n=len(timings.candidate_ms),
    )
