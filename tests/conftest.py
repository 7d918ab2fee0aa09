"""What tests share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browsers import (  # noqa: F401  fixtures, and the order in which tests run
    browser,
    copied_data,
    lab_server,
    page,
    page_errors,
    pytest_collection_modifyitems,
    server_environment,
    voila_server,
)
from workbench import locale


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache for the whole session, so that data sets are unpacked once; no home is touched."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(folder))
        yield folder


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test alone, still empty."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("WORKBENCH_CACHE", str(folder))
    return folder


@contextmanager
def _forgotten() -> Iterator[None]:
    """Whoever asks in here to be told of a change of language is not told of later ones.

    A page has a process of its own. Tests share one, where every switch would otherwise rewrite
    the pages of all tests before.
    """
    before = list(locale._State.listeners)
    yield
    locale._State.listeners[:] = before


@pytest.fixture(scope="module", autouse=True)
def pages_of_other_modules() -> Iterator[None]:
    """Pages that a whole module shares end with it."""
    with _forgotten():
        yield


@pytest.fixture(autouse=True)
def pages_of_other_tests(pages_of_other_modules: None) -> Iterator[None]:
    """The pages of a test end with it."""
    with _forgotten():
        yield
