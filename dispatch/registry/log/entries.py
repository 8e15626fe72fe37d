"""What is in the log: the rows of three tables, each as the one spelling that is hashed."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Enum, MetaData, String, Table, func, select
from sqlmodel import Session, SQLModel

from dispatch.domain.log.merkle import leaf_hash
from dispatch.domain.log.records import canonical, masked
from dispatch.domain.log.words import LogSource
from dispatch.registry.tables import (
    AuditRow,
    CaseEventRow,
    LedgerRow,
    LogFloorRow,
    LogHeadRow,
    LogLeafRow,
    LogNodeRow,
    LogTreeRow,
)
from dispatch.registry.tables.log.tree import SERVICE

ADDRESS = "address"
"""The one field that may be forgotten: its hash is in the record."""

PLAIN = MetaData()


def plain(row: type[SQLModel]) -> Table:
    """Return the table of a row with words as mere text: what somebody wrote into it must not keep us from reading."""
    table: Table = row.__table__  # type: ignore[attr-defined]  # the mapper adds it
    return Table(
        table.name, PLAIN, *(Column(c.name, String() if isinstance(c.type, Enum) else c.type) for c in table.columns)
    )


LEAVES, FLOORS = plain(LogLeafRow), plain(LogFloorRow)
HEADS, NODES, TREES = plain(LogHeadRow), plain(LogNodeRow), plain(LogTreeRow)

SOURCES: dict[str, Table] = {
    LogSource.AUDIT: plain(AuditRow),
    LogSource.LEDGER: plain(LedgerRow),
    LogSource.CASE_EVENT: plain(CaseEventRow),
}


class LogEntry(NamedTuple):
    """A row that is in a log, or will be."""

    source: str
    values: Mapping[str, Any]

    @property
    def log(self) -> str:
        """Whose log it is in."""
        return self.values["centre_id"] or SERVICE

    @property
    def order(self) -> tuple[Any, ...]:
        """Where it comes among those sealed with it."""
        return self.values["at"], self.source, self.values["id"]

    def record(self, address_mask: str | None) -> bytes:
        """Return what is hashed. What is empty is left out, so that a column that comes later changes no old record."""
        told = {name: value for name, value in self.values.items() if value is not None and name != ADDRESS}
        if address_mask is not None:
            told[ADDRESS] = address_mask
        return canonical({"source": self.source, **told})


class Salts(NamedTuple):
    """What an entry is hashed with."""

    entry: bytes
    address: bytes


def seal_entry(entry: LogEntry, salts: Salts) -> dict[str, Any]:
    """Return the leaf of an entry, but for its place."""
    address = entry.values.get(ADDRESS)
    mask = None if address is None else masked(salts.address, address)
    return {
        "log": entry.log,
        "source": entry.source,
        "row_id": entry.values["id"],
        "hash": leaf_hash(salts.entry, entry.record(mask)),
        "salt": salts.entry,
        "address_salt": None if address is None else salts.address,
        "address_mask": mask,
    }


def is_as_sealed(leaf: Any, entry: LogEntry) -> bool:
    """Tell whether an entry is the one that was sealed; an address that was forgotten is taken on its hash."""
    address = entry.values.get(ADDRESS)
    if address is not None and (leaf.address_salt is None or masked(leaf.address_salt, address) != leaf.address_mask):
        return False
    if leaf.address_mask is None and leaf.address_salt is not None:
        return False
    same: bool = leaf_hash(leaf.salt, entry.record(leaf.address_mask)) == leaf.hash
    return same


def load_entries(session: Session, source: str, ids: Collection[int]) -> dict[int, LogEntry]:
    """Return the entries of a source with these numbers; one that cannot be read any more says nothing."""
    table = SOURCES.get(source)
    if table is None:
        return {}
    try:
        rows = session.connection().execute(select(table).where(table.c.id.in_(ids))).mappings().all()
    except (ValueError, LookupError, TypeError):
        if len(ids) == 1:
            return {id: LogEntry(source, {}) for id in ids}
        return {id: entry for each in ids for id, entry in load_entries(session, source, [each]).items()}
    return {row["id"]: LogEntry(source, dict(row)) for row in rows}


def find_unsealed(session: Session, most: int) -> list[LogEntry]:
    """Return entries that have no leaf yet, in the order in which they are sealed, so many of each source."""
    floors = {row.source: row.floor for row in session.connection().execute(select(FLOORS))}
    found = [
        LogEntry(source, dict(row))
        for source, table in SOURCES.items()
        for row in session.connection()
        .execute(_without_leaf(source).where(table.c.id > floors.get(source, 0)).limit(most)).mappings()
    ]  # fmt: skip
    return sorted(found, key=lambda entry: entry.order)


def find_late(session: Session, source: str, log: str, most: int) -> Sequence[int]:
    """Return the numbers of entries that were never sealed although they should be by now."""
    table = SOURCES[source]
    floor = select(FLOORS.c.floor).where(FLOORS.c.source == source).scalar_subquery()
    whose = table.c.centre_id.is_(None) if log == SERVICE else table.c.centre_id == log
    late = _without_leaf(source, table.c.id).where(whose, table.c.id <= floor).limit(most)
    return session.connection().execute(late).scalars().all()


def newest(session: Session, source: str) -> int:
    """Return the highest number a source has given."""
    return session.connection().execute(select(func.max(SOURCES[source].c.id))).scalar_one() or 0


def _without_leaf(source: str, *columns: Any) -> Any:
    table = SOURCES[source]
    leaf = (LEAVES.c.source == source) & (LEAVES.c.row_id == table.c.id)
    joined = select(*columns or (table,)).select_from(table.outerjoin(LEAVES, leaf))
    return joined.where(LEAVES.c.row_id.is_(None)).order_by(table.c.id)
