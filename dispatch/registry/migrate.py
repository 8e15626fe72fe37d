"""Moves a database to a version of the schema."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from dispatch.domain.errors import DatabaseForeignError, DatabaseNewerError
from dispatch.registry.planner import inform_planner
from dispatch.registry.transaction import make_engine

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to the revision; one that is there already is left alone.

    Raises
    ------
    DatabaseForeignError
        If it holds tables that no version of this service made.
    DatabaseNewerError
        If a later version of this service made it.
    """
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            at, tables = revision_of(connection), set(inspect(connection).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()
    if at is None and tables:
        raise DatabaseForeignError(tables=len(tables))
    if at is not None and not is_known(at):
        raise DatabaseNewerError(at=at, newest=newest())
    command.upgrade(make_config(url), revision)
    _inform(url)


def _inform(url: str) -> None:
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            inform_planner(connection)
    engine.dispose()


def revision_of(connection: Connection) -> str | None:
    """Return the revision of a database, or None if it has no schema."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Return whether this version of the service has the revision."""
    return any(each.revision == revision for each in _scripts().walk_revisions())


@cache
def newest() -> str | None:
    """Return the newest revision there is."""
    return _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(make_config(""))


def make_config(url: str) -> Config:
    """Return alembic's settings for the database at ``url``."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    return config
