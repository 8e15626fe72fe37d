"""Long work as it is asked for: the job, what it is about, and the message to a worker in one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import JobKind, JobStatus
from dispatch.registry.due.cases import list_pending
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.tables import CaseRow, JobRow, RunRow
from dispatch.registry.transaction import Transaction

SOLVE, PLAN = "workers.jobs.solve_run", "workers.jobs.start_plan"
RUNS, URGENT = "runs", "urgent"

PLANS_AT_ONCE = 20
"""Of a larger batch nobody waits for a single case; the next tick takes it up."""


def open_job(tx: Transaction, kind: JobKind, actor: Actor | None, centre_id: str, now: datetime) -> JobRow:
    """Add a queued job; the caller also enqueues what performs it."""
    asked_by = actor.user_id if actor else None
    return tx.add(JobRow(centre_id=centre_id, kind=kind, status=JobStatus.QUEUED, asked_by=asked_by, created_at=now))


def list_jobs(session: Session, centre_id: str, part: Slice, open: bool | None = None, *, newest: bool = False) -> Rows:
    """Return long work in the order it was asked for, or the newest first; what is open waits or is under way."""
    ended = col(JobRow.finished_at)
    filters = [] if open is None else [ended.is_(None) if open else ended.is_not(None)]
    return page(session, JobRow, centre_id, part, *filters, by="created_at", newest_first=newest)


def latest_job(session: Session, centre_id: str, kind: JobKind) -> JobRow | None:
    """Return the job of a kind that was done last."""
    done = (JobRow.centre_id == centre_id, JobRow.kind == kind, JobRow.status == JobStatus.DONE)
    newest = select(JobRow).where(*done).order_by(col(JobRow.finished_at).desc(), col(JobRow.id)).limit(1)
    return session.exec(newest).one_or_none()


def open_run(
    tx: Transaction,
    actor: Actor | None,
    now: datetime,
    centre_id: str,
    policy_id: str,
    case_ids: Collection[str],
) -> RunRow:
    """Add a queued run over the named cases under a policy, and ask a worker for it."""
    job = open_job(tx, JobKind.RUN, actor, centre_id, now)
    tx.session.flush()
    run = tx.add(RunRow(id=job.id, centre_id=centre_id, policy_id=policy_id, case_ids=sorted(case_ids)))
    tx.enqueue(SOLVE, run.id, RUNS, now, centre_id)
    return run


def ask_for_plans(tx: Transaction, cases: Sequence[CaseRow], now: datetime) -> None:
    """Have these cases put on their chains at once, not at the next tick."""
    if len(cases) <= PLANS_AT_ONCE:
        for case in cases:
            tx.enqueue(PLAN, case.id, URGENT, now, case.centre_id)


def join_run(tx: Transaction, actor: Actor | None, now: datetime, centre_id: str, policy_id: str) -> RunRow:
    """Let every waiting case go with the newest run that no worker has begun, or with a new one."""
    tx.session.flush()
    pending = list_pending(tx.session, centre_id)
    waiting = _newest_waiting(tx, centre_id)
    if waiting is not None:
        waiting.case_ids = sorted({*waiting.case_ids, *pending})
        return waiting
    return open_run(tx, actor, now, centre_id, policy_id, pending)


def _newest_waiting(tx: Transaction, centre_id: str) -> RunRow | None:
    waiting = (
        select(RunRow.id)
        .join(JobRow, col(JobRow.id) == col(RunRow.id))
        .where(RunRow.centre_id == centre_id, JobRow.status == JobStatus.QUEUED)
        .order_by(col(JobRow.created_at).desc())
        .limit(1)
    )
    id = tx.session.exec(waiting).one_or_none()
    # The claim locks the job: the one that holds it decides whether the run may still grow.
    if id is None or tx.lock(JobRow, id).status is not JobStatus.QUEUED:
        return None
    return tx.session.get_one(RunRow, id)
