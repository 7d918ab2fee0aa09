"""A headless browser, and servers for it to visit."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DEBIAN = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Server:
    """A running `workbench serve` or `workbench lab`."""

    address: str
    process: psutil.Process

    def kernels(self) -> list[psutil.Process]:
        """The kernels that this server keeps."""
        children = self.process.children(recursive=True)
        return [child for child in children if "ipykernel_launcher" in child.cmdline()]


@contextmanager
def running(command: str, home: Path, log: Path | None = None, **environment: str) -> Iterator[Server]:
    """`workbench COMMAND` on any free port, once it has said its address, until the end."""
    call = [sys.executable, "-m", "workbench", command, "--no-browser", "--port", "0"]
    homes = {"HOME": str(home), "USERPROFILE": str(home)}
    log = log or home / f"{command}.log"
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            call,
            env={**os.environ, **homes, **environment},
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield Server(_address(process, log), psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(timeout=30)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout
    for line in process.stdout:
        found = re.search(r"http://\S+", line)
        if found:
            return found.group()
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def voila_server(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The lessons under Voila."""
    with running("serve", tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture(scope="session")
def lab_server(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A copy of the lessons in JupyterLab, which saves what it shows; the address has the token."""
    from workbench.places import notebooks_folder

    copy = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(notebooks_folder(), copy)
    home = tmp_path_factory.mktemp("home")
    with running("lab", home, WORKBENCH_NOTEBOOKS=str(copy)) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium, or else the Chrome, Edge or Chromium of this machine's user.

    For one module: while Playwright lives, asyncio thinks that its loop runs in this thread.
    """
    with sync_playwright() as playwright:
        found = _launched(playwright)
        if found is None:
            reason = "no Chromium or Chrome was found on this machine"
            if os.environ.get("CI", "").lower() == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        yield found
        found.close()


def _launched(playwright: Playwright) -> Browser | None:
    paths = [path for path in map(shutil.which, DEBIAN) if path]
    ways = [{"executable_path": path} for path in paths]
    for way in [*ways, {"channel": "chrome"}, {"channel": "msedge"}, {}]:
        try:
            return playwright.chromium.launch(args=list(QUIET), **way)
        except Error:
            continue
    return None
