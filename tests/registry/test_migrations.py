"""The schema goes up and down on both databases and has all that the tables have."""

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from dispatch.commands.doctor import Ailment, examine_database
from dispatch.domain.errors import DatabaseForeignError, DatabaseNewerError
from dispatch.registry import migrate
from dispatch.registry.tables.append_only import APPEND_ONLY, LASTING
from dispatch.registry.transaction import make_engine, make_read
from tests.rows import NOW


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


def is_up_to_date(url):
    engine = make_engine(url)
    with engine.connect() as connection:
        at = migrate.revision_of(connection)
    engine.dispose()
    return at == migrate.newest()


def test_schema_goes_up_down_and_up_again(empty_database):
    assert not is_up_to_date(empty_database)

    migrate.upgrade(empty_database)
    assert {"legal_case", *APPEND_ONLY} <= tables_of(empty_database)
    assert is_up_to_date(empty_database)

    command.downgrade(migrate.make_config(empty_database), "base")
    assert tables_of(empty_database) == {"alembic_version"}

    migrate.upgrade(empty_database)
    assert is_up_to_date(empty_database)


def test_migrations_have_all_that_the_tables_have(empty_database):
    migrate.upgrade(empty_database)

    command.check(migrate.make_config(empty_database))


def test_upgrade_of_a_new_database_is_repeated_without_effect(empty_database):
    migrate.upgrade(empty_database)
    before = tables_of(empty_database)

    migrate.upgrade(empty_database)

    assert tables_of(empty_database) == before


def test_history_is_locked_by_the_migration_itself(empty_database):
    migrate.upgrade(empty_database)

    assert {table for table, _ in triggers_of(empty_database)} == {*APPEND_ONLY, *LASTING}

    command.downgrade(migrate.make_config(empty_database), "base")

    assert triggers_of(empty_database) == []


def triggers_of(url):
    """Table and name of every trigger."""
    engine = create_engine(url)
    question = {
        "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[engine.dialect.name]
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(question))]
    engine.dispose()
    return found


def test_database_of_something_else_is_left_alone(empty_database):
    engine = make_engine(empty_database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE centre (x integer)"))
    engine.dispose()

    with pytest.raises(DatabaseForeignError):
        migrate.upgrade(empty_database)

    assert tables_of(empty_database) == {"centre"}


def test_database_of_a_later_version_is_left_alone_and_told_apart_from_an_old_one(empty_database):
    migrate.upgrade(empty_database)
    engine = make_engine(empty_database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseNewerError) as refused:
        migrate.upgrade(empty_database)
    found = [finding.ailment for finding in examine_database(make_read(engine), NOW)]

    engine.dispose()
    assert refused.value.facts["at"] == "9999"
    assert found == [Ailment.SCHEMA_NEWER]
