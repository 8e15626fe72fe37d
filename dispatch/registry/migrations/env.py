"""Alembic's entry: connects to the database of ``migrate.make_config`` and runs the revisions."""

from alembic import context
from sqlmodel import SQLModel

from dispatch.registry import tables
from dispatch.registry.transaction import make_engine

engine = make_engine(context.config.attributes["url"])
try:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=True,
            # Both databases undo a half-made schema, SQLite because our engine begins for real.
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
finally:
    # A pool left open would keep a template database from being copied.
    engine.dispose()

__all__ = ["tables"]
