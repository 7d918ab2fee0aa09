"""One network called again and again, each call timed alone."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter_ns, thread_time_ns

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workbench.as_code.parts.exporting import session_of

Call = Callable[[], object]
BUSY = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print("computing", flush=True)
while True:
    sum(range(100_000))
"""


def call_in_onnxruntime(file: str, pictures: NDArray[np.float32], threads: int) -> Call:
    """A call of an engine that nobody called before."""
    session = session_of(file, threads)
    return lambda: session.run(None, {"images": pictures})


def call_in_torch(model: nn.Module, pictures: NDArray[np.float32], device: str) -> Call:
    """A call that ends when the answer is there, not when it was asked for."""
    model = model.eval().to(device).to(memory_format=torch.channels_last)
    placed = torch.from_numpy(pictures).to(device).contiguous(memory_format=torch.channels_last)

    @torch.inference_mode()
    def call() -> None:
        model(placed)
        if device != "cpu":
            torch.accelerator.synchronize()

    return call


def timed(call: Call) -> tuple[float, float]:
    """Milliseconds of one call by the clock, and of this thread on a processor."""
    cpu, wall = thread_time_ns(), perf_counter_ns()
    call()
    wall, cpu = perf_counter_ns() - wall, thread_time_ns() - cpu
    return wall / 1e6, cpu / 1e6


@contextmanager
def busy_neighbours(count: int) -> Iterator[None]:
    """So many processes that compute meanwhile; they end with this one, however it ends."""
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(count)
    ]
    try:
        for process in begun:
            assert process.stdout is not None
            process.stdout.readline()
        yield
    finally:
        for process in begun:
            process.kill()
            process.communicate()


def tell_times(times: Sequence[tuple[float, float]]) -> None:
    """Percentiles, how wide they lie, and how much of the time this thread had a processor."""
    walls, cpus = np.array(times).T
    low, middle, high = np.quantile(walls, (0.1, 0.5, 0.9))
    print(f"{len(walls)} calls: p10 {low:.4f} ms, p50 {middle:.4f} ms, p90 {high:.4f} ms")
    print(f"from p10 to p90: {(high - low) / middle:.1%} of the median")
    print(f"this thread had a processor for {min(1.0, cpus.sum() / walls.sum()):.1%} of the time")
