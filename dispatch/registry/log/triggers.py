"""Whether the triggers that keep the history are there as the migrations made them."""

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, text

from dispatch.domain.log.words import LogFault
from dispatch.registry.log.checking import Fault
from dispatch.registry.tables.append_only import APPEND_ONLY, LASTING, protect, settle

SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
POSTGRES = """
    SELECT t.tgname, p.prosrc, t.tgenabled = 'O' FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
"""


def check_triggers(connection: Connection) -> Iterator[Fault]:
    """Yield each trigger that is gone, says something else than it was made to say, or is switched off."""
    postgres = connection.dialect.name == "postgresql"
    found = _of_postgres(connection) if postgres else dict(connection.execute(text(SQLITE)).all())
    for name, statement in _wanted(connection, postgres=postgres).items():
        if name not in found:
            yield Fault(LogFault.TRIGGER_GONE, name)
        elif found[name] != statement:
            yield Fault(LogFault.TRIGGER_CHANGED, name)


def _of_postgres(connection: Connection) -> dict[str, str]:
    return {name: source if on else "" for name, source, on in connection.execute(text(POSTGRES)).all()}


def _wanted(connection: Connection, *, postgres: bool) -> dict[str, str]:
    """Return each trigger by its name: its whole statement, or on PostgreSQL the body of its function."""
    wanted = {}
    for table, statements in (*((each, protect) for each in APPEND_ONLY), *((each, settle) for each in LASTING)):
        columns = [column["name"] for column in inspect(connection).get_columns(table)]
        made = list(statements(connection.dialect.name, table, columns))
        if postgres:
            function, trigger = made
            wanted[trigger.split()[2]] = function.split("$$")[1]
        else:
            wanted |= {statement.split()[2]: statement for statement in made}
    return wanted
