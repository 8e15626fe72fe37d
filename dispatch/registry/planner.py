"""What SQLite is told of a register: which tables grow, and what an equality leaves of them.

PostgreSQL counts for itself. SQLite guesses that every equality leaves ten rows, so that it read all of a centre to
find one case. What is written here is the same for every register, so that its plans are those the tests look at.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

GROWN = 1_000_000
"""Rows of a table that grows with the years; every table does that is not named below."""

CENTRES = 100
"""A centre's id is held to leave a hundredth: far more than a case or a person, far less than a walk through all."""

SIZES = {
    "centre": CENTRES, "area": 100, "policy": 100, "institution": 300, "app_user": 3_000, "practitioner": 3_000,
    "attributes": 9_000, "institution_attributes": 900, "organ": 300, "organ_name": 900, "calendar_notice": 100,
    "template": 100, "letterhead": 10, "webhook": 10, "seal": 10, "lease": 10, "log_tree": 10,
    "log_floor": 10, "log_head": 10_000, "simulation": 1_000, "fairness_bound": 1_000, "subsidy_table": 10,
    "distinct_pair": 1_000,
}  # fmt: skip

OPEN_SHARE = 1_000
"""Of so many rows one is in an index of what is open."""

FEW, DAYS = 10, 1_000
"""Different values of a kind, and of a moment."""

STATES = ("status", "state")
"""What is asked for by its state is open, and nearly all is not: as few have it as a moment."""

KEYS = ("id", "_key", "number", "code", "digest", "login", "name")
"""How the name of a column ends that tells its rows apart."""


class Index(NamedTuple):
    """An index, its columns in their order, whether no two rows in it are alike, and whether only open ones are."""

    name: str
    columns: Sequence[str]
    unique: bool
    of_open: bool


def inform_planner(connection: Connection) -> None:
    """Write down what is known of every index, in place of what was written before."""
    connection.exec_driver_sql("ANALYZE alembic_version")
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    for table in _tables(connection):
        refers = dict(_references(connection, table))
        types = dict(_types(connection, table))
        for index in _indexes(connection, table):
            stat = " ".join(map(str, _stat(index, SIZES.get(table, GROWN), refers, types)))
            connection.execute(
                text("INSERT INTO sqlite_stat1 VALUES (:table, :name, :stat)"),
                {"table": table, "name": index.name, "stat": stat},
            )


def _stat(index: Index, size: int, refers: dict[str, int], types: dict[str, str]) -> Iterator[int]:
    """Yield the rows of an index, and how many agree in its first column, in its first two, and so on."""
    left = max(size // OPEN_SHARE, FEW) if index.of_open else size
    yield left
    for n, column in enumerate(index.columns, start=1):
        left = 1 if index.unique and n == len(index.columns) else max(left // _values(column, size, refers, types), 1)
        yield left


def _values(column: str, size: int, refers: dict[str, int], types: dict[str, str]) -> int:
    if column in refers:
        # Several rows of a case, and many of a person.
        return min(refers[column], max(size // 4, 1))
    if column in STATES or types.get(column, "").startswith("DATE"):
        return DAYS
    return max(size // 2, 1) if column.endswith(KEYS) else FEW


def _tables(connection: Connection) -> list[str]:
    named = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    )
    return sorted(set(named.scalars()) - {"alembic_version"})


def _references(connection: Connection, table: str) -> Iterator[tuple[str, int]]:
    for row in connection.exec_driver_sql(f'PRAGMA foreign_key_list("{table}")').mappings():
        yield row["from"], SIZES.get(row["table"], GROWN)


def _types(connection: Connection, table: str) -> Iterator[tuple[str, str]]:
    for row in connection.exec_driver_sql(f'PRAGMA table_info("{table}")').mappings():
        yield row["name"], row["type"]


def _indexes(connection: Connection, table: str) -> Iterator[Index]:
    made = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", (table,)
    )
    written = {name: sql or "" for name, sql in made}
    for row in connection.exec_driver_sql(f'PRAGMA index_list("{table}")').mappings().all():
        columns = connection.exec_driver_sql(f'PRAGMA index_info("{row["name"]}")').mappings()
        # An index of an expression has no name of a column.
        names = [each["name"] or "" for each in columns]
        # What has been set once stays so: only what still waits is few.
        of_open = bool(row["partial"]) and "IS NOT NULL" not in written[row["name"]]
        yield Index(row["name"], names, bool(row["unique"]), of_open)
