"""Asks workers for runs and plans: what is asked for and the message in one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import col, select

from dispatch.commands.jobs import open_job
from dispatch.domain.docket.docket import seed_of
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import JobKind, JobStatus
from dispatch.registry.due import list_pending
from dispatch.registry.policies import policy_in_force
from dispatch.registry.tables import CaseRow, JobRow, PolicyRow, RunRow
from dispatch.registry.transaction import Transaction

SOLVE, PLAN = "workers.jobs.solve_run", "workers.jobs.start_plan"
RUNS, URGENT = "runs", "urgent"

PLANS_AT_ONCE = 20
"""Of a larger batch nobody waits for a single case; the next tick takes it up."""


def open_run(
    tx: Transaction, actor: Actor | None, now: datetime, seed: int, policy: PolicyRow, case_ids: Collection[str]
) -> RunRow:
    """Add a queued run over the named cases, under the policy in force now, and ask a worker for it."""
    job = open_job(tx, JobKind.RUN, actor, policy.centre_id, now)
    tx.session.flush()
    run = tx.add(
        RunRow(id=job.id, centre_id=policy.centre_id, policy_id=policy.id, seed=seed, case_ids=sorted(case_ids))
    )
    tx.enqueue(SOLVE, run.id, RUNS, now, policy.centre_id)
    return run


def ask_for_plans(tx: Transaction, cases: Sequence[CaseRow], now: datetime) -> None:
    """Have these cases put on their chains at once, not at the next tick."""
    if len(cases) <= PLANS_AT_ONCE:
        for case in cases:
            tx.enqueue(PLAN, case.id, URGENT, now, case.centre_id)


def join_urgent_run(tx: Transaction, centre_id: str, actor: Actor | None, now: datetime) -> RunRow:
    """Let every waiting case go with the newest run that no worker has begun, or with a new one."""
    tx.session.flush()
    pending = list_pending(tx.session, centre_id)
    waiting = _newest_waiting(tx, centre_id)
    if waiting is not None:
        waiting.case_ids = sorted({*waiting.case_ids, *pending})
        return waiting
    return open_run(tx, actor, now, seed_of(pending), policy_in_force(tx.session, centre_id), pending)


def _newest_waiting(tx: Transaction, centre_id: str) -> RunRow | None:
    waiting = (
        select(RunRow.id)
        .join(JobRow, col(JobRow.id) == col(RunRow.id))
        .where(RunRow.centre_id == centre_id, JobRow.status == JobStatus.QUEUED)
        .order_by(col(JobRow.created_at).desc())
        .limit(1)
    )
    id = tx.session.exec(waiting).one_or_none()
    # The claim locks the job: whoever holds it decides whether the run may still grow.
    if id is None or tx.lock(JobRow, id).status is not JobStatus.QUEUED:
        return None
    return tx.session.get_one(RunRow, id)
