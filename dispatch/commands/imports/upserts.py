"""What a bulk change of the roster has in common: each row's fate, and what a row may not say."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from dispatch.commands.cases.intake import Fate
from dispatch.domain.errors import DispatchError, InvalidFieldError
from dispatch.exchange.columns import Kind
from dispatch.exchange.faults import RemarkKind
from dispatch.exchange.tables import TABLES

Row = Mapping[str, Any]
Notify = Callable[[int, int], None]
"""Told how many of how many rows are done."""


class Upsert(NamedTuple):
    """The fate of one row: the record it made or found, or the error that refused it."""

    fate: Fate
    id: str | None = None
    error: DispatchError | None = None
    safeguards: tuple[str, ...] = ()
    """Protections it would lower, by code: a part of the row waits for a second person."""
    remarks: tuple[RemarkKind, ...] = ()
    """What the report says of the row beside its fate."""


def refused(error: DispatchError) -> Upsert:
    """Return the fate of a row with this error."""
    return Upsert(Fate.REFUSED, error=error)


def require_sensible(kind: Kind, merged: Row) -> None:
    """Refuse a record that contradicts itself once a row has been laid over what is stored."""
    for check in TABLES[kind].checks:
        if not check.holds(merged):
            raise InvalidFieldError(field=check.field, value=None, expected=check.expected._asdict())


def require_known(kind: Kind, fields: Iterable[str]) -> None:
    """Refuse a field that the records of this kind do not have."""
    known = [column.field for column in TABLES[kind].columns]
    for field in fields:
        if field not in known:
            raise InvalidFieldError(field=field, value=None, expected=known)


def changed(there: Row, row: Row, fields: Iterable[str], kept_when_blank: Iterable[str] = ()) -> dict[str, Any]:
    """Return the fields the row says something new about; a blank never empties what must not be empty."""
    kept = frozenset(kept_when_blank)
    return {
        field: row[field]
        for field in fields
        if field in row and row[field] != there.get(field) and not (row[field] is None and field in kept)
    }
