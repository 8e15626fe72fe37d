"""Statements of several columns, and statements over more keys than one may bind."""

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy
from sqlmodel import Session

AT_ONCE = 5_000
"""Keys bound to one statement; both databases take more, neither any number."""

select_rows: Any = sqlalchemy.select
"""``select`` for rows of plain columns; the typed one counts them only up to four."""


def fetch_by(session: Session, statement: Any, keys: Collection[str], **bound: object) -> Iterator[Any]:
    """Yield what the statement finds for the keys, bound to it as ``keys`` in portions."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), AT_ONCE):
        yield from session.exec(statement, params={**bound, "keys": ordered[start : start + AT_ONCE]})
