"""Rows that commands wrote once, put into another register as they are: commands would take thirty times as long."""

import pickle
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Integer
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import SQLModel

WRITTEN = {"sqlite": '"{0}".rowid', "postgresql": '"{0}".xmin::text::bigint, "{0}".cmin::text::bigint, "{0}".ctid'}
"""By the transaction and the statement that wrote the row last, and its place: where rows were is room for new ones."""

QUOTED = {"sqlite": 'quote("{}")', "postgresql": 'quote_nullable("{}"::text)'}
"""What makes a literal of a column, by the database's own rules."""


class Found(NamedTuple):
    """The rows of a table whose column has one of these values."""

    table: type[SQLModel]
    column: str
    values: Sequence[str]


def as_written(engine: Engine, table: type[SQLModel]) -> str:
    """Return what the rows of a table are sorted by to come in the order in which they were written."""
    name = str(table.__tablename__)
    id = SQLModel.metadata.tables[name].columns.get("id")
    return (
        f'"{name}".id' if id is not None and isinstance(id.type, Integer) else WRITTEN[engine.dialect.name].format(name)
    )


def read_stored(engine: Engine, found: list[Found]) -> str:
    """Return the statements that store these rows again; the tables come in an order in which they may be filled."""
    with engine.connect() as connection:
        return "\n".join(_statement(connection, part) for part in found)


def _statement(connection: Connection, found: Found) -> str:
    table, engine = str(found.table.__tablename__), connection.engine
    columns = [column.name for column in SQLModel.metadata.tables[table].columns]
    literals = ", ".join(QUOTED[engine.dialect.name].format(name) for name in columns)
    wanted = ", ".join(f"'{value}'" for value in found.values)
    ask = f'SELECT {literals} FROM "{table}" WHERE "{found.column}" IN ({wanted})'
    rows = connection.exec_driver_sql(f"{ask} ORDER BY {as_written(engine, found.table)}")
    told = ", ".join(f"({', '.join(row)})" for row in rows)
    return f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES {told};'


def put_stored(engine: Engine, statements: str, instead: Mapping[str, str]) -> None:
    """Store the rows in one go, some of their values replaced: nothing is known by the id it had elsewhere."""
    for old, new in instead.items():
        statements = statements.replace(old, new)
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            connection.executescript(f"BEGIN IMMEDIATE;\n{statements}\nCOMMIT;")
        else:
            connection.cursor().execute(statements)
            connection.commit()
    finally:
        connection.close()


def like(row, instead: Mapping[str, str]):
    """Return the row as another session left it, some of its texts replaced."""
    kept = {column.key: getattr(row, column.key) for column in type(row).__table__.columns}
    values = pickle.loads(pickle.dumps(kept))
    texts = {name: instead.get(value, value) for name, value in values.items() if isinstance(value, str)}
    other = type(row)(**values | texts)
    make_transient_to_detached(other)
    return other
