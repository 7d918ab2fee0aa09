"""Worker processes of one study that are killed, paused and replaced, and what they did."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import time
from types import TracebackType
from typing import Self

from workbench.core.objectives import OBJECTIVES
from workbench.measurement import Quantities, Report, ignore
from workbench.search.plans import Goal, Plan
from workbench.search.running import work
from workbench.search.storage import open_storage
from workbench.search.values import Standing
from workbench.setting import SPACE, Setting

ALONE = "--alone"
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def plan_of(points: Sequence[int], milliseconds: float) -> Plan:
    """A grid over so many rates, batch sizes and seeds: every point another setting."""
    rates, sizes, seeds = points
    return Plan(
        setting=Setting(dataset="digits", epochs=1),
        axes={
            "learning_rate": SPACE["learning_rate"][:rates],
            "batch_size": SPACE["batch_size"][:sizes],
            "seed": SPACE["seed"][:seeds],
        },
        strategy="grid",
        trials=rates * sizes * seeds,
        objective="arithmetic",
        parameters={"milliseconds": milliseconds},
    )


def cheap_goal(plan: Plan, journal: Path | None = None) -> Goal:
    """The arithmetic objective; each trial that it measures to its end is a line of `journal`."""
    known = OBJECTIVES["arithmetic"]

    def measure(setting: Setting, report: Report) -> Quantities:
        found = known.measure(setting, report, **plan.parameters)
        if journal is not None:
            line = f"{setting.learning_rate} {setting.batch_size} {setting.seed}\n"
            with journal.open("ab", buffering=0) as file:
                file.write(line.encode())
        return found

    return Goal(measure=measure, directions=known.directions, identity=known.identity)


def words_of(*words: str) -> list[str]:
    """A process of this file, not of its package: the benches' imports torch, which none needs."""
    return [sys.executable, "-P", __file__, *words]


def ends_without_a_study(
    processes: int, milliseconds: float, trials: int
) -> dict[str, list[float]]:
    """When each of so many plain processes at once came to the ends of the same work."""
    started = [
        subprocess.Popen(
            words_of(ALONE, str(milliseconds), str(trials)), stdout=subprocess.PIPE, env=ENVIRONMENT
        )
        for _process in range(processes)
    ]
    told = [process.communicate()[0].split() for process in started]
    return {str(number): [float(end) for end in ends] for number, ends in enumerate(told)}


class Crowd:
    """Workers that join one study, each a process of its own."""

    def __init__(self, url: str, name: str, folder: Path) -> None:
        self._words = (url, name, str(folder / "journal"))
        self._log = folder / "workers.log"
        self.workers: list[subprocess.Popen[bytes]] = []

    def join(self) -> subprocess.Popen[bytes]:
        """Start one more worker."""
        with self._log.open("ab") as log:
            worker = subprocess.Popen(
                words_of(*self._words), stdout=log, stderr=log, env=ENVIRONMENT
            )
        self.workers.append(worker)
        return worker

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """End a worker as if its machine had lost power."""
        worker.kill()
        worker.wait()
        self.workers.remove(worker)

    def measured(self) -> Counter[str]:
        """How often each setting was measured to its end."""
        path = Path(self._words[2])
        return Counter(path.read_text().splitlines() if path.exists() else [])

    @property
    def log(self) -> str:
        """What the workers said."""
        return self._log.read_text(errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for worker in list(self.workers):
            worker.send_signal(signal.SIGCONT)
            self.kill(worker)


def silent(standing: Standing) -> None:
    """A report that tells nobody."""


def alone(milliseconds: float, trials: int) -> None:
    """The work of so many trials without a study, each end a line: what this machine can give."""
    plan = plan_of((1, 1, 1), milliseconds)
    goal = cheap_goal(plan)
    for _trial in range(trials):
        goal.measure(plan.setting, ignore)
        print(time(), flush=True)


def main() -> None:
    """Work on the study that the arguments name: URL, name, journal; or alone."""
    if sys.argv[1] == ALONE:
        alone(float(sys.argv[2]), int(sys.argv[3]))
        return
    url, name, journal = sys.argv[1:]
    work(open_storage(url), name, partial(cheap_goal, journal=Path(journal)), silent)


if __name__ == "__main__":
    main()
