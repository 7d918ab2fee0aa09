"""A learner's way of timing, carried out again and again; and the cheapest way that would do."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter_ns

import numpy as np
import torch

from workbench.core.machine import use_one_thread
from workbench.core.studies.noise.calls import Call, Source, source_of
from workbench.locale import Message, message
from workbench.measurement import Quantity, Unit
from workbench.measurement.noise import REPEATS, WARM_UPS, Plan, Retimed
from workbench.setting import Setting
from workbench.statistics import median_interval

TIMES = 15
Tell = Callable[[Retimed], None]
PLANS = sorted(
    (Plan(warm_up=warm_up, repeats=repeats) for warm_up in WARM_UPS for repeats in REPEATS),
    key=lambda plan: (plan.warm_up + plan.repeats, plan.warm_up),
)


@torch.no_grad()
def retimed(setting: Setting, plan: Plan, narrow: float, tell: Tell) -> Retimed:
    """Carry out `plan` on fresh engines, then find the cheapest plan with a band below `narrow`."""
    use_one_thread()
    found = Retimed(plan=plan)
    source = source_of(setting, lambda: tell(found))
    band, took = _carried_out(source, plan, lambda: tell(found))
    found = replace(found, band=band, took_ms=took)
    tell(found)
    for tried, other in enumerate(PLANS, 1):
        found = replace(found, tried=tried)
        band, took = _carried_out(source, other, lambda: tell(found))  # noqa: B023  called here
        if band.value < narrow:
            return replace(found, cheapest=other, least_ms=took, is_over=True)
    return replace(found, is_over=True)


def _carried_out(
    source: Source, plan: Plan, check: Callable[[], None]
) -> tuple[Quantity, Quantity]:
    bands, times = [], []
    for _time in range(TIMES):
        check()
        call = source.call()
        check()
        began = perf_counter_ns()
        samples = samples_of(call, plan)
        times.append((perf_counter_ns() - began) / 1e6)
        low, middle, high = np.percentile(samples, [10, 50, 90])
        bands.append(float((high - low) / middle))
    words = message(
        "median of {n} fresh engines, each called {warm_up} times unseen and {repeats} times timed",
        n=TIMES,
        warm_up=plan.warm_up,
        repeats=plan.repeats,
    )
    return _median(bands, "fraction", words), _median(times, "ms", words)


def samples_of(call: Call, plan: Plan) -> list[float]:
    """Milliseconds of the calls that count."""
    for _call in range(plan.warm_up):
        call()
    samples = []
    for _call in range(plan.repeats):
        began = perf_counter_ns()
        call()
        samples.append((perf_counter_ns() - began) / 1e6)
    return samples


def _median(samples: list[float], unit: Unit, how: Message) -> Quantity:
    value, low, high = median_interval(samples)
    return Quantity(
        value=value, unit=unit, provenance="measured", how=how, low=low, high=high, n=len(samples)
    )
