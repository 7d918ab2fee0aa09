"""One run at a time for a panel, the newest request first; knows neither torch nor widgets."""

import atexit
import logging
from collections.abc import Callable
from threading import Condition, Thread
from typing import Generic, TypeVar

from workbench.turns import COMPUTING

Request = TypeVar("Request")
News = TypeVar("News")
Answer = TypeVar("Answer")

CLOSING_SECONDS = 5


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
        self._is_paused = self._has_turn = False
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
            dropped = [*self._waiting]
            self._waiting.clear()
            self._stop = True
            self._changed.notify_all()
        for wanted in dropped:  # it never began, so that no run can tell of its end
            self._tell(self._on_stopped, wanted)

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
            COMPUTING.take()
            self._has_turn = True
            try:
                self._answer(wanted[0])
            finally:
                if self._has_turn:
                    COMPUTING.give()

    def _next(self) -> tuple[Request] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            self._stop = False
            return (self._waiting.pop(),)

    def _hold(self, wanted: Request, news: News) -> None:
        """Wait while paused, so that others may compute meanwhile.

        A run that is to end then does not wait for its turn again: it computes no more.
        """
        with self._changed:
            if self._until is not None and self._until(news):
                self._is_paused, self._until = True, None
            if not self._is_paused:
                return
        self._on_paused(wanted)
        COMPUTING.give()
        self._has_turn = False
        with self._changed:
            self._changed.wait_for(lambda: not self._is_paused or self._is_over)
            if self._is_over:
                return
        COMPUTING.take()
        self._has_turn = True

    @property
    def _is_over(self) -> bool:
        """Nobody wants the answer of the run any more."""
        return bool(self._waiting) or self._stop

    def _answer(self, wanted: Request) -> None:
        def check() -> None:
            with self._changed:
                if self._is_over:
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
                self._tell(self._on_stopped, wanted)
        except Exception as error:  # whatever goes wrong in a run must not end the panel
            self._tell(self._on_error, wanted, error)

    def _tell(self, callback: Callable[..., None], *words: object) -> None:
        """Call back; what goes wrong there must not end the thread."""
        try:
            callback(*words)
        except Exception:
            logging.getLogger(__name__).exception("a panel could not show an end or an error")
