"""The schema goes up and down on both databases and has all that the tables have."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import MetaData, Table, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from dispatch.registry import migrate
from dispatch.registry.append_only import APPEND_ONLY


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database(request, tmp_path):
    """An address of a database without a schema, of the test's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new folder' / 'empty.db'}"
        return
    url = make_url(request.getfixturevalue("postgres_url"))
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"{url.database}_migrations"
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def tables_of(url):
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_schema_goes_up_down_and_up_again(empty_database):
    assert not migrate.up_to_date(empty_database)

    migrate.upgrade(empty_database)
    assert {"legal_case", *APPEND_ONLY} <= tables_of(empty_database)
    assert migrate.up_to_date(empty_database)

    migrate.downgrade(empty_database, "base")
    assert tables_of(empty_database) == {"alembic_version"}

    migrate.upgrade(empty_database)
    assert migrate.up_to_date(empty_database)


def test_migrations_have_all_that_the_tables_have(empty_database):
    migrate.upgrade(empty_database)

    migrate.check(empty_database)


def test_upgrade_of_a_new_database_is_repeated_without_effect(empty_database):
    migrate.upgrade(empty_database)
    before = tables_of(empty_database)

    migrate.upgrade(empty_database)

    assert tables_of(empty_database) == before


def test_old_rows_come_along_into_the_versions_of_policies(empty_database):
    migrate.upgrade(empty_database, "0006")
    with opened(empty_database) as connection:
        store_old_register(connection)

    migrate.upgrade(empty_database)

    with opened(empty_database) as connection:
        policy = connection.execute(text("SELECT revision, edits, local_rules, base_id FROM policy")).one()
        offers = connection.execute(text("SELECT id, policy_id FROM offer ORDER BY id")).all()
        ask_no_keys(connection)
        connection.execute(text(f"INSERT INTO job SELECT 'new', centre_id, 'simulation', {REST_OF_JOB} FROM job"))
    assert (policy.revision, as_json(policy.edits), as_json(policy.local_rules), policy.base_id) == (1, [], [], None)
    assert [tuple(row) for row in offers] == [("planned", "policy"), ("ran", "policy"), ("unbound", None)]

    migrate.downgrade(empty_database, "0006")

    with opened(empty_database) as connection:
        jobs = connection.execute(text("SELECT id, kind FROM job")).all()
        with pytest.raises(IntegrityError):
            connection.execute(text("UPDATE job SET kind = 'simulation'"))
        connection.rollback()
    assert [tuple(row) for row in jobs] == [("run", "run")]


def store_old_register(connection):
    """Store a policy, a run and a plan under it, and offers of each, as an earlier release did."""
    ask_no_keys(connection)
    store(connection, "policy", id="policy", status="published")
    store(connection, "job", id="run", kind="run", status="done")
    store(connection, "run", id="run", policy_id="policy")
    store(connection, "plan", id="plan", policy_id="policy", mode="rotation", state="open")
    for id, bound in {"planned": {"plan_id": "plan"}, "ran": {"run_id": "run"}, "unbound": {}}.items():
        moments = {"offered_at": MORNING, "expires_at": MORNING + timedelta(hours=8)}
        store(connection, "offer", id=id, practitioner_id=id, mode="rotation", state="pending", **moments, **bound)


def ask_no_keys(connection):
    """Let rows point at rows that are not there."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))


def store(connection, name, **given):
    """Store a row of a table as it stands now, with something plain in every column that must hold something."""
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    needed = [column for column in table.columns if not column.nullable and column.server_default is None]
    plain = {column.name: PLAIN.get(column.type.python_type, []) for column in needed}
    connection.execute(table.insert().values(plain | given))


@contextmanager
def opened(url):
    """A connection whose changes are kept, and which is closed behind us."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
            connection.commit()
    finally:
        engine.dispose()


def as_json(value):
    return json.loads(value) if isinstance(value, str) else value


MORNING = datetime(2026, 3, 9, tzinfo=UTC)
PLAIN = {str: "x", int: 0, float: 0.0, bool: False, datetime: MORNING}
REST_OF_JOB = (
    "status, done_share, phase, cancel_wanted, attempt, claimed_by, beat_at, problem, result, asked_by, created_at,"
    " finished_at"
)
