"""Cases and their seats as they stand under the centre's lock."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from dispatch.registry.tables import AssignmentRow, CaseRow

AT_ONCE = 5_000
CENTRE, IDS = bindparam("centre_id"), bindparam("ids", expanding=True)
CASES = select(CaseRow).where(CaseRow.centre_id == CENTRE, col(CaseRow.id).in_(IDS))
TAKEN = select(AssignmentRow.case_id, AssignmentRow.seat).where(
    AssignmentRow.centre_id == CENTRE, col(AssignmentRow.case_id).in_(IDS), col(AssignmentRow.ended_at).is_(None)
)
REVISIONS = select(CaseRow.id, CaseRow.revision).where(CaseRow.centre_id == CENTRE, col(CaseRow.id).in_(IDS))


def load_cases(session: Session, centre_id: str, case_ids: Collection[str]) -> dict[str, CaseRow]:
    """Return those of the cases that the centre has."""
    return {row.id: row for chunk in _chunks(case_ids) for row in session.exec(CASES, params=_bound(centre_id, chunk))}


def load_taken(session: Session, centre_id: str, case_ids: Collection[str]) -> dict[str, set[int]]:
    """Return the seats of each case that somebody holds."""
    taken: dict[str, set[int]] = defaultdict(set)
    for chunk in _chunks(case_ids):
        for case_id, seat in session.exec(TAKEN, params=_bound(centre_id, chunk)):
            taken[case_id].add(seat)
    return taken


def load_revisions(session: Session, centre_id: str, case_ids: Collection[str]) -> dict[str, int]:
    """Return how often each case has changed so far."""
    return {
        case_id: revision
        for chunk in _chunks(case_ids)
        for case_id, revision in session.exec(REVISIONS, params=_bound(centre_id, chunk))
    }


def _chunks(case_ids: Collection[str]) -> list[Sequence[str]]:
    ordered = sorted(case_ids)
    return [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]


def _bound(centre_id: str, ids: Sequence[str]) -> dict[str, object]:
    return {"centre_id": centre_id, "ids": ids}
