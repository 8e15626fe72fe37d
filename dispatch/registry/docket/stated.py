"""What rows of attributes say of practitioners: read once, and remembered, for such a row never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col

from dispatch.domain.docket.facts import FormerOffice, PractitionerFacts
from dispatch.registry.statements import fetch_by, select_rows
from dispatch.registry.tables import AttributesRow

STATED = tuple(
    field.name for field in fields(PractitionerFacts) if field.name != "id" and field.name in AttributesRow.model_fields
)
"""The facts that are in a practitioner's attributes unchanged."""

ATTRIBUTES: Any = select_rows(col(AttributesRow.id), *(col(getattr(AttributesRow, name)) for name in STATED)).where(
    col(AttributesRow.id).in_(bindparam("keys", expanding=True))
)

Stated = dict[str, Any]
"""What a row of attributes says, by the names of the facts."""

MAX_READ = 200_000
_read: dict[str, Stated] = {}
"""By the row's id. Such a row is closed and followed by another, never changed in what it says."""


def stated_in(session: Session, attributes_ids: Sequence[str]) -> Mapping[str, Stated]:
    """Return what rows of attributes say, by their ids."""
    known = {id: stated for id in attributes_ids if (stated := _read.get(id))}
    unread = set(attributes_ids) - known.keys()
    fresh = {row.id: stated_facts(row._mapping) for row in fetch_by(session, ATTRIBUTES, unread)}
    if len(_read) + len(fresh) > MAX_READ:
        _read.clear()
    _read.update(fresh)
    return known | fresh


def stated_facts(row: Mapping[str, Any]) -> Stated:
    """Return what a row of attributes says of its practitioner."""
    facts = {name: _frozen(row[name]) for name in STATED}
    offices = facts["former_offices"]
    return facts | {"former_offices": None if offices is None else tuple(map(_former_office, offices))}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _former_office(stated: Mapping[str, str | None]) -> FormerOffice:
    left_on = stated.get("left_on")
    return FormerOffice(organ=stated.get("organ"), left_on=date.fromisoformat(left_on) if left_on else None)
