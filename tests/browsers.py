"""A real browser and real servers for the tests that need them."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from subprocess import PIPE, STDOUT, Popen, TimeoutExpired
from threading import Thread
from time import monotonic, sleep

import psutil
import pytest
from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

from workbench.places import data_folder
from workbench.serving.environment import WRITTEN_AT_HOME

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
CHANNELS = ("chrome", "msedge", None)  # None: the one that `playwright install` fetched
ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
START_SECONDS = 60
PATIENCE_MS = 60_000
ADDRESS = re.compile(r"https?://\S+")
SAYS_LANGUAGE = ("WORKBENCH_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, and let it run last: Playwright leaves an event loop running."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def until(holds: Callable[[], bool], what: str, seconds: float = 30) -> float:
    """Ask `holds` until it is true; the seconds that took. Fails with `what` at the deadline."""
    begin = monotonic()
    while not holds():
        if monotonic() - begin > seconds:
            pytest.fail(f"not within {seconds} s: {what}")
        sleep(0.02)
    return monotonic() - begin


@dataclass
class Server:
    """A workbench that was started as a learner starts it."""

    process: Popen[str]
    data: Path
    said: list[str] = field(default_factory=list)
    address: str = ""

    @property
    def pid(self) -> int:
        """The server's own process; kernels are its children."""
        return self.process.pid

    def url(self, path: str) -> str:
        """The address of `path`."""
        return self.address.split("?")[0].rstrip("/") + "/" + path

    def lesson(self, language: str = "en", file: str = "00_start.ipynb") -> str:
        """The address of a lesson."""
        return self.url(f"voila/render/{file}?lang={language}")

    def kernels(self) -> set[int]:
        """The processes of the kernels that live now."""
        return {child.pid for child in self._children() if _is_kernel(child)}

    def stop(self) -> None:
        """End the server and every kernel of it."""
        children = self._children()
        self.process.terminate()
        try:
            self.process.wait(20)
        except TimeoutExpired:
            self.process.kill()
        _, alive = psutil.wait_procs(children, timeout=5)
        for child in alive:
            child.kill()
        self.process.wait(5)

    def _children(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []


def _is_kernel(process: psutil.Process) -> bool:
    try:
        zombie = process.status() == psutil.STATUS_ZOMBIE
        return not zombie and any("ipykernel" in word for word in process.cmdline())
    except psutil.NoSuchProcess:
        return False


def clean_environment(folder: Path, **settings: str) -> dict[str, str]:
    """This environment in English, and with `folder` where programs write at home."""
    kept = {name: value for name, value in os.environ.items() if name not in SAYS_LANGUAGE}
    home = {name: str(folder / name.lower()) for name in WRITTEN_AT_HOME}
    return {**kept, **home, "LANG": "C.UTF-8", "PYTHONUTF8": "1", **settings}


@contextmanager
def serving(
    *words: str, environment: dict[str, str], data: Path | None = None, cwd: Path | None = None
) -> Iterator[Server]:
    """`python -m workbench` with `words`, from the line with its address to its kernels' end."""
    process = Popen(
        [sys.executable, "-m", "workbench", *words],
        env=environment,
        cwd=cwd,
        stdout=PIPE,
        stderr=STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    server = Server(process, data or data_folder())
    try:
        server.address = _address(server)
        yield server
    finally:
        server.stop()


def _address(server: Server) -> str:
    """Read on until the server says where it is; afterwards too, or a full pipe would stop it."""
    lines: Queue[str] = Queue()
    Thread(target=_listen, args=[server, lines], daemon=True).start()
    deadline = monotonic() + START_SECONDS
    while (left := deadline - monotonic()) > 0:
        try:
            line = lines.get(timeout=left)
        except Empty:
            break
        found = ADDRESS.search(line)
        if found:
            return found.group()
        if not line:
            break
    pytest.fail("the server did not say where it is; it said:\n" + "".join(server.said))


def _listen(server: Server, lines: "Queue[str]") -> None:
    assert server.process.stdout is not None
    for line in server.process.stdout:
        server.said.append(line)
        lines.put(line)
    lines.put("")


@pytest.fixture(scope="session")
def copied_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped data once more, so that a test may delete some of it under a running lesson."""
    return Path(
        shutil.copytree(
            data_folder(),
            tmp_path_factory.mktemp("shipped") / "data",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    )


@pytest.fixture(scope="session")
def server_environment(
    cache: Path, copied_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What the servers of a test session know: its cache, its copy of the data, no home."""
    return clean_environment(
        tmp_path_factory.mktemp("home"),
        WORKBENCH_CACHE=str(cache),
        WORKBENCH_DATA=str(copied_data),
    )


@pytest.fixture(scope="session")
def voila_server(server_environment: dict[str, str], copied_data: Path) -> Iterator[Server]:
    """`workbench serve`, one for the whole session."""
    words = ("serve", "--no-browser", "--port", "0")
    with serving(*words, environment=server_environment, data=copied_data) as server:
        yield server


@pytest.fixture(scope="session")
def lab_server(server_environment: dict[str, str], copied_data: Path) -> Iterator[Server]:
    """`workbench lab`, one for the whole session; its address holds the token."""
    words = ("lab", "--no-browser", "--port", "0")
    with serving(*words, environment=server_environment, data=copied_data) as server:
        yield server


def _launch(playwright: Playwright) -> Browser | None:
    sandbox = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    arguments = [*ARGUMENTS, *sandbox]
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    if on_path:
        return playwright.chromium.launch(executable_path=on_path, args=arguments)
    for channel in CHANNELS:
        try:
            return playwright.chromium.launch(channel=channel, args=arguments)
        except Error:
            continue
    return None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, Chrome or Edge. Without one: a skip here, a failure in CI."""
    with sync_playwright() as playwright:
        launched = _launch(playwright)
        if launched is None:
            reason = "no Chromium, Chrome or Edge on this machine"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        yield launched
        launched.close()


@pytest.fixture
def page_errors() -> list[str]:
    """What went wrong in the page's own programs; a test that breaks something clears it."""
    return []


@pytest.fixture
def page(browser: Browser, page_errors: list[str]) -> Iterator[Page]:
    """An empty page in a context of its own; errors in the page fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: page_errors.append(str(error)))
    yield page
    page.goto("about:blank")  # a page takes leave, and its kernel ends; a closed context just goes
    context.close()
    assert page_errors == []
