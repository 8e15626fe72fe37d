"""Statements of several columns, and statements over more keys than one may bind."""

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col

AT_ONCE = 5_000
"""Keys bound to one statement; both databases take more, neither any number."""

select_rows: Any = sqlalchemy.select
"""``select`` for rows of plain columns; the typed one counts them only up to four."""


def in_force(table: Any, on: Any) -> ColumnElement[bool]:
    """Return what finds the rows of dated facts that are believed of a day, or of the day bound to it."""
    lasting = or_(col(table.until_on).is_(None), col(table.until_on) > on)
    return and_(col(table.superseded_at).is_(None), col(table.from_on) <= on, lasting)


def fetch(session: Session, statement: Any, **bound: object) -> Any:
    """Return what a statement of plain columns finds, without the share of the work that objects would need."""
    session.flush()
    return session.connection().execute(statement, bound)


def fetch_by(session: Session, statement: Any, keys: Collection[str], **bound: object) -> Iterator[Any]:
    """Yield what a statement of plain columns finds for the keys, bound to it as ``keys`` in portions."""
    for portion in _portions(keys):
        yield from fetch(session, statement, **bound, keys=portion)


def load_by(session: Session, statement: Any, keys: Collection[str], **bound: object) -> Iterator[Any]:
    """Yield the objects a statement finds for the keys, in portions."""
    for portion in _portions(keys):
        yield from session.exec(statement, params={**bound, "keys": portion})


def _portions(keys: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(keys)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))
