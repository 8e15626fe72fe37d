"""What a docket is drawn up from is written under the centre's lock only: every commit of a test is watched.

Otherwise a docket that was looked at before the lock would stand though something it rests on has changed.
"""

import re
import sys
from pathlib import Path
from types import FrameType, ModuleType

from sqlalchemy import Connection, Engine, event
from sqlmodel import SQLModel

from dispatch.registry import policies, transaction
from dispatch.registry.docket import caseload, conflicts, declared, organs, roster, stated
from dispatch.registry.tables import CentreRow, UserRow

HOUSE = Path(__file__).parent.parent
OURS = tuple(f"{HOUSE}/{room}/" for room in ("dispatch", "workers"))
OTHERS = tuple(f"{HOUSE}/{room}/" for room in ("tests", "testbed", "benchmarks", "examples"))

WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?(?! SET sealed=\S+ WHERE)')
"""A statement that writes a table; what is sealed no rule reads."""

LOCKS = "UPDATE centre SET revision="


def _tables_of(module: ModuleType) -> set[str]:
    rows = (each for each in vars(module).values() if isinstance(each, type) and issubclass(each, SQLModel))
    return {str(row.__tablename__) for row in rows if row not in (CentreRow, UserRow)}


READ = set[str]().union(*map(_tables_of, (caseload, conflicts, declared, organs, policies, roster, stated)))
"""The tables that these modules know, so that a new one is among them; of users they only tell which organs they name,
and of a centre a docket reads what never changes."""

_unlocked: list[str] = []


def watch() -> None:
    """Listen to every connection of this process from now on."""
    event.listen(Engine, "begin", _begin)
    event.listen(Engine, "before_cursor_execute", _note)
    event.listen(Engine, "commit", _judge)


def take_unlocked() -> list[str]:
    """Return who has written without the lock since this was asked last, and what."""
    found, _unlocked[:] = _unlocked[:], []
    return found


def _begin(connection: Connection) -> None:
    connection.info["written"] = set()


def _note(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    if found := WRITES.match(statement):
        table = LOCKS if statement.startswith(LOCKS) else found[1]
        connection.info.setdefault("written", set()).add(table)


def _judge(connection: Connection) -> None:
    written = connection.info.pop("written", set())
    if LOCKS not in written and written & READ and (who := _who_commits()):
        _unlocked.append(f"{who}: {', '.join(sorted(written & READ))}")


def _who_commits() -> str | None:
    """Return the file whose block ends, if it is one of the product: tests put rows where they like."""
    frame: FrameType | None = sys._getframe(2)
    while frame := frame and frame.f_back:
        name = frame.f_code.co_filename
        if name.startswith(OURS) and name != transaction.__file__:
            return name.removeprefix(f"{HOUSE}/")
        if name.startswith(OTHERS):
            return None
    return None
