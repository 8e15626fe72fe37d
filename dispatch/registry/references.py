"""What the words of handed-in cases point at, looked up for many cases at once."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func, or_
from sqlmodel import Session, col, select

from dispatch.domain.texts.organs import Organs
from dispatch.domain.vocabulary import PartyRole, RelationKind, Status
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.statements import fetch_by, load_by, select_rows
from dispatch.registry.tables import CaseEventRow, CaseRow, DistinctRow, PartyRow, PractitionerRow, RelationRow

CENTRE: BindParameter[str] = bindparam("centre_id")
KEYS: BindParameter[Sequence[str]] = bindparam("keys", expanding=True)
GONE = (Status.REFUSED, Status.WITHDRAWN, Status.TRANSFERRED)
"""A case that left before aid began is no double of a new one."""

# fmt: off
PRACTITIONERS = select(PractitionerRow.code_key, PractitionerRow.id).where(
    PractitionerRow.centre_id == CENTRE, col(PractitionerRow.code_key).in_(KEYS),
    col(PractitionerRow.merged_into).is_(None))
CASES = select(CaseRow).where(CaseRow.centre_id == CENTRE, col(CaseRow.number_key).in_(KEYS))
IDS: Any = select_rows(CaseRow.id).where(CaseRow.centre_id == CENTRE, col(CaseRow.number_key).in_(KEYS))
PERSONS: Any = (
    select_rows(PartyRow.identity_key, CaseRow.matter, CaseRow.cause, CaseRow.stage, CaseRow.id, CaseRow.lot_of,
                CaseRow.status)
    .join(CaseRow, col(CaseRow.id) == col(PartyRow.case_id))
    .where(PartyRow.centre_id == CENTRE, PartyRow.role == PartyRole.RECIPIENT, col(PartyRow.identity_key).in_(KEYS))
    .order_by(col(CaseRow.received_at).desc(), col(CaseRow.id))
)
FILED: Any = select_rows(CaseEventRow.case_id, func.min(CaseEventRow.id)).where(
    col(CaseEventRow.case_id).in_(KEYS)).group_by(col(CaseEventRow.case_id))
APART: Any = select_rows(DistinctRow.one_id, DistinctRow.other_id).where(
    DistinctRow.subject == "case", or_(col(DistinctRow.one_id).in_(KEYS), col(DistinctRow.other_id).in_(KEYS)))
TIES: Any = select_rows(RelationRow.kind, RelationRow.case_id, RelationRow.other_id).where(
    or_(col(RelationRow.case_id).in_(KEYS), col(RelationRow.other_id).in_(KEYS)))
# fmt: on

Tie = tuple[RelationKind, str, str]
Person = tuple[Any, ...]
"""Identity key, matter, cause and stage: the same again is a double."""


class References(NamedTuple):
    """What the centre knows by these names."""

    practitioners: dict[str, str]
    """By what the spellings of their code share."""
    cases: dict[str, CaseRow]
    """By what the spellings of their number share."""
    persons: dict[Person, str]
    lot_ids: dict[Person, str]
    """The case whose lot the same again draws; one that was withdrawn still has it."""
    organs: Organs


def look_up(
    session: Session,
    centre_id: str,
    number_keys: Collection[str],
    practitioner_codes: Collection[str],
    identity_keys: Collection[str],
) -> References:
    """Return what the centre knows of these; of cases of the same person and matter, the earliest."""
    known = list(fetch_by(session, PERSONS, identity_keys, centre_id=centre_id))
    return References(
        practitioners=dict(fetch_by(session, PRACTITIONERS, practitioner_codes, centre_id=centre_id)),
        cases={row.number_key: row for row in load_by(session, CASES, number_keys, centre_id=centre_id)},
        persons={tuple(row[:4]): row.id for row in known if row.status not in GONE},
        lot_ids={tuple(row[:4]): row.lot_of or row.id for row in known},
        organs=load_organs(session, centre_id),
    )


def filed_before(session: Session, case: CaseRow, people: Iterable[PartyRow]) -> tuple[str | None, str | None]:
    """Return the case whose lot one of these people draws, filed before it, and the one it may be a double of."""
    keys = [each.identity_key for each in people if each.role is PartyRole.RECIPIENT and each.identity_key]
    what = (case.matter, case.cause, case.stage)
    known = fetch_by(session, PERSONS, keys, centre_id=case.centre_id)
    same = [row for row in known if tuple(row[1:4]) == what and row.id != case.id]
    filed = dict(fetch_by(session, FILED, [row.id for row in (case, *same)])) if same else {}
    # What was received first comes last; a new case has no history yet, and comes after all others.
    before = [row.lot_of or row.id for row in same if case.id not in filed or filed.get(row.id, 0) < filed[case.id]]
    apart = {id for pair in fetch_by(session, APART, [case.id]) for id in pair} if same else set()
    doubles = [row.id for row in same if row.status not in GONE and row.id not in apart]
    return (before or [None])[-1], (doubles or [None])[-1]


def ids_of(session: Session, centre_id: str, number_keys: Collection[str]) -> list[str]:
    """Return the ids of the cases the centre has under these numbers."""
    return [row[0] for row in fetch_by(session, IDS, number_keys, centre_id=centre_id)]


def known_ties(session: Session, cases: Iterable[CaseRow]) -> set[Tie]:
    """Return the ties these cases have already."""
    return {
        (kind, case_id, other_id) for kind, case_id, other_id in fetch_by(session, TIES, [case.id for case in cases])
    }


def tie_of(kind: RelationKind, case_id: str, other_id: str) -> Tie:
    """Return a tie as it is stored: one way round between equals, the later stage first."""
    if kind is RelationKind.EARLIER_STAGE:
        return kind, case_id, other_id
    return kind, min(case_id, other_id), max(case_id, other_id)
