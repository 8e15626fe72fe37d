"""What is due automatically: cases that wait for a periodic run, and deadlines that come near."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func, or_
from sqlmodel import Session, col, select

from dispatch.domain.chain import Mark
from dispatch.domain.lifecycle import UNDECIDED
from dispatch.domain.states import PlanState
from dispatch.domain.vocabulary import JobKind, JobStatus, ModeName, Status
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import CaseEventRow, CaseRow, JobRow, PlanRow
from dispatch.registry.tables.cases import MEANS_NOT_MET

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

CALLED = (
    select(CaseEventRow.id)
    .where(col(CaseEventRow.case_id) == col(CaseRow.id), col(CaseEventRow.event) == Mark.ESCALATE.value)
    .where(col(CaseEventRow.at) > bindparam("called_since"))
    .exists()
)
UNTIL: BindParameter[datetime] = bindparam("until")
DUE_SOON: Any = (
    select_rows(CaseRow.centre_id, CaseRow.id, CaseRow.due_at)
    .where(col(CaseRow.status).in_(UNDECIDED), col(CaseRow.due_at) <= UNTIL)
    .order_by(col(CaseRow.due_at), col(CaseRow.id))
)
UNCALLED: Any = DUE_SOON.where(~CALLED)


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


def waiting_since(session: Session, centre_id: str) -> datetime | None:
    """Return since when the first case of the centre waits for a run."""
    found = session.exec(WAITING.where(CaseRow.centre_id == centre_id)).one_or_none()
    return found[1] if found else None


def list_due(session: Session, centre_id: str, until: datetime) -> list[tuple[str, datetime]]:
    """Return the undecided cases of the centre due by then, the nearest first."""
    rows = session.exec(DUE_SOON.where(CaseRow.centre_id == centre_id), params={"until": until})
    return [(row.id, row.due_at) for row in rows]


def list_not_in_need(session: Session, centre_id: str, statuses: Collection[Status]) -> Sequence[str]:
    """Return the cases in these states whose recipient turned out not to be in need."""
    found = select(CaseRow.id).where(CaseRow.centre_id == centre_id, MEANS_NOT_MET, col(CaseRow.status).in_(statuses))
    return session.exec(found.order_by(col(CaseRow.id))).all()


def due_sources(session: Session, case_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the citations that the deadline of each case rests on, as data."""
    rows = session.exec(select(CaseRow.id, CaseRow.due_source).where(col(CaseRow.id).in_(case_ids)))
    return {case_id: list(cited) for case_id, cited in rows}


def list_uncalled(
    session: Session, centre_id: str, until: datetime, called_since: datetime
) -> list[tuple[str, datetime]]:
    """Return those of them for which nobody was called since."""
    bound = {"until": until, "called_since": called_since}
    rows = session.exec(UNCALLED.where(CaseRow.centre_id == centre_id), params=bound)
    return [(row.id, row.due_at) for row in rows]


def centres_to_watch(session: Session, until: datetime, called_since: datetime) -> list[str]:
    """Return the centres that have such a case."""
    bound = {"until": until, "called_since": called_since}
    return sorted({row.centre_id for row in session.exec(UNCALLED, params=bound)})
