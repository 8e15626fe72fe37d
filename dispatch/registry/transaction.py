"""The only place that opens, locks, commits or rolls back a unit of work.

Beside it ``migrate`` changes the schema itself, and a backup copies, makes and drops whole databases.

A command says ``with begin() as tx:`` and has committed when the block ends; any error undoes all
of it. Reading alone is ``with read() as session:``, one consistent snapshot that writes nothing.
``with read_autocommit() as session:`` reads without a snapshot, each statement on its own.
"""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, IsolationLevel
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel, col

from dispatch.domain import lifecycle
from dispatch.domain.errors import NotFoundError
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.domain.webhooks import HookType, message_of, types_of
from dispatch.registry import webhooks
from dispatch.registry.border import translated
from dispatch.registry.tables import CaseEventRow, CaseRow, CentreRow, OutboxRow

Row = TypeVar("Row", bound=SQLModel)

LOCK_PATIENCE_S = 30
"""How long a writer waits for another one before the request fails."""

CONNECTIONS = 8
"""Kept open by one process: more than the threads of an API, so that no request opens one of its own."""

CACHE_KIB = 16_384
"""Of a SQLite file kept in memory by each connection; with the usual 2 MB a year's rows are read again and again."""

KNOWN_DATABASES = 4
"""Engines a process keeps: a service has one, a test process one on each database and some on files of their own."""

TRUSTED_S = 1.0
"""A connection idle for longer is tried before it is used: the server may have been restarted meanwhile."""

CONNECT_WITHIN_S = "5"
"""Seconds a server has to take a connection, each host of the address separately, unless the address says otherwise."""

# The row is locked by its own change, in one statement.
LOCK_CENTRE = (
    update(CentreRow)
    .where(col(CentreRow.id) == bindparam("of_centre"))
    .values(revision=col(CentreRow.revision) + 1)
    .returning(CentreRow)
    .execution_options(synchronize_session=False, populate_existing=True)
)


class Transaction:
    """One unit of work; what it adds is stored together or not at all."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.asked = False
        self.centre: CentreRow | None = None
        self._locked: dict[str, CentreRow] = {}
        self._listeners: dict[str, list[webhooks.Subscriber]] = {}
        self.changed_boards: set[str] = set()
        self.address: str | None = None
        """From where this was asked for."""
        self.noted = False
        """Whether the log tells of it already."""

    def lock_centre(self, centre_id: str) -> CentreRow:
        """
        Make this the centre's only deciding transaction until it ends; call it before reading anything. Idempotent.

        Raises
        ------
        NotFoundError
            If there is no such centre.
        """
        if centre_id not in self._locked:
            centre = self.session.scalars(LOCK_CENTRE, {"of_centre": centre_id}).one_or_none()
            if centre is None:
                raise NotFoundError(what="centre", id=centre_id)
            # Kept here, because a session forgets what nobody holds and would ask for the centre again.
            self._locked[centre_id] = centre
        self.centre = self._locked[centre_id]
        return self.centre

    def lock(self, table: type[Row], id: str, centre_id: str | None = None) -> Row:
        """Return the current row, locked until this transaction ends; another centre's row is not found."""
        # Keys never change, so rows that point at this one may be added meanwhile without waiting for us.
        row = self.session.get(table, id, with_for_update={"key_share": True}, populate_existing=True)
        if row is None or (centre_id is not None and getattr(row, "centre_id", None) != centre_id):
            raise NotFoundError(what=table.__tablename__, id=id)
        return row

    def lock_all(self, found: Any) -> list[Any]:
        """Return the rows a statement finds, locked until this transaction ends."""
        return list(self.session.exec(found.with_for_update()).all())

    def add(self, row: Row) -> Row:
        """Put a new row into the unit of work."""
        self.session.add(row)
        return row

    def advance(
        self,
        case: CaseRow,
        event: Event,
        actor: Actor | None,
        now: datetime,
        mode: ModeName | None = None,
        facts: dict[str, object] | None = None,
        back_to: Status | None = None,
    ) -> CaseEventRow:
        """Move the case along the table of transitions and write down who did it; facts are ids and codes."""
        before = case.status
        case.status = lifecycle.advance(before, event, back_to)
        case.revision += 1
        case.updated_at = now
        return self.record(case, event, actor, now, before, mode, facts)

    def record(
        self,
        case: CaseRow,
        event: str,
        actor: Actor | None,
        now: datetime,
        before: Status | None = None,
        mode: ModeName | None = None,
        facts: dict[str, object] | None = None,
    ) -> CaseEventRow:
        """Record an event of a case whose status is already set, and queue the webhooks subscribed to it."""
        if Status.POSTED in (before, case.status):
            self.changed_boards.add(case.centre_id)
        for type in types_of(event, before):
            self.announce(case.centre_id, type, message_of(case.id, case.status, event, facts), now)
        return self.add(
            CaseEventRow(
                centre_id=case.centre_id,
                case_id=case.id,
                event=str(event),
                from_status=before,
                to_status=case.status,
                mode=mode,
                actor_id=actor.user_id if actor else None,
                facts=facts,
                at=now,
            )
        )

    def announce(self, centre_id: str, type: HookType, data: dict[str, Any], now: datetime) -> None:
        """Leave a message for every endpoint of the centre that asked for the type, stored with this transaction."""
        if centre_id not in self._listeners:
            self._listeners[centre_id] = webhooks.list_listeners(self.session, centre_id)
        for message in webhooks.address(self._listeners[centre_id], centre_id, type, data, now):
            self.add(message)
            self.asked = True

    def enqueue(self, job: str, argument: str, queue: str, now: datetime, centre_id: str) -> OutboxRow:
        """Ask for a job; it is sent once this transaction has committed."""
        self.asked = True
        return self.add(OutboxRow(job=job, argument=argument, queue=queue, created_at=now, centre_id=centre_id))


class Rehearsal(Transaction):
    """A unit of work that only looks: it locks nothing, and what it comes to is stored by another, or by none."""

    def lock_centre(self, centre_id: str) -> CentreRow:
        """Return the centre as it is; its revision tells a later lock whether something was decided since."""
        self.centre = self.session.get(CentreRow, centre_id)
        if self.centre is None:
            raise NotFoundError(what="centre", id=centre_id)
        return self.centre


Begin = Callable[[], AbstractContextManager[Transaction]]
Read = Callable[[], AbstractContextManager[Session]]


@lru_cache(maxsize=KNOWN_DATABASES)
def make_engine(url: str) -> Engine:
    """
    Return an engine on which no update is lost and whose errors quote no values, whichever database it is.

    Notes
    -----
    A process has one for each database: it keeps the connections, and each statement it has compiled.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _make_sqlite_engine(url)
    return _make_postgres_engine(url)


def make_begin(
    engine: Engine,
    wake: Callable[[], None] | None = None,
    notify_boards: Callable[[Collection[str]], None] | None = None,
) -> Begin:
    """Return the way to write: leaving the block commits, an error in it undoes everything.

    ``wake`` is called after a commit that asked for a job, so that it starts at once; ``notify_boards`` after one
    that changed something on the board, with its centre, so that those who watch the board hear of it.
    """

    @contextmanager
    def begin() -> Iterator[Transaction]:
        with translated(writing=True), Session(engine, expire_on_commit=False) as session:
            with session.begin():
                tx = Transaction(session)
                yield tx
            if tx.asked and wake:
                wake()
            if tx.changed_boards and notify_boards:
                notify_boards(tx.changed_boards)

    return begin


_IN_TURN: defaultdict[str, Lock] = defaultdict(Lock)
TURN_WITHIN_S = 5.0
"""A transaction that has waited for so long goes ahead: it is the centre's own lock that decides."""


@contextmanager
def in_turn(centre_id: str) -> Iterator[None]:
    """Let the threads of this process come to a centre's lock one after another.

    They would wait for each other there anyway, each with a connection, and what they looked at before would no longer
    hold once it is theirs.
    """
    mine = _IN_TURN[centre_id].acquire(timeout=TURN_WITHIN_S)
    try:
        yield
    finally:
        if mine:
            _IN_TURN[centre_id].release()


def make_read(engine: Engine) -> Read:
    """Return the way to read: one snapshot, so that many queries agree with each other."""
    reading = _sibling(engine, "REPEATABLE READ", reading=True)

    @contextmanager
    def read() -> Iterator[Session]:
        with translated(), Session(reading, expire_on_commit=False) as session:
            yield session

    return read


def make_read_autocommit(engine: Engine) -> Read:
    """Return the way to look without a snapshot: for one statement, or where a lock follows that asks again."""
    glancing = _sibling(engine, "AUTOCOMMIT", glancing=True)

    @contextmanager
    def read_autocommit() -> Iterator[Session]:
        with translated(), Session(glancing, expire_on_commit=False) as session:
            yield session

    return read_autocommit


@lru_cache(maxsize=2 * KNOWN_DATABASES)
def _sibling(engine: Engine, isolation_level: IsolationLevel, **options: object) -> Engine:
    # Connections of its own: to change what one is for, and back again, costs as much as a statement.
    if engine.dialect.name == "postgresql":
        sibling = _make_postgres_engine(engine.url, isolation_level=isolation_level)
        event.listen(sibling, "connect", _only_read)
        event.listen(engine, "engine_disposed", lambda _: sibling.dispose())
        return sibling.execution_options(**options)
    return engine.execution_options(**options)


def _only_read(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.read_only = True


def _note_rest(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = time.monotonic()


def _try_rested(engine: Engine, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
    rests_since = record.info.get("rests_since")
    if rests_since is None or time.monotonic() - rests_since < TRUSTED_S:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        # What cut this one has cut the others as well, even those still trusted.
        raise InvalidatePoolError from None


def _make_postgres_engine(url: str | URL, **options: Any) -> Engine:
    url = make_url(url)
    # A server that is gone without a word would be waited for as long as the system likes: minutes.
    url = url.update_query_dict({"connect_timeout": CONNECT_WITHIN_S}) if "connect_timeout" not in url.query else url
    engine = create_engine(url, pool_size=CONNECTIONS, hide_parameters=True, **options)
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", partial(_try_rested, engine))
    return engine


def _make_sqlite_engine(url: str) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    # Last in, first out: what is in the memory of one connection is asked again, and the others keep little in theirs.
    pool: dict[str, Any] = {"pool_size": CONNECTIONS, "pool_use_lifo": True} if database else {}
    engine = create_engine(url, connect_args={"timeout": LOCK_PATIENCE_S}, hide_parameters=True, **pool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin only before the first write, after the reads that led to it: lost updates.
    connection.isolation_level = None
    for setting in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", f"cache_size=-{CACHE_KIB}"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    # A write begun as a read cannot wait for its turn when it upgrades; it fails at once.
    options = connection.get_execution_options()
    if not options.get("glancing"):
        connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")
