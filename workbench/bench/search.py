"""Workers of one study on a real PostgreSQL, killed and paused: nothing lost, none counted twice.

And how much faster two workers are than one.
"""

import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from math import prod
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import monotonic

from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as State

from workbench.bench import Row
from workbench.bench.crowd import Crowd, cheap_goal, ends_without_a_study, plan_of
from workbench.bench.postgres import Server, postgres
from workbench.search.patience import TROUBLE, patiently
from workbench.search.pulse import Watch
from workbench.search.reading import PULSE
from workbench.search.reconcile import reconcile
from workbench.search.running import standing, start
from workbench.search.storage import open_storage
from workbench.search.studies import watched
from workbench.search.values import Standing
from workbench.statistics import ratio_of_medians

GRACE_SECONDS = 4.0
POINTS, MILLISECONDS = (7, 6, 3), 400.0
FAST_POINTS, FAST_MILLISECONDS, PAIRS = (7, 4, 1), 250.0, 5
HAVOC_SECONDS = 150
"""Then the workers are left alone: a trial that is only not done yet is not lost."""
DEADLINE_SECONDS = 600
WORKERS = 3


def measure() -> list[Row]:
    """The rows of the bench: first the kills, then the speed."""
    with postgres() as server, tempfile.TemporaryDirectory() as folder:
        rows = _killed(server, Path(folder))
    with postgres() as server, tempfile.TemporaryDirectory() as folder:
        return [*rows, *_two_over_one(server, Path(folder))]


def _killed(server: Server, folder: Path) -> list[Row]:
    """126 trials under random kills, one long pause, two reapers and one restart of the server."""
    storage, plan = open_storage(server.url), plan_of(POINTS, MILLISECONDS)
    start(plan, cheap_goal(plan), storage, "killed", GRACE_SECONDS)
    over = Event()
    reapers = [Thread(target=_reap, args=(server.url, "killed", over)) for _reaper in range(2)]
    for reaper in reapers:
        reaper.start()
    with Crowd(server.url, "killed", folder) as crowd:
        kills, ended = _havoc(server, crowd, storage)
        over.set()
        for reaper in reapers:
            reaper.join()
        reruns = crowd.measured().total() - len(crowd.measured())
    counted = len(ended.done) - len({trial.key for trial in ended.done})
    share = reruns / ended.wanted
    return [
        Row(what="trials", value=ended.wanted, unit="count"),
        Row(what="kills", value=kills, unit="count"),
        _none("trials_lost", ended.wanted - ended.complete),
        _none("trials_counted_twice", counted),
        Row(
            what="reruns_share", value=share, unit="fraction", goal="at most 0.03",
            met=share <= 0.03,
        ),
    ]  # fmt: skip


def _none(what: str, count: int) -> Row:
    return Row(what=what, value=count, unit="count", goal="0", met=count == 0)


def _havoc(server: Server, crowd: Crowd, storage: BaseStorage) -> tuple[int, Standing]:
    """Kill workers at random until all is done; pause one with a trial; restart the server once."""
    draw, began, kills = Random(0), monotonic(), 0
    for _worker in range(WORKERS):
        crowd.join()
    paused = crowd.join()
    is_paused = is_restarted = False
    while not (now := _standing(storage)).is_over and monotonic() - began < DEADLINE_SECONDS:
        Event().wait(draw.uniform(0.5, 3.0))
        has_one = any(trial.worker.endswith(f":{paused.pid}") for trial in now.running)
        if not is_paused and has_one:
            is_paused = True
            paused.send_signal(signal.SIGSTOP)
            Thread(target=_wake, args=(paused.pid, 2 * GRACE_SECONDS), daemon=True).start()
        if not is_restarted and now.complete > now.wanted / 2:
            is_restarted = True
            server.stop()
            server.start()
        if monotonic() - began < HAVOC_SECONDS:
            worker = draw.choice([one for one in crowd.workers if one is not paused])
            crowd.kill(worker)
            crowd.join()
            kills += 1
    return kills, now


def _wake(process: int, seconds: float) -> None:
    Event().wait(seconds)
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGCONT)


def _standing(storage: BaseStorage) -> Standing:
    return patiently(lambda: standing(storage, "killed"), seconds=30, check=lambda: None)


def _reap(url: str, name: str, over: Event) -> None:
    """Reconcile without a pause, beside another who does the same."""
    opened = watched(open_storage(url), name)
    watch = Watch(GRACE_SECONDS)
    while not over.wait(0.2):
        with suppress(*TROUBLE):
            reconcile(opened, watch)


def _two_over_one(server: Server, folder: Path) -> list[Row]:
    """Trials a second of two workers over those of one, in turn.

    Beside it the same of processes that do the same work without a study: what two cores give while
    others use this machine, and no engine can beat.
    """
    studies: dict[int, list[float]] = {1: [], 2: []}
    plain: dict[int, list[float]] = {1: [], 2: []}
    for pair in range(PAIRS):
        for count in (1, 2):
            studies[count].append(rate(_ends(server, folder, f"{count} {pair}", count)))
            ends = ends_without_a_study(count, FAST_MILLISECONDS, prod(FAST_POINTS) // 2)
            plain[count].append(rate(ends))
    return [
        _ratio("two_workers_over_one", studies[2], studies[1], at_least=1.8),
        _ratio("two_processes_over_one", plain[2], plain[1]),
        _ratio("worker_over_process", studies[1], plain[1]),
    ]


def _ratio(
    what: str, top: Sequence[float], bottom: Sequence[float], at_least: float | None = None
) -> Row:
    ratio, low, high = ratio_of_medians(top, bottom)
    row = Row(what=what, value=ratio, unit="ratio", low=low, high=high)
    if at_least is None:
        return row
    return replace(row, goal=f"at least {at_least}", met=ratio >= at_least)


def _ends(server: Server, folder: Path, name: str, workers: int) -> dict[str, list[float]]:
    """When each of so many workers of one study came to the ends of its trials."""
    storage, plan = open_storage(server.url), plan_of(FAST_POINTS, FAST_MILLISECONDS)
    opened = start(plan, cheap_goal(plan), storage, name, GRACE_SECONDS)
    with Crowd(server.url, name, folder) as crowd:
        for _worker in range(workers):
            crowd.join()
        for worker in crowd.workers:  # who looked on meanwhile would take time from them
            worker.wait(DEADLINE_SECONDS)
    return ends_of(opened.trials())


def ends_of(trials: Sequence[FrozenTrial]) -> dict[str, list[float]]:
    """When each worker's trials were complete."""
    ends: dict[str, list[float]] = {}
    for trial in trials:
        if trial.state == State.COMPLETE and trial.datetime_complete is not None:
            worker = trial.user_attrs[PULSE]["worker"]
            ends.setdefault(worker, []).append(trial.datetime_complete.timestamp())
    return ends


def rate(ends: Mapping[str, Sequence[float]]) -> float:
    """Trials a second while every worker had work: from when all had one to the first last one."""
    first, last = max(map(min, ends.values())), min(map(max, ends.values()))
    count = sum(first < end <= last for times in ends.values() for end in times)
    return count / (last - first)
