"""Workers on a real PostgreSQL: killed, paused, cut off from the server; nothing is lost."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen
from threading import Barrier, Event, Thread
from time import monotonic

import psycopg
import pytest

from tests.postgres import running_server
from tests.searching import goal, goal_of, plan, silent, told
from workbench.bench.crowd import Crowd, cheap_goal, plan_of
from workbench.bench.postgres import Server
from workbench.measurement import Quantities, Report
from workbench.search.pulse import Watch
from workbench.search.reconcile import give_up, reconcile
from workbench.search.running import search, standing, start
from workbench.search.storage import open_storage
from workbench.search.studies import Opened, joined
from workbench.search.values import Standing
from workbench.setting import Setting

GRACE = 1.5
DEADLINE_SECONDS = 60


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all tests here."""
    yield from running_server()


def until(seen: Callable[[], bool], crowd: Crowd | None = None) -> None:
    """Look until it is seen."""
    began = monotonic()
    while not seen():
        assert monotonic() - began < DEADLINE_SECONDS, crowd.log if crowd else ""
        Event().wait(0.05)


def has_trial(worker: Popen[bytes], now: Standing) -> bool:
    return any(trial.worker.endswith(f":{worker.pid}") for trial in now.running)


def begun(server: Server, name: str, points: tuple[int, int, int], milliseconds: float) -> Opened:
    asked = plan_of(points, milliseconds)
    return start(asked, cheap_goal(asked), open_storage(server.url), name, GRACE)


def check_each_once(now: Standing) -> None:
    assert now.complete == now.wanted
    assert sorted(trial.key for trial in now.done) == sorted({trial.key for trial in now.done})
    assert len(now.done) == now.wanted


def test_killed_workers_lose_no_trial(server: Server, tmp_path: Path) -> None:
    opened = begun(server, "killed", (4, 3, 2), 120.0)
    look = lambda: standing(opened.storage, "killed")  # noqa: E731
    with Crowd(server.url, "killed", tmp_path) as crowd:
        for _worker in range(3):
            crowd.join()
        for _kill in range(4):
            victim = crowd.workers[0]
            until(lambda victim=victim: has_trial(victim, look()) or look().is_over, crowd)
            crowd.kill(victim)
            crowd.join()
        until(lambda: look().is_over, crowd)
        measured = crowd.measured()
    check_each_once(look())
    assert len(measured) == 24
    failed = [trial for trial in look().trials if trial.state == "failed"]
    assert failed
    assert {trial.reason for trial in failed} == {"its worker was silent for too long"}


def test_a_worker_paused_beyond_the_grace_counts_once(server: Server, tmp_path: Path) -> None:
    opened = begun(server, "paused", (2, 1, 1), 1200.0)
    look = lambda: standing(opened.storage, "paused")  # noqa: E731
    with Crowd(server.url, "paused", tmp_path) as crowd:
        paused = crowd.join()
        until(lambda: has_trial(paused, look()), crowd)
        paused.send_signal(signal.SIGSTOP)
        crowd.join()
        until(lambda: look().is_over, crowd)
        paused.send_signal(signal.SIGCONT)
        assert paused.wait(DEADLINE_SECONDS) == 0, crowd.log
    check_each_once(look())
    assert [trial.state for trial in look().trials].count("failed") == 1


def test_two_reapers_at_once_measure_nothing_twice(server: Server, tmp_path: Path) -> None:
    opened = begun(server, "reaped", (3, 2, 1), 30.0)
    for trial in opened.trials():
        give_up(opened, trial.number, "gone")
    together = Barrier(2)

    def reap() -> None:
        mine = joined(open_storage(server.url), "reaped", cheap_goal)
        together.wait()
        reconcile(mine, Watch(GRACE))

    reapers = [Thread(target=reap) for _reaper in range(2)]
    for reaper in reapers:
        reaper.start()
    for reaper in reapers:
        reaper.join()
    with Crowd(server.url, "reaped", tmp_path) as crowd:
        for _worker in range(2):
            crowd.join()
        until(lambda: standing(opened.storage, "reaped").is_over, crowd)
        measured = crowd.measured()
    check_each_once(standing(opened.storage, "reaped"))
    assert len(measured) == measured.total() == 6


def test_a_restart_of_the_server_is_waited_for(server: Server) -> None:
    restarted = []

    def with_a_restart(setting: Setting, report: Report) -> Quantities:
        if not restarted:
            server.stop()
            back = Thread(target=lambda: (Event().wait(0.5), server.start()))
            back.start()
            restarted.append(back)
        return told(0.5)

    found = search(plan(), goal(with_a_restart), silent, server.url, "restarted")
    restarted[0].join()
    assert found.complete == len(found.trials) == 6


def test_workers_join_a_fresh_database_at_the_same_time(server: Server) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE fresh")
    url, together, ends = server.url.replace("/postgres?", "/fresh?"), Barrier(4), []

    def join() -> None:
        together.wait()
        ends.append(search(plan(), goal(), silent, url, "s").complete)

    workers = [Thread(target=join) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert ends == [6] * 4
    check_each_once(standing(open_storage(url), "s"))


@pytest.mark.parametrize("strategy", ["tpe", "grid"])
def test_a_study_is_the_same_on_a_server_as_in_memory(server: Server, strategy: str) -> None:
    asked = plan(strategy=strategy, trials=13)
    there = search(asked, goal_of(asked), silent, server.url, f"same {strategy}")
    here = search(asked, goal_of(asked), silent)
    assert [trial.chosen for trial in there.done] == [trial.chosen for trial in here.done]
    assert [t.quantities for t in there.done] == [t.quantities for t in here.done]
