"""The statements of a won claim as they are really executed, and the same without a service around them.

They are recorded, not written down, so that they cannot drift from the code: two claims are recorded,
and whatever differs between them is a variable. PostgreSQL's own ``pgbench`` runs them as a script,
for SQLite a bare loop does.
"""

import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Engine, event, make_url, text

from testbed import postgres

PARAMETER = re.compile(r"%\((\w+)\)s")


class Fresh(NamedTuple):
    """A value that is new in every claim."""

    name: str


class Known(NamedTuple):
    """A value that a claim is given: its case, its claimant, and what belongs to them."""

    name: str


class Step(NamedTuple):
    """One statement and what it is bound to: constants and variables."""

    sql: str
    bound: Mapping[str, Any] | Sequence[Any]


@contextmanager
def recorded() -> Iterator[list[Step]]:
    """Give a list that fills with what this process executes, transactions too, while the block lasts."""
    steps: list[Step] = []

    def execute(_c: Connection, _cursor: object, sql: str, bound: Any, _context: object, _many: bool) -> None:
        # SQLite is told to begin by a statement; the event below tells of it on both databases.
        if not sql.startswith("BEGIN"):
            steps.append(Step(sql, bound[0] if _many else bound))

    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("glancing"):
            steps.append(Step("BEGIN", {}))

    def commit(_: Connection) -> None:
        steps.append(Step("COMMIT", {}))

    listeners = (("before_cursor_execute", execute), ("begin", begin), ("commit", commit))
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        yield steps
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)


def with_variables(first: Sequence[Step], second: Sequence[Step], known: Mapping[str, str]) -> list[Step]:
    """Return the statements of the first claim, variables where the second differs; ``known`` names its values."""
    if [step.sql for step in first] != [step.sql for step in second]:
        raise AssertionError("two claims won in the same way execute different statements")
    fresh: dict[str, Fresh] = {}

    def variable(value: Any, other: Any) -> Any:
        if value == other or not isinstance(value, str):
            return value
        if value in known:
            return Known(known[value])
        return fresh.setdefault(value, Fresh(f"fresh{len(fresh)}"))

    return [Step(one.sql, _paired(one.bound, two.bound, variable)) for one, two in zip(first, second, strict=True)]


def _paired(one: Any, two: Any, variable: Callable[[Any, Any], Any]) -> Any:
    if isinstance(one, Mapping):
        return {name: variable(one[name], two[name]) for name in one}
    return [variable(mine, theirs) for mine, theirs in zip(one, two, strict=True)]


def names_of(steps: Sequence[Step], kind: type[Fresh] | type[Known]) -> list[str]:
    """Return the names of the variables of one kind."""
    bound = (
        value for step in steps for value in (step.bound.values() if isinstance(step.bound, Mapping) else step.bound)
    )
    return sorted({value.name for value in bound if isinstance(value, kind)})


def as_script(steps: Sequence[Step]) -> str:
    """Return the statements as a script for pgbench; each run takes the next row of the table ``item``."""
    fresh = "".join(f", md5(random()::text) AS {name}" for name in names_of(steps, Fresh))
    wanted = ", ".join(names_of(steps, Known))
    lines = ["SELECT nextval('next_item') AS item \\gset", f"SELECT {wanted}{fresh} FROM item WHERE n = :item \\gset"]
    for step in steps:
        sql = PARAMETER.sub(lambda found, step=step: _literal(step.bound[found[1]]), step.sql)  # type: ignore[misc]
        lines.append(" ".join(sql.replace("%%", "%").split()) + ";")
    return "\n".join(lines) + "\n"


def _literal(value: Any) -> str:
    if isinstance(value, Fresh | Known):
        return f":{value.name}"
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, Jsonb):
        value = "{}"
    if isinstance(value, datetime):
        # Without colons, which pgbench would read as variables.
        value = value.strftime("%Y%m%dT%H%M%S.%f%z")
    return "'" + str(value.isoformat() if isinstance(value, date) else value).replace("'", "''") + "'"


def store_items(engine: Engine, steps: Sequence[Step], items: Sequence[Mapping[str, str]]) -> None:
    """Store what each run of the script is given."""
    names = names_of(steps, Known)
    with engine.begin() as connection:
        for order in ("DROP TABLE IF EXISTS item", "DROP SEQUENCE IF EXISTS next_item"):
            connection.execute(text(order))
        connection.execute(text(f"CREATE TABLE item (n bigint PRIMARY KEY, {', '.join(f'{n} text' for n in names)})"))
        connection.execute(text("CREATE SEQUENCE next_item CACHE 1"))
        places = ", ".join(f":{name}" for name in names)
        rows = [{"n": n, **item} for n, item in enumerate(items, start=1)]
        connection.execute(text(f"INSERT INTO item VALUES (:n, {places})"), rows)
        connection.execute(text("ANALYZE"))


def pgbench_per_second(url: str, script: Path, runs: int, clients: int) -> float:
    """Return how many claims a second ``pgbench`` wins with the script, statements prepared, over so many clients."""
    at, each = make_url(url), str(runs // clients)
    order = [
        _pgbench(), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-t", each, "-f", str(script),
        "-h", str(at.host), "-p", str(at.port), "-U", str(at.username), str(at.database),
    ]  # fmt: skip
    ended = subprocess.run(order, check=False, capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+)", ended.stdout)
    if ended.returncode or found is None:
        raise RuntimeError(f"pgbench failed: {ended.stderr}")
    return float(found[1])


def loop_per_second(path: str, steps: Sequence[Step], items: Sequence[Mapping[str, str]]) -> float:
    """Return how many claims a second a bare loop over SQLite wins with the same statements."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    connection.execute("PRAGMA synchronous=NORMAL")
    fresh = names_of(steps, Fresh)
    began = time.perf_counter()
    for item in items:
        values = dict(item) | {name: uuid4().hex for name in fresh}
        for step in steps:
            bound = [values[each.name] if isinstance(each, Fresh | Known) else each for each in step.bound]
            connection.execute(step.sql if step.sql != "BEGIN" else "BEGIN IMMEDIATE", bound).fetchall()
    connection.close()
    return len(items) / (time.perf_counter() - began)


def _pgbench() -> str:
    beside = postgres.find_programs() / "pgbench"
    found = str(beside) if beside.exists() else shutil.which("pgbench")
    if found is None:
        raise FileNotFoundError("pgbench, which comes with PostgreSQL's programs, is not here")
    return found
