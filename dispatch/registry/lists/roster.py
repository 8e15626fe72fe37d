"""The lists of practitioners and institutions: narrowed by what is asked of a day, counted, in the order of codes."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, cast, col, select

from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.texts import code_key
from dispatch.domain.vocabulary import InstitutionKind, PractitionerKind
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.statements import in_force
from dispatch.registry.tables import (
    AttributesRow,
    InstitutionAttributesRow,
    InstitutionRow,
    PractitionerRow,
)


class PractitionerFilter(NamedTuple):
    """Which practitioners a list shows; what is left out shows all."""

    name_key: str = ""
    """A part of the name as a search compares it."""
    code: str | None = None
    code_prefix: str | None = None
    institution_id: str | None = None
    kind: PractitionerKind | None = None
    listed: bool | None = None
    area: str | None = None
    specialty: Sequence[str] = ()
    """A cause and what is above it, the nearest first."""


class InstitutionFilter(NamedTuple):
    """Which institutions a list shows; what is left out shows all."""

    name_key: str = ""
    code: str | None = None
    code_prefix: str | None = None
    kind: InstitutionKind | None = None
    area: str | None = None


def practitioners(
    session: Session, actor: Actor, part: Slice, on: date, wanted: PractitionerFilter = PractitionerFilter()
) -> Rows:
    """Return practitioners by their code; who may read only their own finds themselves, or their people of a day."""
    filters = [*_people(session, actor.centre_id, wanted, on)]
    if Verb.READ_ROSTER not in PERMISSIONS[actor.role]:
        own = _stated(AttributesRow, "practitioner_id", on, AttributesRow.institution_id == actor.institution_id)
        filters.append(or_(col(PractitionerRow.id) == actor.practitioner_id, col(PractitionerRow.id).in_(own)))
    return _counted(session, PractitionerRow, actor.centre_id, part, filters)


def institutions(
    session: Session, centre_id: str, part: Slice, on: date, wanted: InstitutionFilter = InstitutionFilter()
) -> Rows:
    """Return institutions by their code."""
    return _counted(session, InstitutionRow, centre_id, part, [*_houses(wanted, on)])


def practitioner_codes(session: Session, centre_id: str, on: date, wanted: PractitionerFilter) -> set[str]:
    """Return the codes of all practitioners that are wanted."""
    found = select(PractitionerRow.code).where(
        PractitionerRow.centre_id == centre_id, *_people(session, centre_id, wanted, on)
    )
    return set(session.exec(found))


def institution_codes(session: Session, centre_id: str, on: date, wanted: InstitutionFilter) -> set[str]:
    """Return the codes of all institutions that are wanted."""
    found = select(InstitutionRow.code).where(InstitutionRow.centre_id == centre_id, *_houses(wanted, on))
    return set(session.exec(found))


def _counted(session: Session, table: Any, centre_id: str, part: Slice, filters: list[ColumnElement[bool]]) -> Rows:
    total = None
    if part.after is None:
        among = select(func.count()).select_from(table).where(table.centre_id == centre_id, *filters)
        total = session.exec(among).one()
    return page(session, table, centre_id, part, *filters, by="code")._replace(total=total)


def _people(session: Session, centre_id: str, wanted: PractitionerFilter, on: date) -> Iterator[ColumnElement[bool]]:
    yield col(PractitionerRow.merged_into).is_(None)
    if wanted.code is not None:
        yield col(PractitionerRow.id) == _named_by(session, centre_id, wanted.code)
    yield from _named(PractitionerRow, wanted)
    facts: list[Any] = [
        col(getattr(AttributesRow, name)) == value
        for name in ("institution_id", "kind", "listed")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.area:
        facts.append(_lists(session, col(AttributesRow.areas), wanted.area))
    if wanted.specialty:
        levels: Any = col(AttributesRow.specialties)
        facts.append(func.coalesce(*(levels[cause].as_integer() for cause in wanted.specialty), 0) > 0)
    if facts:
        yield col(PractitionerRow.id).in_(_stated(AttributesRow, "practitioner_id", on, *facts))


def _houses(wanted: InstitutionFilter, on: date) -> Iterator[ColumnElement[bool]]:
    yield from _named(InstitutionRow, wanted)
    if wanted.code is not None:
        yield col(InstitutionRow.code_key) == code_key(wanted.code)
    facts = [
        col(getattr(InstitutionAttributesRow, name)) == value
        for name in ("kind", "area")
        if (value := getattr(wanted, name)) is not None
    ]
    if facts:
        yield col(InstitutionRow.id).in_(_stated(InstitutionAttributesRow, "institution_id", on, *facts))


def _named(table: Any, wanted: PractitionerFilter | InstitutionFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.name_key:
        yield col(table.name_key).contains(wanted.name_key, autoescape=True)
    if wanted.code_prefix is not None:
        yield col(table.code_key).startswith(code_key(wanted.code_prefix), autoescape=True)


def _named_by(session: Session, centre_id: str, code: str) -> str | None:
    """Return who goes by a code: a record that was merged is the one it went into."""
    named = (PractitionerRow.centre_id == centre_id, PractitionerRow.code_key == code_key(code))
    found = session.exec(select(PractitionerRow.id, PractitionerRow.merged_into).where(*named)).first()
    return found and (found[1] or found[0])


def _stated(table: Any, key: str, on: date, *facts: Any) -> Any:
    """Return of whom these facts are believed on a day."""
    return select(getattr(table, key)).where(in_force(table, on), *facts)


def _lists(session: Session, column: Any, item: str) -> Any:
    """Return whether a column's list names something; the two databases are asked differently."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(column, JSONB).contains([item])
    items = func.json_each(column).table_valued("value")
    return select(items.c.value).where(items.c.value == item).exists()
