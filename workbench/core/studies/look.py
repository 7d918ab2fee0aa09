"""The form of a network at a glance: what it sees and costs at once, then how long it takes."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import torch

from workbench.core.architecture import architecture_of
from workbench.core.data import load
from workbench.core.latency import Timings, cpu_share, latency, speedup, timed_in_turn
from workbench.core.machine import machine, use_one_thread
from workbench.core.models import FORM
from workbench.core.receptive import form_costs, sights
from workbench.core.sizes import file_sizes
from workbench.locale import message
from workbench.measurement.kernels import Look
from workbench.setting import Setting

MOST_MACS = 1_500_000_000
"""Multiply-adds of one call beyond which nobody wants to wait for its time: about half a second."""
SECONDS = 0.6
Report = Callable[[Look], None]
"""Takes what is known so far; may raise Superseded."""


def look(setting: Setting, report: Report) -> Look:
    """What the untrained network of `setting` sees, costs and takes; told in this order.

    It is timed in turn with the form of all defaults; what the weights are does not change that.
    """
    data = load(setting.dataset)
    seen = sights(setting, data.image_shape)
    found = Look(
        setting=setting,
        shape=data.image_shape,
        sights=seen,
        quantities=form_costs(seen, len(data.classes)),
        machine=machine(),
    )
    report(found)
    macs = found.quantities["macs"].value * setting.inference_batch
    if macs > MOST_MACS:
        told = message(
            "not timed: {macs} million multiply-adds for a batch would take too long here; all"
            " counts are exact",
            macs=round(macs / 1e6),
        )
        return replace(found, notes=(told,))
    return _timed(found, report)


def default_form(setting: Setting) -> Setting:
    """The same data and batch, the network's form left to its defaults."""
    nothing: dict[str, Any] = dict.fromkeys(FORM)
    return replace(setting, **nothing)


@torch.no_grad()
def _timed(found: Look, report: Report) -> Look:
    use_one_thread()
    setting, check = found.setting, partial(report, found)
    architecture = architecture_of(setting)
    check()
    plain = architecture_of(default_form(setting))
    check()
    engines = [each.build(setting.baseline, each.form).engine for each in (architecture, plain)]
    found = replace(found, quantities={**found.quantities, **file_sizes(engines[0], check)})
    pictures = architecture.test_batch(setting.inference_batch)
    timings = Timings()
    for latest in timed_in_turn(engines[0], engines[1], pictures, SECONDS):
        timings = latest
        report(found)
    busy = message("this machine is busy: others share its processor")
    batch = setting.inference_batch
    return replace(
        found,
        quantities={
            **found.quantities,
            "latency_ms": latency(timings.candidate_ms, engines[0], batch),
            "baseline_latency_ms": latency(timings.baseline_ms, engines[1], batch),
            "speedup": speedup(timings),
            "cpu_share": cpu_share(timings),
        },
        notes=(busy,) if timings.machine_is_busy else (),
    )
