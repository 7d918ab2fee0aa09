"""What lesson 1 asks of core: imported when first asked for, with torch."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

from workbench.checks.trust import NARROW
from workbench.measurement import Grid, Report
from workbench.measurement.noise import Conditions, Plan, Retimed, Timed, Twins
from workbench.setting import Setting, shipped
from workbench.widgets.study import Survey
from workbench.widgets.trust.twins import Wanted

ONE_IMAGE = replace(shipped("fashion_mnist", "small_cnn"), inference_batch=1)


def timed_calls(conditions: Conditions, tell: Callable[[Timed], None]) -> Timed:
    """Single calls under conditions."""
    from workbench.core.studies.noise.histogram import timed_calls as survey

    return survey(conditions, tell)


def twins(wanted: Wanted, tell: Callable[[Twins], None]) -> Twins:
    """Two identical networks, one after the other or in turn."""
    from workbench.core.studies.noise.twins import timed_fairly, timed_naively

    survey = timed_naively if wanted.way == "naive" else timed_fairly
    return survey(wanted.setting, wanted.before, tell)


def throughput(setting: Setting, report: Report) -> Grid:
    """Latency and throughput over the batch."""
    from workbench.core.studies.noise.throughput import throughput as survey

    return survey(setting, report)


def sample_sizes(rival: str) -> Survey:
    """A survey that draws other images at every press."""
    draws = count()

    def survey(setting: Setting, report: Report) -> Grid:
        from workbench.core.studies.noise.sample_sizes import sample_sizes as survey

        return survey(setting, rival, next(draws), report)

    return survey


def retimed(plan: Plan, tell: Callable[[Retimed], None]) -> Retimed:
    """A plan on fresh engines, and the cheapest one that would do."""
    from workbench.core.studies.noise.retiming import retimed as survey

    return survey(ONE_IMAGE, plan, NARROW, tell)
