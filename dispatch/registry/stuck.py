"""What has not moved for too long, counted in the database."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.domain.vocabulary import JobStatus, Status
from dispatch.registry.outbox import OPEN
from dispatch.registry.tables import CaseRow, JobRow, OutboxRow

UNNAMED = (Status.RECEIVED, Status.PENDING, Status.POSTED, Status.OFFERED)
"""States in which nobody has been named yet while the clock runs."""


def count_unsent(session: Session, asked_before: datetime) -> int:
    """Return how many jobs were asked for before then and have not been sent."""
    return _count(session, OPEN, col(OutboxRow.sent_at).is_(None), col(OutboxRow.created_at) < asked_before)


def list_resent(session: Session, sends: int) -> list[OutboxRow]:
    """Return open rows that have been sent so often or more."""
    often = select(OutboxRow).where(OPEN, col(OutboxRow.sends) >= sends).order_by(col(OutboxRow.id)).limit(20)
    return list(session.exec(often))


def list_silent_jobs(session: Session, alive_since: datetime) -> list[JobRow]:
    """Return long work that claims to run but has not beaten since then."""
    silent = select(JobRow).where(col(JobRow.status) == JobStatus.RUNNING, col(JobRow.beat_at) < alive_since).limit(20)
    return list(session.exec(silent))


def count_deadlines(session: Session, now: datetime, ahead: timedelta) -> tuple[int, int]:
    """Return how many cases without a named practitioner are past their time limit, and how many will be soon."""
    due = select(func.count()).select_from(CaseRow).where(col(CaseRow.status).in_(UNNAMED))
    missed = session.exec(due.where(col(CaseRow.due_at) < now)).one()
    soon = session.exec(due.where(col(CaseRow.due_at) >= now, col(CaseRow.due_at) < now + ahead)).one()
    return missed, soon


def _count(session: Session, *conditions: object) -> int:
    return session.exec(select(func.count()).select_from(OutboxRow).where(*conditions)).one()  # type: ignore[arg-type]
