"""Real servers for the whole session, and a clean migrated database for every test that asks for one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text
from sqlmodel import SQLModel

from dispatch.embedded import postgres, redis
from dispatch.registry import migrate

# HYPOTHESIS_PROFILE chooses how many examples a law gets; a shared machine gets the same ones each time.
settings.register_profile("default", max_examples=200, deadline=None)
settings.register_profile("shared", settings.get_profile("default"), derandomize=True)
settings.register_profile("thorough", max_examples=5000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "shared" if "CI" in os.environ else "default"))


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


@pytest.fixture
def clean_postgres_url(postgres_url) -> str:
    engine = create_engine(postgres_url)
    names = ", ".join(f'"{table.name}"' for table in SQLModel.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()
    return postgres_url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request) -> str:
    """Run the test once on each database, each with the whole schema and no rows."""
    return request.getfixturevalue({"sqlite": "sqlite_url", "postgres": "clean_postgres_url"}[request.param])
