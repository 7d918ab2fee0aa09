"""Several networks timed in turn, a sample of each a round, so that noise hits all alike."""

from collections.abc import Callable, Iterator, Mapping
from time import perf_counter_ns

import numpy as np

from workbench.core.latency import milliseconds, repeats_for, sampled
from workbench.locale import message
from workbench.measurement import Quantity
from workbench.statistics import median_interval

ROUNDS, FEWEST, SECONDS = 60, 5, 1.5


def rounds(
    calls: Mapping[int, Callable[[], None]], samples: dict[int, list[float]]
) -> Iterator[int]:
    """Fill `samples` (milliseconds, by name) round by round; yields how many are done."""
    repeats = {size: repeats_for(call) for size, call in calls.items()}
    began = perf_counter_ns()
    for done in range(1, ROUNDS + 1):
        for size, call in calls.items():
            samples[size].append(sampled(call, repeats[size]))
            yield done
        if done >= FEWEST and perf_counter_ns() - began > SECONDS * 1e9:
            return


def round_times(
    times: list[float], reference: list[float] | None, batch: int
) -> dict[str, Quantity]:
    """`latency_ms`, and `slowdown`: times over those of `reference` in the same rounds."""
    how = message(
        "median and 10th to 90th percentile of {n} timings of ONNX Runtime, float32, batch of"
        " {batch}, one thread, kernel sizes in turn",
        n=len(times),
        batch=batch,
    )
    found = {"latency_ms": milliseconds(times, how)}
    if reference is not None:
        value, low, high = median_interval(np.array(times) / np.array(reference))
        told = message(
            "median of {n} ratios, its own time over that of 3 x 3 in the same round; 95 %"
            " interval from order statistics",
            n=len(times),
        )
        found["slowdown"] = Quantity(
            value=value,
            unit="ratio",
            provenance="measured",
            how=told,
            low=low,
            high=high,
            n=len(times),
        )
    return found
