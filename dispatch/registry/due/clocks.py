"""Time limits of cases as they are read: of one case, of a centre by their end, and those that need someone."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from dispatch.domain.law.deadlines import DEADLINES, MATERIALS_BY, NOT_OURS
from dispatch.domain.states import ClockEnd, ClockState
from dispatch.registry.reads import Rows, Slice, get, page
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import CaseRow, ClockRow

RUNS = col(ClockRow.stopped_at).is_(None)
KEPT = col(ClockRow.stopped_at) <= col(ClockRow.due_at)
DONE = col(ClockRow.became) == ClockEnd.MET
EXCUSED = col(ClockRow.became) == ClockEnd.EXCUSED
OURS = tuple(code for code, row in DEADLINES.items() if row.whose not in NOT_OURS or code == MATERIALS_BY)
"""Those at whose end the centre has something to do."""


def clocks_of(session: Session, centre_id: str, case_id: str) -> tuple[CaseRow, Sequence[ClockRow]]:
    """Return a case of the centre and its time limits, the earliest end first."""
    case = get(session, CaseRow, centre_id, case_id)
    rows = select(ClockRow).where(ClockRow.case_id == case.id)
    return case, session.exec(rows.order_by(col(ClockRow.due_at), col(ClockRow.code), col(ClockRow.id))).all()


def list_clocks(
    session: Session,
    centre_id: str,
    part: Slice,
    now: datetime,
    state: ClockState | None = None,
    due_before: datetime | None = None,
    code: str | None = None,
) -> Rows:
    """Return time limits of the centre by their end."""
    wanted = [_in_state(state, now)] if state else []
    wanted += [col(ClockRow.due_at) < due_before] if due_before else []
    wanted += [col(ClockRow.code) == code] if code else []
    return page(session, ClockRow, centre_id, part, *wanted, by="due_at")


def numbers_of(session: Session, case_ids: Collection[str]) -> dict[str, str]:
    """Return the numbers of these cases by id."""
    found = session.exec(select_rows(CaseRow.id, CaseRow.number).where(col(CaseRow.id).in_(case_ids)))
    return {row.id: row.number for row in found}


def due_clocks(session: Session, centre_id: str, until: datetime) -> Sequence[ClockRow]:
    """Return what runs, ends by then and is held against the centre, the earliest end first."""
    due = select(ClockRow).where(ClockRow.centre_id == centre_id, RUNS, col(ClockRow.due_at) <= until)
    ours = due.where(col(ClockRow.code).in_(OURS))
    return session.exec(ours.order_by(col(ClockRow.due_at), col(ClockRow.code), col(ClockRow.id))).all()


def _in_state(state: ClockState, now: datetime) -> object:
    """Return the condition under which ``state_of`` says so."""
    late = col(ClockRow.due_at) < now
    return {
        ClockState.RUNNING: RUNS & ~late,
        ClockState.OVERDUE: RUNS & late,
        ClockState.MET: ~RUNS & DONE & KEPT,
        ClockState.LATE: ~RUNS & ~KEPT & ~EXCUSED,
        ClockState.LAPSED: ~RUNS & (EXCUSED | (KEPT & ~DONE)),
    }[state]
