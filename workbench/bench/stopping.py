"""How soon a run that nobody wants any more gives way to the next one."""

from dataclasses import replace
from threading import Event
from time import perf_counter
from typing import Any

import numpy as np

from workbench.core.experiment import run
from workbench.measurement import Measurement, Progress, Superseded
from workbench.scheduler import Scheduler
from workbench.setting import Setting, shipped

INTERRUPTIONS = 60
PATIENCE_SECONDS = 60


def stop_times() -> list[float]:
    """Milliseconds from a request to its start while another run is under way, at random moments.

    resnet8, the largest network that ships; settings alternate between float32, int8 and 4 bits.
    """
    started = Event()
    scheduler: Scheduler[Setting, Progress, Measurement] = Scheduler(
        run,
        superseded=Superseded,
        on_start=lambda wanted: started.set(),
        on_news=_ignore,
        on_answer=_ignore,
        on_error=_ignore,
        on_stopped=_ignore,
    )
    moments = np.random.default_rng(0).uniform(0.02, 1.0, INTERRUPTIONS)
    start = shipped("fashion_mnist", "resnet8")
    run(replace(start, weight_bits=8))
    scheduler.request(start)
    times = []
    for number, moment in enumerate(moments):
        bits = (32, 8, 4)[number % 3]
        Event().wait(float(moment))
        started.clear()
        began = perf_counter()
        scheduler.request(replace(start, sparsity=(number % 19) / 20, weight_bits=bits))
        started.wait(PATIENCE_SECONDS)
        times.append(1000 * (perf_counter() - began))
    scheduler.close()
    return times


def _ignore(*news: Any) -> None:
    """A bench looks only at the clock."""
