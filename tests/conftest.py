"""Real servers for the whole session, and a clean migrated database for every test that asks for one."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlmodel import SQLModel

from dispatch.embedded import redis
from dispatch.registry import migrate
from dispatch.registry.transaction import make_engine
from testbed import postgres

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


SHARED_SERVICE = "tests/test_pages.py"


def pytest_collection_modifyitems(items):
    """Begin with the pages that share a city: its start takes as long as a hundred tests, and one process keeps it."""
    items.sort(key=lambda item: not item.nodeid.startswith(SHARED_SERVICE))


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
    url = f"sqlite:///{sqlite_place}"
    make_engine(url).dispose()
    for left in sqlite_place.parent.iterdir():
        left.unlink()
    shutil.copy(sqlite_template, sqlite_place)
    return url


@pytest.fixture(scope="session")
def postgres_engine(postgres_url) -> Iterator[Engine]:
    engine = create_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture
def clean_postgres_url(postgres_url, postgres_engine) -> str:
    names = [table.name for table in SQLModel.metadata.sorted_tables]
    with postgres_engine.begin() as connection:
        empty(connection, names)
    return postgres_url


def empty(connection: Connection, names: list[str]) -> None:
    """Remove all rows and count from one again; deleting a few rows is twenty times as fast as truncating all."""
    looks = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    filled = connection.execute(text(" UNION ALL ".join(looks))).scalars().all()
    if connection.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar_one():
        # Neither foreign keys nor the triggers of append-only tables speak up in this role.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in filled:
            connection.execute(text(f'DELETE FROM "{name}"'))
        counters = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"
        connection.execute(text(counters))
    elif filled:
        connection.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE"))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request) -> str:
    """Run the test once on each database, each with the whole schema and no rows."""
    return request.getfixturevalue({"sqlite": "clean_sqlite_url", "postgres": "clean_postgres_url"}[request.param])
