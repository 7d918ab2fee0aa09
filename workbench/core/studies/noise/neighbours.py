"""Busy neighbours: other processes that compute while something is timed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

COMPUTES = """
import os, sys, threading
def end_with_parent():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=end_with_parent, daemon=True).start()
print("computing", flush=True)
while True:
    sum(range(100_000))
"""
"""It ends when its standard input does: at the latest when this process ends, however it ends."""


@contextmanager
def busy_neighbours(count: int) -> Iterator[tuple[int, ...]]:
    """So many processes that compute without pause, by their ids; ended for certain at the end."""
    with ExitStack() as stack:
        yield tuple(stack.enter_context(_neighbour()) for _each in range(count))


@contextmanager
def _neighbour() -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", COMPUTES], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
    finally:
        process.kill()
        process.communicate()
