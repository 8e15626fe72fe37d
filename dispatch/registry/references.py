"""What the words of handed-in cases point at, looked up for many cases at once."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_
from sqlmodel import Session, col, select

from dispatch.domain.vocabulary import PartyRole, RelationKind, Status
from dispatch.registry.tables import AreaRow, CaseRow, PartyRow, PractitionerRow, RelationRow

AT_ONCE = 5_000
CENTRE, KEYS = bindparam("centre_id"), bindparam("keys", expanding=True)
GONE = (Status.REFUSED, Status.WITHDRAWN, Status.TRANSFERRED)
"""A case that left before aid began is no double of a new one."""

# fmt: off
AREAS = select(AreaRow.code).where(AreaRow.centre_id == CENTRE)
PRACTITIONERS = select(PractitionerRow.code, PractitionerRow.id).where(
    PractitionerRow.centre_id == CENTRE, col(PractitionerRow.code).in_(KEYS))
CASES = select(CaseRow).where(CaseRow.centre_id == CENTRE, col(CaseRow.number).in_(KEYS))
PERSONS = (
    select(PartyRow.identity_key, CaseRow.matter, CaseRow.cause, CaseRow.stage, CaseRow.id)
    .join(CaseRow, col(CaseRow.id) == col(PartyRow.case_id))
    .where(PartyRow.centre_id == CENTRE, PartyRow.role == PartyRole.RECIPIENT, col(PartyRow.identity_key).in_(KEYS))
    .where(col(CaseRow.status).not_in(GONE))
    .order_by(col(CaseRow.received_at).desc(), col(CaseRow.id))
)
TIES = select(RelationRow.kind, RelationRow.case_id, RelationRow.other_id).where(
    or_(col(RelationRow.case_id).in_(KEYS), col(RelationRow.other_id).in_(KEYS)))
# fmt: on

Tie = tuple[RelationKind, str, str]
Person = tuple[Any, ...]
"""Identity key, matter, cause and stage: the same again is a double."""


class References(NamedTuple):
    """What the centre knows by these names."""

    areas: frozenset[str]
    practitioners: dict[str, str]
    cases: dict[str, CaseRow]
    persons: dict[Person, str]


def look_up(
    session: Session,
    centre_id: str,
    numbers: Collection[str],
    practitioner_codes: Collection[str],
    identity_keys: Collection[str],
) -> References:
    """Return what the centre knows of these; the earliest case stands for a person's matter."""
    return References(
        areas=frozenset(session.exec(AREAS, params={"centre_id": centre_id})),
        practitioners=dict(_fetch(session, PRACTITIONERS, centre_id, sorted(practitioner_codes))),
        cases={row.number: row for row in _fetch(session, CASES, centre_id, sorted(numbers))},
        persons={tuple(row[:4]): row[4] for row in _fetch(session, PERSONS, centre_id, sorted(identity_keys))},
    )


def known_ties(session: Session, cases: Iterable[CaseRow]) -> set[Tie]:
    """Return the ties these cases have already."""
    ids = sorted(case.id for case in cases)
    return {
        tie
        for start in range(0, len(ids), AT_ONCE)
        for tie in map(tuple, session.exec(TIES, params={"keys": ids[start : start + AT_ONCE]}))
    }


def _fetch(session: Session, statement: Any, centre_id: str, keys: Sequence[str]) -> Iterator[Any]:
    for start in range(0, len(keys), AT_ONCE):
        yield from session.exec(statement, params={"centre_id": centre_id, "keys": keys[start : start + AT_ONCE]})
