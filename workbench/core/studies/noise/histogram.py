"""The noise lab: one network called again and again under chosen conditions."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import torch

from workbench.core.machine import machine, use_one_thread
from workbench.core.studies.noise.calls import (
    Call,
    Source,
    band,
    quantile,
    source_of,
    threads_of,
    timed_once,
)
from workbench.core.studies.noise.neighbours import busy_neighbours
from workbench.locale import message
from workbench.measurement import Quantities, Quantity
from workbench.measurement.noise import Conditions, Timed

WARM_UP = 20
FEWEST = 20
TELL_SECONDS = 0.25


def timed_calls(conditions: Conditions, tell: Callable[[Timed], None]) -> Timed:
    """Time single calls under `conditions`; `tell` hears of what is there, and may end it."""
    use_one_thread()
    found = Timed(conditions=conditions)
    source = source_of(conditions.setting, lambda: tell(found))
    found = replace(found, engine=source.engine().name, machine=machine())
    tell(found)
    with (
        torch.no_grad(),
        threads_of(conditions.threads),
        busy_neighbours(conditions.neighbours),
    ):
        return _sampled(source, found, tell)


def _sampled(source: Source, found: Timed, tell: Callable[[Timed], None]) -> Timed:
    conditions, walls, cpus = found.conditions, list[float](), list[float]()
    call = _warm(source, conditions)
    told = monotonic()
    for _call in range(conditions.repeats):
        # A cold call is the first of an engine that nobody called before.
        wall, cpu = timed_once(call or source.call(conditions.threads))
        walls.append(wall)
        cpus.append(cpu)
        if len(walls) >= FEWEST and monotonic() - told > TELL_SECONDS:
            found = _with(found, walls, cpus)
            told = monotonic()
        tell(found)
    return _with(found, walls, cpus)


def _warm(source: Source, conditions: Conditions) -> Call | None:
    if conditions.start == "cold":
        return None
    call = source.call(conditions.threads)
    for _call in range(WARM_UP):
        call()
    return call


def _with(found: Timed, walls: list[float], cpus: list[float]) -> Timed:
    return replace(found, samples_ms=tuple(walls), quantities=described(walls, cpus))


def described(walls: list[float], cpus: list[float]) -> Quantities:
    """Percentiles of timings, their band, and how much of the time this thread had a processor."""
    low, middle, high = (quantile(walls, share) for share in (0.1, 0.5, 0.9))
    how = message("this thread's processor time over wall time of {n} calls", n=len(walls))
    share = Quantity(
        value=min(1.0, sum(cpus) / sum(walls)),
        unit="fraction",
        provenance="measured",
        how=how,
        n=len(walls),
    )
    return {
        "p10_ms": low,
        "p50_ms": middle,
        "p90_ms": high,
        "band": band(low, middle, high),
        "cpu_share": share,
    }
