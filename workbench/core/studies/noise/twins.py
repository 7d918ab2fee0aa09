"""Which of two identical networks is faster: asked badly, and asked well."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter_ns

import torch

from workbench.core.latency import Timings, speedup, timed_in_turn
from workbench.core.machine import use_one_thread
from workbench.core.studies.noise.calls import Source, source_of
from workbench.locale import message
from workbench.measurement import Quantity
from workbench.measurement.noise import Twins
from workbench.setting import Setting

CALLS = 20


@torch.no_grad()
def timed_naively(setting: Setting, before: Twins, tell: Callable[[Twins], None]) -> Twins:
    """One more comparison the usual way: build A and time some calls, then build B and do so."""
    use_one_thread()
    source = source_of(setting, lambda: tell(before))
    first, second = (_taken(source) for _side in "AB")
    how = message(
        "time of A over time of B, the mean of {n} calls each from the first on, A before B",
        n=CALLS,
    )
    ratio = Quantity(value=first / second, unit="ratio", provenance="measured", how=how, n=CALLS)
    return replace(before, naive=(*before.naive, ratio))


def _taken(source: Source) -> int:
    call = source.call()
    began = perf_counter_ns()
    for _call in range(CALLS):
        call()
    return perf_counter_ns() - began


@torch.no_grad()
def timed_fairly(setting: Setting, before: Twins, tell: Callable[[Twins], None]) -> Twins:
    """The same two in turn, as everywhere in this package: the ratio with its interval."""
    use_one_thread()
    source = source_of(setting, lambda: tell(before))
    one, other = source.engine(), source.engine()
    timings, found = Timings(), replace(before, fair=None)
    # The candidate is B: the ratio is A's time over B's.
    for latest in timed_in_turn(other, one, source.pictures):
        timings = latest
        tell(found)
    return replace(found, fair=speedup(timings), pairs=len(timings.ratios))
