"""What tests share."""

from collections.abc import Iterator
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
