"""How SQLite goes about what is asked of it: which steps read a table that grows with the years from end to end."""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlmodel import SQLModel

from dispatch.registry.planner import SIZES

Asked = list[tuple[str, Any]]
"""Statements with what was bound."""

TABLE_OF: dict[str | None, str] = {
    index.name: table.name for table in SQLModel.metadata.tables.values() for index in table.indexes
}

OF_THE_OPEN = {
    index.name
    for table in SQLModel.metadata.tables.values()
    for index in table.indexes
    if (where := index.dialect_options["sqlite"]["where"]) is not None and "IS NOT NULL" not in str(where)
}
"""Indexes of the few rows that are open: to walk through one is not to read history."""

STEP = re.compile(r"(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?INDEX (\w+))?(?: \((.*?)\))?")

KINDS = {"centre_id=?", "ANY(centre_id)", "kind=?", "status=?", "state=?"}
"""What narrows a table to kinds of rows alone: to sort these for the first few is to read history."""

MIN_OR_MAX = re.compile(r"SELECT (min|max)\([\w.]+\) AS \w+ \nFROM (\w+) \nWHERE \2\.centre_id = \?(?= UNION|$)")


@contextmanager
def listening(engine: Engine) -> Iterator[Asked]:
    """Keep every statement that is asked meanwhile."""
    asked: Asked = []

    def keep(_connection: Connection, _cursor: object, statement: str, bound: Any, *_: object) -> None:
        asked.append((statement, bound))

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def walks(
    engine: Engine, asked: Asked, spare: Callable[[str], bool] = lambda statement: False
) -> list[tuple[str, str]]:
    """Return each step that reads all of a growing table, or all of it that one centre has, and its statement.

    A page in the order of an index reads no further than the page, and the least of an index is its first.
    """
    found = []
    with engine.connect() as connection:
        for statement, bound in asked:
            if not statement.startswith(("SELECT", "WITH")) or spare(statement):
                continue
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(bound)).all()
            steps = [str(row[-1]) for row in rows]
            limited, ordered = " LIMIT " in statement, any("B-TREE FOR ORDER" in step for step in steps)
            first_of = {read.group(2) for read in MIN_OR_MAX.finditer(statement)}
            if ordered or not limited:
                kept = KINDS if limited else {"centre_id=?"}
                found += [(step, statement) for step in steps if _walks(step, first_of, kept)]
    return found


def _walks(step: str, first_of: Collection[str], kept: Collection[str]) -> bool:
    if (read := STEP.match(step)) is None:
        return False
    how, name, index, terms = read.groups()
    table = TABLE_OF.get(index, name)
    if table in SIZES or table not in SQLModel.metadata.tables or index in OF_THE_OPEN:
        return False
    if terms is None:  # a search without terms goes to the last entry and no further: `max` of a key
        return how == "SCAN"
    return set(terms.split(" AND ")) <= set(kept) and table not in first_of
