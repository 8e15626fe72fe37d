"""Jobs on their way to the queue: the outbox is the truth, Redis only a wake-up.

A row goes from asked (``sent_at`` empty) to sent to done. Sending again is always allowed, because
every job may run twice; what is done never leaves this table unmarked.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from dispatch.domain.vocabulary import JobStatus
from dispatch.registry.tables import JobRow, OutboxRow
from dispatch.registry.transaction import Transaction

AT_ONCE = 500
"""How many rows one pass takes, so that a flood does not keep the other periodic work waiting."""

OPEN = col(OutboxRow.done_at).is_(None)
UNSENT = select(OutboxRow).where(OPEN, col(OutboxRow.sent_at).is_(None)).order_by(col(OutboxRow.id)).limit(AT_ONCE)
SENT_BEFORE = (
    select(OutboxRow).where(OPEN, col(OutboxRow.sent_at) <= bindparam("before")).order_by(col(OutboxRow.id))
    .where(
        # Long work with a fresh beat is in good hands, whatever Redis has forgotten about it.
        ~select(JobRow.id)
        .where(col(JobRow.id) == col(OutboxRow.argument), col(JobRow.status) == JobStatus.RUNNING)
        .where(col(JobRow.beat_at) > bindparam("alive_since"))
        .exists()
    )
)  # fmt: skip
MARK_SENT = (
    update(OutboxRow)
    .where(OPEN, col(OutboxRow.id).in_(bindparam("ids", expanding=True)))
    .values(sent_at=bindparam("now"), sends=col(OutboxRow.sends) + 1)
)
MARK_DONE = (
    update(OutboxRow)
    .where(OPEN, col(OutboxRow.id) == bindparam("row_id"))
    .where(
        ~select(JobRow.id)
        .where(col(JobRow.id) == col(OutboxRow.argument), col(JobRow.status).in_((JobStatus.QUEUED, JobStatus.RUNNING)))
        .exists()
    )
    .values(done_at=bindparam("now"))
)


def unsent(session: Session) -> Sequence[OutboxRow]:
    """Return rows not yet enqueued, oldest first."""
    return session.exec(UNSENT).all()


def sent_before(session: Session, before: datetime, alive_since: datetime) -> Sequence[OutboxRow]:
    """Return rows sent before then and not done, unless their job's worker has beaten since ``alive_since``."""
    return session.exec(SENT_BEFORE, params={"before": before, "alive_since": alive_since}).all()


def mark_sent(tx: Transaction, ids: Sequence[int], now: datetime) -> None:
    """Mark the rows as enqueued; rows finished meanwhile stay as they are."""
    tx.session.exec(MARK_SENT, params={"ids": ids, "now": now})


def mark_done(tx: Transaction, row_id: int, now: datetime) -> None:
    """Close the row unless its job is still queued or run by another process. Idempotent."""
    tx.session.exec(MARK_DONE, params={"row_id": row_id, "now": now})
