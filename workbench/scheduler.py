"""One run at a time for a panel, the newest request first; knows neither torch nor widgets."""

import atexit
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Generic, TypeVar

Request = TypeVar("Request")
News = TypeVar("News")
Answer = TypeVar("Answer")

CLOSING_SECONDS = 5


class Turn:
    """Whose turn it is to compute: one at a time, and who is patient lets all others go first."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._is_taken = False
        self._waiting = 0

    @property
    def is_taken(self) -> bool:
        """Somebody computes."""
        return self._is_taken

    def __enter__(self) -> None:
        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: not self._is_taken)
            self._waiting -= 1
            self._is_taken = True

    def __exit__(self, *_error: object) -> None:
        with self._changed:
            self._is_taken = False
            self._changed.notify_all()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let others compute within the block; called by whose turn it is."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()

    def give_way(self) -> None:
        """Let those who wait compute, and come back after them; called by whose turn it is."""
        with self._changed:
            if self._waiting == 0:
                return
            self._is_taken = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._is_taken and self._waiting == 0)
            self._is_taken = True


COMPUTING = Turn()
"""Held while any panel of this process computes: the number of threads is one for all of them."""


class Scheduler(Generic[Request, News, Answer]):
    """A slot that holds the newest request, and one thread that serves it.

    `run(request, report)` computes. `report` passes news on and raises `superseded` as soon as a
    newer request waits or Stop was asked for, so that a run ends at its next word.
    `on_news`, `on_answer`, `on_error`, `on_paused` are called on that thread. `is_patient`: its
    runs pause, at their next word, while the run of another scheduler is wanted.
    """

    def __init__(
        self,
        run: Callable[[Request, Callable[[News], None]], Answer],
        *,
        superseded: type[Exception],
        on_start: Callable[[Request], None],
        on_news: Callable[[Request, News], None],
        on_answer: Callable[[Request, Answer], None],
        on_error: Callable[[Request, Exception], None],
        on_stopped: Callable[[Request], None],
        on_paused: Callable[[Request], None] = lambda request: None,
        is_patient: bool = False,
    ) -> None:
        self._run, self._superseded = run, superseded
        self._is_patient = is_patient
        self._on_start, self._on_news, self._on_answer = on_start, on_news, on_answer
        self._on_error, self._on_stopped = on_error, on_stopped
        self._on_paused = on_paused
        self._is_paused = False
        self._until: Callable[[News], bool] | None = None
        self._changed = Condition()
        self._waiting: list[Request] = []
        self._stop = self._closed = False
        self._thread: Thread | None = None

    def request(self, wanted: Request) -> None:
        """Run `wanted` as soon as what runs now has stopped; forget any older request."""
        with self._changed:
            if self._closed:
                return
            self._waiting[:] = [wanted]
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="workbench-run", daemon=True)
                self._thread.start()
                # A process that ends in the middle of a computation aborts, noisily.
                atexit.register(self.close)
            self._changed.notify_all()

    def request_when_idle(self, wanted: Request) -> None:
        """Run `wanted` next, unless something else was asked for meanwhile: that goes first."""
        with self._changed:
            if not self._waiting and not self._stop:
                self.request(wanted)

    def stop(self) -> None:
        """End the run at its next word, and forget what waits."""
        with self._changed:
            self._waiting.clear()
            self._stop = True
            self._changed.notify_all()

    def pause(self) -> None:
        """Hold the run at its next word, until it may go on, is stopped or superseded."""
        with self._changed:
            self._is_paused = True

    def play(self, until: Callable[[News], bool] | None = None) -> None:
        """Let runs go on, to their end or to the first news that are what `until` waits for."""
        with self._changed:
            self._is_paused, self._until = False, until
            self._changed.notify_all()

    def close(self) -> None:
        """Stop for good; returns when the thread has ended, or after CLOSING_SECONDS."""
        with self._changed:
            self._closed = self._stop = True
            self._waiting.clear()
            self._changed.notify_all()
            thread = self._thread
        atexit.unregister(self.close)
        if thread is not None:
            thread.join(CLOSING_SECONDS)

    def _serve(self) -> None:
        while (wanted := self._next()) is not None:
            with COMPUTING:
                self._answer(wanted[0])

    def _next(self) -> tuple[Request] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            self._stop = False
            return (self._waiting.pop(),)

    def _hold(self, wanted: Request, news: News) -> None:
        """Wait while paused, so that others may compute meanwhile."""
        with self._changed:
            if self._until is not None and self._until(news):
                self._is_paused, self._until = True, None
            if not self._is_paused:
                return
        self._on_paused(wanted)
        with COMPUTING.lent(), self._changed:
            self._changed.wait_for(lambda: not self._is_paused or self._waiting or self._stop)

    def _answer(self, wanted: Request) -> None:
        def check() -> None:
            with self._changed:
                if self._waiting or self._stop:
                    raise self._superseded

        def report(news: News) -> None:
            check()
            if self._is_patient:
                COMPUTING.give_way()
                check()
            self._on_news(wanted, news)
            if self._is_paused or self._until is not None:
                self._hold(wanted, news)
                check()

        try:
            self._on_start(wanted)
            self._on_answer(wanted, self._run(wanted, report))
        except self._superseded:
            if not self._waiting:
                self._on_stopped(wanted)
        except Exception as error:  # whatever goes wrong in a run must not end the panel
            try:
                self._on_error(wanted, error)
            except Exception:
                logging.getLogger(__name__).exception("a panel could not show an error")
