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
