"""A headless browser and a Voila server for the benches; both end with the block."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.locale import _

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
QUIET = (
    "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium or Chrome of this machine, driven by playwright (extra `test`)."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise ValueError(
            _("this bench needs a browser's driver: run `python start.py install` first")
        ) from error
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise ValueError(_("this bench needs Chromium or Chrome, and none is on this machine"))
    arguments = [*QUIET, *(["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def voila(notebooks: Path) -> Iterator[str]:
    """Our Voila on the folder `notebooks`; gives its address, which ends with a slash."""
    environment = {**os.environ, "WORKBENCH_NOTEBOOKS": str(notebooks), "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(
        [sys.executable, "-m", "workbench", "serve", "--no-browser"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        lines: Iterable[str] = server.stdout or []
        address = next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
        yield address if address.endswith("/") else address + "/"
    finally:
        server.terminate()
        server.wait(timeout=30)


def opened(browser: Any, address: str, ready: str) -> Any:
    """A page of `address` that shows `ready` and a slider, with the watch on key presses."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(path=str(HERE / "watch.js"))
    page.goto(address)
    page.wait_for_selector(ready, timeout=120_000)
    page.wait_for_selector(".noUi-handle", timeout=120_000)
    return page


def presses(page: Any, slider: int, positions: int, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds to the first and to the final number after each of `count` key presses."""
    handle = page.locator(".noUi-handle").nth(slider)
    handle.focus()
    first, final = [], []
    for key in _to_and_fro(positions, count):
        page.evaluate("watchNextPress()")
        handle.press(key)
        found = page.evaluate("pressed")
        first.append(found["first"])
        final.append(found["final"])
    return first, final


def _to_and_fro(positions: int, count: int) -> Iterator[str]:
    """Keys that move a slider of so many positions up and down again, each press a new place."""
    for press in range(count):
        yield "ArrowRight" if press // (positions - 1) % 2 == 0 else "ArrowLeft"
