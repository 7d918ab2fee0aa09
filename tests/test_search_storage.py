"""Storages: what cannot be had is one sentence, what is away for a while is waited for."""

import os
import sqlite3
from pathlib import Path

import pytest
from optuna.exceptions import StorageInternalError
from optuna.storages import InMemoryStorage
from sqlalchemy import Engine, event

from tests.searching import goal, goal_of, plan, silent
from workbench.measurement import Superseded
from workbench.search import patience
from workbench.search.patience import StorageProblem, patiently
from workbench.search.running import search, standing, start, work
from workbench.search.storage import default_url, open_storage


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("cassandra://host/x", "a storage is one of sqlite, postgresql, got cassandra"),
        ("a file", "a storage is a URL such as postgresql://user:password@host/database, got"),
        ("postgresql://me:secret@host:port/x", "a storage is a URL such as"),
        ("oracle://host/x", "the storage oracle://host/x needs a driver that is not installed: "),
        ("sqlite://", "a storage in memory ends with its process: give a file or a server"),
        ("sqlite:////nowhere/x.db", "the storage sqlite:////nowhere/x.db cannot be used: unable"),
        ("postgresql://me:secret@127.0.0.1:1/x", "the storage postgresql://me:***@127.0.0.1:1/x"),
    ],
)
def test_a_storage_that_cannot_be_had_is_one_sentence(url: str, words: str) -> None:
    with pytest.raises(StorageProblem) as caught:
        open_storage(url)
    told = str(caught.value)
    assert told.startswith(words)
    assert "\n" not in told
    assert "secret" not in told


def test_a_file_that_is_no_database_or_not_there_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database at all, but a text of some length")
    with pytest.raises(StorageProblem, match="cannot be used: file is not a database"):
        open_storage(f"sqlite:///{tmp_path / 'text'}")
    with pytest.raises(StorageProblem, match="there is no storage"):
        open_storage(f"sqlite:///{tmp_path / 'none'}", create=False)
    assert not (tmp_path / "none").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageProblem, match="cannot be used"):
        open_storage(f"sqlite:///{tmp_path / 'studies'}")


def test_the_default_is_a_file_in_the_cache(empty_cache: Path) -> None:
    open_storage(default_url())
    assert (empty_cache / "studies.sqlite3").exists()
    assert isinstance(open_storage(None), InMemoryStorage)


def test_a_storage_of_another_optuna_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "studies"
    open_storage(f"sqlite:///{path}")
    with sqlite3.connect(path) as base:
        base.execute("UPDATE alembic_version SET version_num = 'v99.0.0'")
    with pytest.raises(StorageProblem, match="was made by another version of optuna"):
        open_storage(f"sqlite:///{path}")


def test_a_storage_that_comes_back_is_waited_for() -> None:
    answers = iter([StorageInternalError("away"), StorageInternalError("away"), "back"])
    checks = []

    def ask() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert patiently(ask, seconds=60, check=lambda: checks.append(1)) == "back"
    assert checks


def test_a_storage_that_stays_away_is_one_sentence_in_the_end() -> None:
    def ask() -> None:
        raise StorageInternalError("away")

    with pytest.raises(StorageProblem, match=r"has not answered for 0 seconds \(away\); nothing"):
        patiently(ask, seconds=0, check=lambda: None)


def test_waiting_for_a_storage_can_be_stopped() -> None:
    def ask() -> None:
        raise StorageInternalError("away")

    def stop() -> None:
        raise Superseded

    with pytest.raises(Superseded):
        patiently(ask, seconds=60, check=stop)


def limit_pages(connection: sqlite3.Connection, _record: object) -> None:
    """Let the file grow no further: SQLite's own word for a full disk follows."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_is_one_sentence_at_once_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'studies.sqlite3'}"
    asked = plan(trials=40)
    start(asked, goal(), open_storage(url), "s", grace_seconds=0.1)
    with monkeypatch.context() as patch:
        patch.setattr(patience, "rest", lambda *_args: pytest.fail("waited for a full disk"))
        event.listen(Engine, "connect", limit_pages)
        try:
            with pytest.raises(StorageProblem, match=r"^the storage is full \(.+\); nothing"):
                work(open_storage(url), "s", goal_of, silent)
        finally:
            event.remove(Engine, "connect", limit_pages)
    before = standing(open_storage(url), "s")
    assert not before.is_over
    after = search(asked, goal(), silent, url, "s", grace_seconds=0.1)
    assert after.complete == len(after.done) == 40
    assert {trial.number for trial in before.done} <= {trial.number for trial in after.done}
