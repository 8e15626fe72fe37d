"""Cases and their seats as they stand under the centre's lock."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, col, select

from dispatch.registry.statements import fetch_by, load_by
from dispatch.registry.tables import AssignmentRow, CaseRow

CENTRE: BindParameter[str] = bindparam("centre_id")
KEYS: BindParameter[Sequence[str]] = bindparam("keys", expanding=True)
CASES = select(CaseRow).where(CaseRow.centre_id == CENTRE, col(CaseRow.id).in_(KEYS))
TAKEN = select(AssignmentRow.case_id, AssignmentRow.seat).where(
    AssignmentRow.centre_id == CENTRE, col(AssignmentRow.case_id).in_(KEYS), col(AssignmentRow.ended_at).is_(None)
)
REVISIONS = select(CaseRow.id, CaseRow.revision).where(CaseRow.centre_id == CENTRE, col(CaseRow.id).in_(KEYS))


def load_cases(session: Session, centre_id: str, case_ids: Collection[str]) -> dict[str, CaseRow]:
    """Return those of the cases that the centre has."""
    return {row.id: row for row in load_by(session, CASES, case_ids, centre_id=centre_id)}


def load_taken(session: Session, centre_id: str, case_ids: Collection[str]) -> dict[str, set[int]]:
    """Return the seats of each case that somebody holds."""
    taken: dict[str, set[int]] = defaultdict(set)
    for case_id, seat in fetch_by(session, TAKEN, case_ids, centre_id=centre_id):
        taken[case_id].add(seat)
    return taken


def load_revisions(session: Session, centre_id: str, case_ids: Collection[str]) -> dict[str, int]:
    """Return how often each case has changed so far."""
    return dict(fetch_by(session, REVISIONS, case_ids, centre_id=centre_id))
