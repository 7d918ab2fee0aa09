"""The scheduler: the newest request wins, nothing computes twice at once, and nothing ends it."""

import threading
from collections.abc import Callable, Iterator
from threading import Event, Thread

import pytest

from workbench.scheduler import COMPUTING, Scheduler
from workbench.turns import Turn

PATIENCE_S = 10
"""Only a failing test waits so long."""
NAMES = ("slow", "endless", "broken", "a", "b", "c", "d")


class Unwanted(Exception):  # what a Superseded is to the scheduler
    """Raised by `report` where nobody wants the answer any more."""


class Panel:
    """A panel whose run `slow` waits at a gate between two words, and what it was told in order."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.gate = Event()
        self.began = {name: Event() for name in NAMES}
        self.ended = {name: Event() for name in NAMES}
        self.threads: set[Thread] = set()
        self.scheduler: Scheduler[str, str, str] = Scheduler(
            self.run,
            superseded=Unwanted,
            on_start=lambda name: self.log.append(f"start {name}"),
            on_news=lambda name, news: self.log.append(f"news {name} {news}"),
            on_answer=lambda name, answer: self._end(name, f"answer {answer}"),
            on_error=lambda name, error: self._end(name, f"error {name} {error}"),
            on_stopped=lambda name: self._end(name, f"stopped {name}"),
        )

    def run(self, name: str, report: Callable[[str], None]) -> str:
        assert COMPUTING.is_taken
        self.threads.add(threading.current_thread())
        report("first")
        self.began[name].set()
        while name == "endless":
            report("again")
        if name == "slow":
            assert self.gate.wait(PATIENCE_S)
        if name == "broken":
            raise ValueError("it broke")
        report("second")
        return name

    def _end(self, name: str, words: str) -> None:
        self.log.append(words)
        self.ended[name].set()

    def begin(self, name: str) -> None:
        """Ask for `name`, and wait until it has said its first word."""
        self.scheduler.request(name)
        assert self.began[name].wait(PATIENCE_S), self.log

    def finish(self, name: str) -> None:
        """Ask for `name`, and wait until it has ended, whichever way."""
        self.scheduler.request(name)
        self.wait_for(name)

    def wait_for(self, name: str) -> None:
        assert self.ended[name].wait(PATIENCE_S), self.log


@pytest.fixture
def panel() -> Iterator[Panel]:
    made = Panel()
    yield made
    made.gate.set()
    made.scheduler.close()


def answered(name: str) -> list[str]:
    return [f"start {name}", f"news {name} first", f"news {name} second", f"answer {name}"]


def test_a_request_is_answered(panel: Panel) -> None:
    panel.finish("a")
    assert panel.log == answered("a")


def test_the_newest_request_wins(panel: Panel) -> None:
    panel.begin("slow")
    for name in ("b", "c", "d"):
        panel.scheduler.request(name)
    panel.gate.set()
    panel.wait_for("d")
    assert panel.log == ["start slow", "news slow first", *answered("d")]


def test_stop_ends_the_run_at_its_next_word(panel: Panel) -> None:
    panel.begin("slow")
    panel.scheduler.stop()
    panel.gate.set()
    panel.wait_for("slow")
    assert panel.log == ["start slow", "news slow first", "stopped slow"]


def test_stop_forgets_what_waits(panel: Panel) -> None:
    panel.begin("slow")
    panel.scheduler.request("b")
    panel.scheduler.stop()
    panel.gate.set()
    panel.wait_for("slow")
    panel.finish("c")
    assert panel.log[2:] == ["stopped b", "stopped slow", *answered("c")]


def test_whoever_is_stopped_before_its_run_begins_hears_of_it(panel: Panel) -> None:
    panel.begin("slow")
    panel.scheduler.request("a")
    panel.scheduler.stop()
    assert panel.ended["a"].is_set()
    panel.gate.set()
    assert "start a" not in panel.log


def test_a_request_after_stop_is_answered(panel: Panel) -> None:
    panel.begin("slow")
    panel.scheduler.stop()
    panel.scheduler.request("b")
    panel.gate.set()
    panel.wait_for("b")
    assert panel.log[2:] == answered("b")


def test_an_exception_is_told_and_the_next_request_still_answered(panel: Panel) -> None:
    panel.finish("broken")
    panel.finish("b")
    assert panel.log[2:] == ["error broken it broke", *answered("b")]


def test_a_panel_that_cannot_show_its_error_lives_on(caplog: pytest.LogCaptureFixture) -> None:
    tried, answered = Event(), Event()

    def fail(*_words: object) -> None:
        tried.set()
        raise RuntimeError("no page to write on")

    scheduler: Scheduler[str, str, str] = Scheduler(
        lambda name, report: name,
        superseded=Unwanted,
        on_start=lambda name: fail() if name == "broken" else None,
        on_news=fail,
        on_answer=lambda name, answer: answered.set(),
        on_error=fail,
        on_stopped=fail,
    )
    scheduler.request("broken")
    assert tried.wait(PATIENCE_S)
    scheduler.request("b")
    assert answered.wait(PATIENCE_S)
    scheduler.close()
    assert "could not show an end or an error" in caplog.text


def test_close_ends_the_run_and_its_thread(panel: Panel) -> None:
    panel.begin("endless")
    panel.scheduler.close()
    (thread,) = panel.threads
    assert not thread.is_alive()
    assert panel.log[-1] == "stopped endless"


def test_stop_ends_a_run_that_never_would(panel: Panel) -> None:
    panel.begin("endless")
    panel.scheduler.stop()
    panel.wait_for("endless")
    panel.finish("b")
    assert panel.log[-5:] == ["stopped endless", *answered("b")]


def test_requests_after_close_are_ignored(panel: Panel) -> None:
    panel.finish("a")
    panel.scheduler.close()
    before = set(threading.enumerate())
    panel.scheduler.request("b")
    assert set(threading.enumerate()) == before
    panel.scheduler.close()
    assert panel.log == answered("a")


def test_no_thread_is_made_before_the_first_request() -> None:
    before = set(threading.enumerate())
    Panel().scheduler.close()
    assert set(threading.enumerate()) == before


def test_two_panels_never_compute_at_the_same_time() -> None:
    first, second = Panel(), Panel()
    second.log = first.log
    first.begin("slow")
    second.scheduler.request("b")
    assert not second.began["b"].wait(0.05)
    first.gate.set()
    second.wait_for("b")
    for panel in (first, second):
        panel.scheduler.close()
    assert first.log == [*answered("slow"), *answered("b")]


def test_who_is_patient_lets_others_go_first_and_comes_back() -> None:
    turn, log, entered = Turn(), [], Event()

    def other() -> None:
        turn.take()
        log.append("other")
        entered.set()
        turn.give()

    turn.take()
    turn.give_way()
    log.append("first")
    thread = Thread(target=other)
    thread.start()
    while not entered.is_set():
        turn.give_way()
    log.append("again")
    assert turn.is_taken
    turn.give()
    thread.join()
    assert log == ["first", "other", "again"]
    assert not turn.is_taken


def test_a_patient_scheduler_pauses_for_another_one() -> None:
    log: list[str] = []
    started, over = Event(), Event()

    def survey(name: str, report: Callable[[str], None]) -> str:
        started.set()
        while "slider" not in log:
            report("cell")
        return "survey"

    def slider(name: str, report: Callable[[str], None]) -> str:
        log.append("slider")
        return "slider"

    def scheduler(run: Callable[..., str], *, is_patient: bool) -> Scheduler[str, str, str]:
        def answered(name: str, answer: str) -> None:
            log.append(f"answer {answer}")
            if answer == "survey":
                over.set()

        return Scheduler(
            run,
            superseded=Unwanted,
            on_start=lambda name: None,
            on_news=lambda name, news: None,
            on_answer=answered,
            on_error=lambda name, error: log.append(f"error {error}"),
            on_stopped=lambda name: log.append("stopped"),
            is_patient=is_patient,
        )

    patient, hasty = scheduler(survey, is_patient=True), scheduler(slider, is_patient=False)
    patient.request("long")
    assert started.wait(PATIENCE_S)
    hasty.request("short")
    assert over.wait(PATIENCE_S)
    patient.close()
    hasty.close()
    assert log[0] == "slider"
    assert {"answer slider", "answer survey"} <= set(log)


class Steps:
    """A scheduler whose run `count` says 1, 2, 3 ... for ever; what was heard, and each pause."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.paused, self.stopped, self.said = Event(), Event(), Event()
        self.scheduler: Scheduler[str, int, str] = Scheduler(
            self.run,
            superseded=Unwanted,
            on_start=lambda name: None,
            on_news=self._hear,
            on_answer=lambda name, answer: self.said.set(),
            on_error=lambda name, error: None,
            on_stopped=lambda name: self.stopped.set(),
            on_paused=lambda name: self.paused.set(),
        )

    def run(self, name: str, report: Callable[[int], None]) -> str:
        for number in range(1, 4 if name == "short" else 10**9):
            report(number)
        return name

    def _hear(self, name: str, number: int) -> None:
        self.heard.append(number)

    def play(self, until: Callable[[int], bool] | None) -> None:
        """Go on until it is paused again."""
        self.paused.clear()
        self.scheduler.play(until)


@pytest.fixture
def steps() -> Iterator[Steps]:
    made = Steps()
    yield made
    made.scheduler.close()


def test_a_run_plays_to_the_word_it_was_told_to_wait_for(steps: Steps) -> None:
    steps.play(lambda number: number == 3)
    steps.scheduler.request("count")
    assert steps.paused.wait(PATIENCE_S)
    assert steps.heard == [1, 2, 3]
    steps.play(lambda number: True)
    assert steps.paused.wait(PATIENCE_S)
    assert steps.heard == [1, 2, 3, 4]


def test_a_pause_holds_at_the_next_word(steps: Steps) -> None:
    steps.scheduler.pause()
    steps.scheduler.request("count")
    assert steps.paused.wait(PATIENCE_S)
    assert steps.heard == [1]


@pytest.mark.parametrize("end", ["stop", "close"])
def test_a_paused_run_can_be_ended(steps: Steps, end: str) -> None:
    steps.scheduler.pause()
    steps.scheduler.request("count")
    assert steps.paused.wait(PATIENCE_S)
    getattr(steps.scheduler, end)()
    assert steps.stopped.wait(PATIENCE_S)


def test_a_newer_request_ends_a_paused_run(steps: Steps) -> None:
    steps.scheduler.pause()
    steps.scheduler.request("count")
    assert steps.paused.wait(PATIENCE_S)
    steps.scheduler.request("short")
    steps.scheduler.play()
    assert steps.said.wait(PATIENCE_S)
    assert steps.heard == [1, 1, 2, 3]


def test_others_compute_while_a_run_is_paused(steps: Steps) -> None:
    steps.scheduler.pause()
    steps.scheduler.request("count")
    assert steps.paused.wait(PATIENCE_S)
    other = Panel()
    try:
        other.scheduler.request("a")
        assert other.ended["a"].wait(PATIENCE_S), other.log
    finally:
        other.scheduler.close()


def test_a_paused_run_that_is_stopped_does_not_wait_for_anothers_turn(steps: Steps) -> None:
    steps.scheduler.pause()
    steps.scheduler.request("count")
    assert steps.paused.wait(PATIENCE_S)
    COMPUTING.take()
    try:
        steps.scheduler.stop()
        assert steps.stopped.wait(PATIENCE_S)
    finally:
        COMPUTING.give()


def test_an_end_that_cannot_be_shown_ends_no_thread() -> None:
    answered, began = Event(), Event()

    def fail(name: str) -> None:
        raise RuntimeError("no page")

    def run(name: str, report: Callable[[str], None]) -> str:
        while name == "endless":
            began.set()
            report("again")
        return name

    scheduler: Scheduler[str, str, str] = Scheduler(
        run,
        superseded=Unwanted,
        on_start=lambda name: None,
        on_news=lambda name, news: None,
        on_answer=lambda name, answer: answered.set(),
        on_error=lambda name, error: None,
        on_stopped=fail,
    )
    scheduler.request("endless")
    assert began.wait(PATIENCE_S)
    scheduler.stop()
    scheduler.request("a")
    assert answered.wait(PATIENCE_S)
    scheduler.close()
