"""Real servers for the whole session, and a clean migrated database for every test that asks for one."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg import Connection
from sqlalchemy import Engine, create_engine, make_url, text
from sqlmodel import SQLModel

from dispatch.embedded import redis
from dispatch.registry import migrate
from dispatch.registry.transaction import make_engine
from testbed import postgres
from tests import locked

# HYPOTHESIS_PROFILE chooses how many examples a law gets; a shared machine gets the same ones each time.
settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile("shared", settings.get_profile("default"), derandomize=True)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "shared" if "CI" in os.environ else "default"))

# A database waits for its disk whenever it is closed: what tests write is kept in memory where there is much of it.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 8 * 2**30
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# Thousands of tests are collected and stay: nobody looks for waste among them, then or later.
gc.disable()


locked.watch()


@pytest.fixture(autouse=True)
def under_the_lock():
    """Fail the test in which a command wrote what a docket reads without the centre's lock."""
    yield
    assert not locked.take_unlocked()


SHARED_CITY, SHARED_TOWN = "tests/test_pages.py", "tests/console/browser/"


def pytest_collection_modifyitems(items):
    """
    Let what shares a service begin in one process, and stay there: its start takes as long as a hundred tests.

    The first process begins with the pages that share a city, the second with what shares a town and a browser.
    """
    places = [sum(item.nodeid.startswith(each) for each in (SHARED_CITY, SHARED_TOWN)) for item in items]
    city = [item for item in items if item.nodeid.startswith(SHARED_CITY)]
    town = [item for item in items if item.nodeid.startswith(SHARED_TOWN)]
    rest = [item for item, place in zip(items, places, strict=True) if not place]
    # Each process is given its part of the list at once; others take from the end of what is left of it.
    part = len(items) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) - len(city)
    items[:] = [*city, *rest[:part], *town, *rest[part:]]


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory, worker_id) -> Iterator[str]:
    """Give each test process a Redis of its own, or a database of its own on the one that is given."""
    if given := os.environ.get("REDIS_URL"):
        url = make_url(redis.ensure(Path(), given))
        number = int(url.database or 0) + int(worker_id.removeprefix("gw").replace("master", "0"))
        yield url.set(database=str(number)).render_as_string(hide_password=False)
    else:
        with redis.running(tmp_path_factory.mktemp("redis")) as own:
            yield own


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.running(os.environ.get("TEST_DATABASE_URL")) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url(postgres_server, worker_id) -> Iterator[str]:
    name = f"dispatch_{worker_id}_{os.getpid()}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    migrate.upgrade(url)
    yield url
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "register.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template, tmp_path) -> str:
    path = tmp_path / "register.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def sqlite_place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("sqlite") / "register.db"


@pytest.fixture
def clean_sqlite_url(sqlite_template, sqlite_place) -> str:
    """Put the template at one address: an engine that compiled a statement for a test knows it in the next."""
    return put_template(sqlite_template, sqlite_place)


def put_template(template: Path, place: Path) -> str:
    """Leave nothing at the place but the template."""
    url = f"sqlite:///{place}"
    make_engine(url).dispose()
    for left in place.parent.iterdir():
        left.unlink()
    shutil.copy(template, place)
    return url


@pytest.fixture(scope="session")
def postgres_connection(postgres_url) -> Iterator[Connection]:
    """Stay connected all the time: the server plans what is asked before every test once."""
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        yield connection


@pytest.fixture(scope="session")
def connected_engines(postgres_url) -> Iterator[set[Engine]]:
    """Hold what stays connected to the database from test to test; there are two where a test has known many others."""
    engines: set[Engine] = set()
    yield engines
    for engine in engines:
        engine.dispose()


@pytest.fixture
def clean_postgres_url(postgres_url, postgres_connection, connected_engines, monkeypatch) -> str:
    """Empty the database and stay connected: the server's processes know its tables, and the statements."""
    empty(postgres_connection)
    engine = make_engine(postgres_url)
    for former in connected_engines - {engine}:
        former.dispose()
        connected_engines.remove(former)
    connected_engines.add(engine)
    monkeypatch.setattr(engine, "dispose", lambda: None)
    return postgres_url


def empty(connection: Connection) -> None:
    """Remove all rows and count from one again; deleting a few rows is twenty times as fast as truncating all."""
    names = [table.name for table in SQLModel.metadata.sorted_tables]
    looks = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    with connection.transaction():
        filled = [name for [name] in connection.execute(looks, prepare=True)]
        if connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,):
            # Neither foreign keys nor the triggers of append-only tables speak up in this role.
            statements = ["SET LOCAL session_replication_role = replica", *(f'DELETE FROM "{name}"' for name in filled)]
            counted = "FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
            connection.execute("; ".join([*statements, f"SELECT setval(seqrelid, 1, false) {counted}"]))
        elif filled:
            connection.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request) -> str:
    """Run the test once on each database, each with the whole schema and no rows."""
    return request.getfixturevalue({"sqlite": "clean_sqlite_url", "postgres": "clean_postgres_url"}[request.param])
