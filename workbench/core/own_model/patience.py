"""A stranger's code, ended where it does not end by itself."""

import ctypes
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

Value = TypeVar("Value")


class Endless(Exception):
    """It took longer than it may."""


def within(seconds: float, act: Callable[[], Value]) -> Value:
    """What `act` returns or raises; Endless where it does neither in so many seconds.

    It runs in a thread of its own, which is then interrupted between two steps of Python.
    """
    made: list[Value] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            made.append(act())
        except BaseException as error:  # a stranger's code raises anything
            raised.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        _interrupt(thread)
        raise Endless
    if raised:
        raise raised[0]
    return made[0]


def _interrupt(thread: Thread) -> None:
    name = ctypes.c_ulong(thread.ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(name, ctypes.py_object(SystemExit))
