"""record grid: measure every training of the grid, resumable, and write one small file."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.core.data import load
from workbench.core.machine import machine, use_one_thread
from workbench.core.publication import told_of, try_to_write, write_with_sidecar
from workbench.core.recorded import Row, key_of, packed, told
from workbench.core.training import learned
from workbench.locale import message
from workbench.measurement import Progress, Report
from workbench.places import cache_folder
from workbench.setting import Setting


def record(settings: Sequence[Setting], path: Path, report: Report) -> int:
    """Measure what of `settings` was not measured before, and write them all to `path`.

    Every finished training is kept at once in a journal in the cache, so that whatever ends this
    early (Ctrl-C, a full disk) loses at most the training of the moment. Returns how many ran now.
    """
    use_one_thread()
    try_to_write(path.parent)
    names = {setting.dataset for setting in settings}
    data = {name: load(name) for name in names}
    digests = {name: found.identity for name, found in data.items()}
    journal = Journal(_journal_path(digests))
    ran = 0
    for number, setting in enumerate(settings):
        stage = message("recording {number} of {total}", number=number + 1, total=len(settings))
        now = Progress(stage=stage, done=number, total=len(settings))
        report(now)
        if journal.has(setting):
            continue
        row = Row.of(learned(setting, data[setting.dataset], _instead(report, now)).training)
        journal.add(setting, asdict(row))
        ran += 1
    rows = [journal.row(setting) for setting in settings]
    write_with_sidecar(path, packed(rows, digests, date.today()))
    journal.close()
    return ran


def _instead(report: Report, now: Progress) -> Callable[[Progress], None]:
    """Each word of a training passes on as the same word: which training it is."""
    return lambda progress: report(now)


def _journal_path(digests: dict[str, str]) -> Path:
    """One journal for each machine, version and data: rows of different ones do not mix."""
    same = json.dumps([machine(), __version__, digests], sort_keys=True)
    return cache_folder() / "recorded" / f"{sha256(same.encode()).hexdigest()[:12]}.jsonl"


class Journal:
    """Rows on disk, one a line; a line that a crash cut short is passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[str, dict[str, Any]] = {}
        with suppress(FileNotFoundError):
            for line in path.read_text(encoding="utf-8").splitlines():
                with suppress(ValueError):
                    row = json.loads(line)
                    self._rows[key_of(row["setting"])] = row

    def has(self, setting: Setting) -> bool:
        """Whether this training was measured before."""
        return key_of(told(setting)) in self._rows

    def row(self, setting: Setting) -> dict[str, Any]:
        """What was measured of it."""
        return self._rows[key_of(told(setting))]

    def add(self, setting: Setting, row: dict[str, Any]) -> None:
        """Keep a row, on disk before this returns."""
        with told_of(self._path.parent):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8", newline="\n") as lines:
                # The break comes first: what a crash cut short spoils no other line.
                lines.write("\n" + json.dumps(row))
        self._rows[key_of(told(setting))] = row

    def close(self) -> None:
        """Everything is in the file now."""
        self._path.unlink(missing_ok=True)
