"""What a person sees of the log: their own entries with what proves them, and the heads everybody may keep."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import false
from sqlmodel import Session, SQLModel, col, select

from dispatch.domain.log.records import Head
from dispatch.domain.log.words import LogSource
from dispatch.domain.permissions import Actor
from dispatch.registry.log.entries import load_entries
from dispatch.registry.log.proofs import LogTree, leaves_of
from dispatch.registry.log.sealing import last_head
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.tables import AuditRow, LedgerRow, LogHeadRow
from dispatch.registry.transaction import Read

OWN: dict[LogSource, Callable[[Actor], tuple[type[SQLModel], Any]]] = {
    LogSource.AUDIT: lambda actor: (AuditRow, AuditRow.actor_id == actor.user_id),
    LogSource.LEDGER: lambda actor: (LedgerRow, _of(LedgerRow.practitioner_id, actor.practitioner_id)),
}
"""Whose an entry is. Events of a case name others too; who caused one finds the act in the audit log."""


class OwnEntry(NamedTuple):
    """An entry as it is hashed, and where the head that was published last has it."""

    source: LogSource
    id: int
    record: str
    salt: str | None
    """With the record it makes the leaf; none while the entry waits to be sealed."""
    address: str | None
    address_salt: str | None
    """Together with the address it makes the digest kept in the record; none once both were forgotten."""
    position: int | None
    path: list[str] | None
    """What leads to the head's root; none for what came after the head."""


class OwnEntries(NamedTuple):
    """A page of one's own entries, newest first, and the head they are proven against."""

    head: Head | None
    rows: Rows


def own_entries(read: Read, actor: Actor, part: Slice, source: LogSource) -> OwnEntries:
    """Return the actor's own entries of a source with their proofs; nothing of anybody else's is in them."""
    with read() as session:
        found = _rows(session, actor, part, source)
        head = last_head(session, actor.centre_id)
        ids = [row.id for row in found.rows]
        entries, leaves = load_entries(session, source, ids), leaves_of(session, source, ids)
        tree = LogTree(session, actor.centre_id, head.size if head else 0)
        own = [_own(source, entries[id], leaves.get(id), tree) for id in ids]
        return OwnEntries(_head(head) if head else None, Rows(own, found.last))


def list_heads(read: Read, actor: Actor, part: Slice) -> Rows:
    """Return the heads of the actor's centre, the newest first."""
    own = select(LogHeadRow).where(LogHeadRow.log == actor.centre_id).order_by(col(LogHeadRow.on).desc())
    if part.after is not None:
        own = own.where(col(LogHeadRow.on) < date.fromisoformat(part.after[0]))
    with read() as session:
        rows = session.exec(own.limit(part.limit + 1)).all()
    kept = rows[: part.limit]
    return Rows([_head(row) for row in kept], (kept[-1].on.isoformat(),) if len(rows) > part.limit else None)


def heads_between(session: Session, centre_id: str, first: date, last: date) -> Sequence[Head]:
    """Return the heads of the days of a period, in their order."""
    days = (LogHeadRow.log == centre_id, col(LogHeadRow.on).between(first, last))
    return [_head(row) for row in session.exec(select(LogHeadRow).where(*days).order_by(col(LogHeadRow.on)))]


def _rows(session: Session, actor: Actor, part: Slice, source: LogSource) -> Rows:
    table, own = OWN[source](actor)
    return page(session, table, actor.centre_id, part, own, by="at", newest_first=True)


def _of(column: Any, id: str | None) -> Any:
    return column == id if id else false()


def _own(source: LogSource, entry: Any, leaf: Any, tree: LogTree) -> OwnEntry:
    address = entry.values.get("address")
    if leaf is None:
        return OwnEntry(source, entry.values["id"], entry.record(None).decode(), None, address, None, None, None)
    path = [beside.hex() for beside in tree.path(leaf.position)] if leaf.position < tree.size else None
    forgotten = leaf.address_salt is None or address is None
    return OwnEntry(
        source, leaf.row_id, entry.record(leaf.address_mask).decode(), leaf.salt.hex(), address,
        None if forgotten else leaf.address_salt.hex(), leaf.position, path,
    )  # fmt: skip


def _head(row: LogHeadRow) -> Head:
    return Head(row.log, row.on, row.size, row.root, row.previous)
