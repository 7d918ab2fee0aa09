"""Where studies are kept: a file of this machine, a server for many, or nowhere but here."""

import re
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import optuna
from optuna.storages import BaseStorage, InMemoryStorage, RDBStorage, get_storage
from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from workbench.locale import _
from workbench.places import cache_folder
from workbench.search.patience import TROUBLE, StorageProblem, reason

EXAMPLE = "postgresql://user:password@host/database"
KINDS = "sqlite, postgresql"
FILE: Mapping[str, Any] = {"connect_args": {"timeout": 60}}
SERVERS: Mapping[str, Mapping[str, Any]] = {
    "postgresql": {
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5,
            "keepalives_count": 3, "tcp_user_timeout": 30_000,
        },
    },
}  # fmt: skip
"""So that a connection that died is noticed within half a minute, instead of a quarter hour."""
OPENINGS = 5


def default_url() -> str:
    """The studies of this user on this machine."""
    return f"sqlite:///{cache_folder() / 'studies.sqlite3'}"


def open_storage(url: str | None, *, create: bool = True) -> BaseStorage:
    """The storage at `url`; None: in memory, for this process alone.

    `create`: whether a file that is not there is made.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)  # else it tells every trial on its own
    if url is None:
        return InMemoryStorage()
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        _check_file(parsed, create=create)
    return _opened(parsed)


def shown(url: URL) -> str:
    """The URL without its password."""
    return url.render_as_string(hide_password=True)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect().import_dbapi()
    except NoSuchModuleError as error:
        rule = _("a storage is one of {known}, got {value}")
        raise StorageProblem(rule.format(known=KINDS, value=make_url(url).drivername)) from error
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        rule = _("a storage is a URL such as {example}, got {value}")
        masked = re.sub(r":[^:@/]*@", ":***@", url)
        raise StorageProblem(rule.format(example=EXAMPLE, value=masked)) from error
    except ImportError as error:
        rule = _("the storage {url} needs a driver that is not installed: {reason}")
        raise StorageProblem(rule.format(url=shown(parsed), reason=reason(error))) from error
    return parsed


def _check_file(url: URL, *, create: bool) -> None:
    """Refuse a database in memory, which no other process sees, and one that is not there."""
    if url.database in (None, "", ":memory:"):
        rule = _("a storage in memory ends with its process: give a file or a server, got {value}")
        raise StorageProblem(rule.format(value=shown(url)))
    path = Path(str(url.database))
    if not create and not path.exists():
        raise StorageProblem(_("there is no storage {path}").format(path=path))
    if str(url.database) == make_url(default_url()).database:
        path.parent.mkdir(parents=True, exist_ok=True)


def _opened(url: URL) -> BaseStorage:
    """Made again where another process makes the same tables at the same time."""
    is_file = url.get_backend_name() == "sqlite"
    whole = url.render_as_string(hide_password=False)
    whole = whole.replace("{", "{{").replace("}", "}}")  # optuna formats it
    options = FILE if is_file else SERVERS.get(url.get_backend_name(), {})
    for opening in range(1, OPENINGS + 1):
        try:
            storage = RDBStorage(whole, engine_kwargs=dict(options))
        except TROUBLE as error:
            if opening == OPENINGS or _is_out_of_reach(error):
                raise StorageProblem(_refusal(url, error)) from error
            Event().wait(0.1 * opening)
        except RuntimeError as error:
            rule = _("the storage {url} was made by another version of optuna: {reason}")
            raise StorageProblem(rule.format(url=shown(url), reason=reason(error))) from error
        else:
            break
    if is_file:
        begin_immediately(storage.engine)
    return get_storage(storage)  # which reads a trial that has ended once


def _is_out_of_reach(error: Exception) -> bool:
    """Not there at all, rather than busy with the tables that somebody else makes."""
    words = reason(error)
    return "already exists" not in words and "locked" not in words and "duplicate" not in words


def begin_immediately(engine: Engine) -> None:
    """Let every transaction of SQLite take the lock for writing at its start.

    By its default two workers both read that a trial waits, then both take it: SQLite has no lock
    on a row. Source: SQLAlchemy, "Serializable isolation / Savepoints / Transactional DDL".
    """
    engine.dispose()

    def by_hand(connection, _record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None

    event.listen(engine, "connect", by_hand)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))


def _refusal(url: URL, error: Exception) -> str:
    if url.get_backend_name() == "sqlite":
        rule = _("the storage {url} cannot be used: {reason}")
    else:
        rule = _("the storage {url} does not answer: {reason}")
    return rule.format(url=shown(url), reason=reason(error))
