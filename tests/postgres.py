"""A real PostgreSQL server for tests: skipped with its reason where there is none, never in CI."""

import os
from collections.abc import Iterator

import pytest

from workbench.bench.postgres import NoPostgres, Server, postgres


def running_server() -> Iterator[Server]:
    """For a fixture: a running server; every test takes a study name of its own."""
    try:
        with postgres() as running:
            yield running
    except NoPostgres as problem:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(problem))
