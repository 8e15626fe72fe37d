"""Cases that wait for a run which nobody has asked for."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from dispatch.domain.states import PlanState
from dispatch.domain.vocabulary import JobKind, JobStatus, ModeName, Status
from dispatch.registry.tables import CaseRow, JobRow, PlanRow

COVERED = (JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.DONE)
LAST_RUN = (
    select(func.max(JobRow.created_at))
    .where(col(JobRow.centre_id) == col(CaseRow.centre_id))
    .where(col(JobRow.kind) == JobKind.RUN, col(JobRow.status).in_(COVERED))
    .scalar_subquery()
)
ASKED_ELSEWHERE = (
    select(PlanRow.id)
    .where(col(PlanRow.case_id) == col(CaseRow.id), col(PlanRow.state) == PlanState.OPEN)
    .where(col(PlanRow.mode) != ModeName.OPTIMIZED, col(PlanRow.ends_at).is_not(None))
    .correlate(CaseRow)
    .exists()
)
"""Another step of the chain has the case for now; no run takes it from there."""

WAITING = (
    select(CaseRow.centre_id, func.min(CaseRow.updated_at))
    .where(col(CaseRow.status) == Status.PENDING, ~ASKED_ELSEWHERE)
    .where(or_(LAST_RUN.is_(None), col(CaseRow.updated_at) > LAST_RUN))
    .group_by(col(CaseRow.centre_id))
    .order_by(col(CaseRow.centre_id))
)


class Waiting(NamedTuple):
    """A centre with cases no run has seen since they last changed, and how long the first of them waits."""

    centre_id: str
    since: datetime


def list_pending(session: Session, centre_id: str) -> list[str]:
    """Return the cases of the centre that can be in a run."""
    pending = select(CaseRow.id).where(CaseRow.centre_id == centre_id, col(CaseRow.status) == Status.PENDING)
    return list(session.exec(pending.where(~ASKED_ELSEWHERE)))


def list_waiting(session: Session) -> list[Waiting]:
    """Return the centres where someone waits for a run."""
    return [Waiting(*row) for row in session.exec(WAITING)]
