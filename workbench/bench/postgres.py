"""A real PostgreSQL server of one's own: in a temporary folder, behind a socket, and away again."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from pwd import getpwnam
from threading import Event
from time import monotonic
from typing import Any

from workbench.locale import _

PLACES = "/usr/lib/postgresql"
USERS = ("postgres", "nobody")
PATIENCE_SECONDS = 60
NAME = "workbench"


class NoPostgres(RuntimeError):
    """There is no PostgreSQL server on this machine."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`: that of the PATH, else Debian's newest."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path(PLACES).glob("*/bin/initdb"), key=lambda path: path.parts[-3].zfill(4))
    if not versions:
        raise NoPostgres(_("no PostgreSQL server is installed: apt-get install postgresql"))
    return versions[-1].parent


class Server:
    """A server that can be stopped and started again at the same URL."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._bin = folder, programs()
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            user, group = self._user["user"], self._user["group"]
            os.chown(folder, user, group)
        self._run("initdb", "--auth=trust", f"--username={NAME}", "--no-sync", "-D", self._data)

    @property
    def url(self) -> str:
        """Where optuna finds it."""
        return f"postgresql://{NAME}@/postgres?host={self._folder}"

    def start(self) -> None:
        """Start, and return once connections are taken."""
        log = (self._folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [
                    self._bin / "postgres", "-D", self._data, "-k", self._folder,
                    "-c", "listen_addresses=", "-c", "shared_buffers=16MB",
                ],
                stdout=log, stderr=log, cwd=self._folder, **self._user,
            )  # fmt: skip
        began = monotonic()
        while not self._is_ready():
            if self._process.poll() is not None or monotonic() - began > PATIENCE_SECONDS:
                raise RuntimeError((self._folder / "log").read_text(errors="replace")[-2000:])
            Event().wait(0.05)

    def stop(self) -> None:
        """A fast shutdown: whoever is connected is cut off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    @property
    def _user(self) -> Mapping[str, Any]:
        """PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return {}
        for name in USERS:
            try:
                entry = getpwnam(name)
            except KeyError:
                continue
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        rule = _("PostgreSQL refuses to run as root, and there is no user {names}")
        raise NoPostgres(rule.format(names=", ".join(USERS)))

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [self._bin / program, *words],
            check=True, capture_output=True, cwd=self._folder, **self._user,
        )  # fmt: skip

    def _is_ready(self) -> bool:
        words: list[str | Path] = [self._bin / "pg_isready", "-q", "-h", self._folder]
        return subprocess.run(words, check=False).returncode == 0


@contextmanager
def postgres() -> Iterator[Server]:
    """A running server, and nothing of it left behind."""
    folder = Path(tempfile.mkdtemp(prefix="wb-pg-", dir="/tmp"))  # short: sockets have 107 bytes
    try:
        server = Server(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
