"""Declared ties as somebody reads them: of whom each is, and who is meant, the number with its ends alone."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, col

from dispatch.commands.roster.contacts import masked
from dispatch.registry.seal import Seal
from dispatch.registry.statements import fetch_by, select_rows
from dispatch.registry.tables import DeclaredTieRow, InstitutionRow, PractitionerRow

PERSON = ("name", "identity_kind", "identity_number")
"""Who is meant; sealed."""

KEYS: Any = bindparam("keys", expanding=True)
CALLED: Any = select_rows(PractitionerRow.id, PractitionerRow.name).where(col(PractitionerRow.id).in_(KEYS))
HOUSES_CALLED: Any = select_rows(InstitutionRow.id, InstitutionRow.name).where(col(InstitutionRow.id).in_(KEYS))


class ShownTie(NamedTuple):
    """A declaration, of whom it is, and who is meant, the number with its ends alone."""

    row: DeclaredTieRow
    whose: str
    name: str | None
    identity_number: str | None


def shown(session: Session, seal: Seal, row: DeclaredTieRow) -> ShownTie:
    """Return a declaration for somebody to read."""
    [tie] = shown_all(session, seal, [row])
    return tie


def shown_all(session: Session, seal: Seal, rows: Sequence[DeclaredTieRow]) -> list[ShownTie]:
    """Return declarations for somebody to read, whose they are asked for together."""
    people, houses = ({id for row in rows if (id := getattr(row, of))} for of in ("practitioner_id", "institution_id"))
    called = {**dict(fetch_by(session, CALLED, people)), **dict(fetch_by(session, HOUSES_CALLED, houses))}
    known = [seal.show(row.sealed, *PERSON) for row in rows]
    names = [called[row.practitioner_id or row.institution_id] for row in rows]
    return [
        ShownTie(row, name, each.get("name"), masked(each.get("identity_number")))
        for row, name, each in zip(rows, names, known, strict=True)
    ]
