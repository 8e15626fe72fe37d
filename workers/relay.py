"""The outbox's way into Redis: every row is sent under one id, as often as it takes."""

import logging
import time
from collections.abc import Iterable, Sequence
from datetime import datetime

from redis import Redis
from rq.exceptions import DuplicateJobError

from dispatch.registry.jobs import outbox
from dispatch.registry.jobs.queues import find_places, forget_job, job_id_of, open_queue
from dispatch.registry.tables import OutboxRow
from dispatch.registry.transaction import Begin, Read
from workers.timing import JOB_TIMEOUT_S, KEEP_RESULT_S, Timing

SECOND_LOOK_S = 0.2
log = logging.getLogger(__name__)


def relay(begin: Begin, read: Read, redis: Redis, now: datetime) -> int:
    """Send what was asked for since the last pass; a crash before it is marked only means that it is sent again."""
    with read() as session:
        rows = outbox.unsent(session)
    return _send_all(begin, redis, rows, now)


def sweep(begin: Begin, read: Read, redis: Redis, now: datetime, timing: Timing) -> int:
    """Send again, under the same id, what was sent, is not done, and is in no hands."""
    with read() as session:
        rows = outbox.sent_before(session, now - timing.patience, now - timing.lease)
    lost = find_lost(redis, [row for row in rows if _waited_enough(row, now, timing)], now)
    for row in lost:
        log.warning("resend outbox_id=%s job=%s sends=%s", row.id, row.job, row.sends)
        forget_job(redis, row.queue, job_id_of(row.id))
    return _send_all(begin, redis, lost, now)


def find_lost(redis: Redis, rows: Sequence[OutboxRow], now: datetime) -> Sequence[OutboxRow]:
    """Return those that are in no hands at two looks: a job between two places is not lost."""
    suspects = _without_hands(redis, rows, now)
    if suspects:
        time.sleep(SECOND_LOOK_S)
    return _without_hands(redis, suspects, now)


def _send_all(begin: Begin, redis: Redis, rows: Iterable[OutboxRow], now: datetime) -> int:
    sent = [_send(redis, row) for row in rows]
    if sent:
        with begin() as tx:
            outbox.mark_sent(tx, sent, now)
    return len(sent)


def _send(redis: Redis, row: OutboxRow) -> int:
    assert row.id is not None
    try:
        open_queue(redis, row.queue).enqueue_call(
            row.job,
            args=(row.argument,),
            job_id=job_id_of(row.id),
            unique=True,
            timeout=JOB_TIMEOUT_S[row.queue],
            result_ttl=KEEP_RESULT_S,
            failure_ttl=KEEP_RESULT_S,
        )
    except DuplicateJobError:
        log.info("already sent outbox_id=%s", row.id)
    return row.id


def _waited_enough(row: OutboxRow, now: datetime, timing: Timing) -> bool:
    # A job that fails each time is tried ever more rarely, but never given up.
    assert row.sent_at is not None
    doublings: int = 2 ** max(row.sends - 1, 0)
    return now - row.sent_at >= min(timing.patience * doublings, timing.most_patience)


def _without_hands(redis: Redis, rows: Sequence[OutboxRow], now: datetime) -> Sequence[OutboxRow]:
    places = {name: find_places(redis, name, now) for name in {row.queue for row in rows}}
    held = {name: found.waiting | found.started for name, found in places.items()}
    return [row for row in rows if job_id_of(row.id) not in held[row.queue]]
