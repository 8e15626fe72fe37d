"""Sending what waits for an endpoint: one worker at a time, in turns, so that a slow one keeps nobody waiting.

A message may arrive twice, always under one id; it is never lost. Before an attempt the row says that it was
begun and when it comes again if nobody reports back, so a worker may die at any moment.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dispatch.commands.webhooks.endpoints import SECRET, silence
from dispatch.domain.webhooks import (
    DeliveryState,
    Disabled,
    HookState,
    Trouble,
    failing_too_long,
    given_up,
    pause_after,
    rest_after,
)
from dispatch.exchange.outbound import Response, Send
from dispatch.exchange.webhooks import body_of, headers_of
from dispatch.registry import webhooks
from dispatch.registry.seal import Seal
from dispatch.registry.tables import DeliveryRow, WebhookRow
from dispatch.registry.transaction import Begin, Read, Transaction

Clock = Callable[[], datetime]

TURN = 20
"""Messages an endpoint is sent before others have their turn."""

TURN_S = 5.0
"""Seconds after which a turn ends with the message at hand."""

GONE = 410


class Parcel(NamedTuple):
    """A message on its way, with all that sending needs."""

    delivery_id: str
    url: str
    headers: dict[str, str]
    body: bytes


def request_deliveries(begin: Begin, read: Read, now: datetime) -> int:
    """Ask a worker to send to every endpoint that has messages due; return how many endpoints."""
    with read() as session:
        ready = webhooks.list_ready(session, now)
    if ready:
        with begin() as tx:
            for webhook_id, centre_id in ready:
                tx.enqueue(webhooks.JOB, webhook_id, webhooks.QUEUE, now, centre_id)
    return len(ready)


def deliver(begin: Begin, seal: Seal, send: Send, clock: Clock, webhook_id: str, worker: str, lasts: timedelta) -> str:
    """Send one endpoint what is due, for one turn; an endpoint in other hands, at rest or disabled is left alone.

    ``lasts`` is how long the endpoint is held without a sign of life; it must outlast one attempt.
    """
    if not _hold(begin, clock(), webhook_id, worker, lasts):
        return f"webhook {webhook_id}: left alone"
    sent, end = 0, time.monotonic() + TURN_S
    while sent < TURN and time.monotonic() < end:
        parcel = _take(begin, seal, clock(), webhook_id, worker, lasts)
        if parcel is None:
            break
        answer = send(parcel.url, parcel.headers, parcel.body)
        sent += 1
        if not _resolve(begin, clock(), webhook_id, parcel.delivery_id, answer):
            break
    _let_go(begin, clock(), webhook_id, worker)
    return f"webhook {webhook_id}: sent {sent}"


def _hold(begin: Begin, now: datetime, webhook_id: str, worker: str, lasts: timedelta) -> bool:
    with begin() as tx:
        row = tx.lock(WebhookRow, webhook_id)
        resting = row.rest_until is not None and row.rest_until > now
        held = row.claimed_until is not None and row.claimed_until > now
        if row.state is not HookState.ACTIVE or resting or held:
            return False
        row.claimed_by, row.claimed_until = worker, now + lasts
        return True


def _take(begin: Begin, seal: Seal, now: datetime, webhook_id: str, worker: str, lasts: timedelta) -> Parcel | None:
    with begin() as tx:
        row = tx.lock(WebhookRow, webhook_id)
        if row.state is not HookState.ACTIVE or row.claimed_by != worker:
            return None
        delivery = webhooks.next_due(tx.session, row.id, now)
        if delivery is None or _was_the_last(delivery, now):
            return None
        row.claimed_until = now + lasts
        delivery.attempts += 1
        delivery.attempted_at, delivery.next_at = now, now + lasts
        delivery.status, delivery.trouble = None, Trouble.BROKEN_OFF
        secrets = _secrets(seal, row, now)
        if not secrets:
            delivery.trouble = Trouble.UNSIGNED
            _fail(tx, row, delivery, Response(None, Trouble.UNSIGNED), now)
            return None
        body = body_of(delivery.id, delivery.type, delivery.created_at, delivery.data)
        return Parcel(delivery.id, row.url, headers_of(secrets, delivery.id, now, body), body)


def _was_the_last(delivery: DeliveryRow, now: datetime) -> bool:
    # Attempts that nobody reported back from count too: a message that ends its worker is not sent for ever.
    if given_up(delivery.attempts):
        delivery.state, delivery.ended_at = DeliveryState.DEAD, now
    return delivery.state is DeliveryState.DEAD


def _resolve(begin: Begin, now: datetime, webhook_id: str, delivery_id: str, answer: Response) -> bool:
    with begin() as tx:
        row, delivery = tx.lock(WebhookRow, webhook_id), tx.lock(DeliveryRow, delivery_id)
        delivery.status, delivery.trouble = answer.status, answer.trouble
        if answer.good:
            row.failures, row.failing_since, row.rest_until = 0, None, None
            delivery.state, delivery.ended_at = DeliveryState.DELIVERED, now
        elif delivery.state is DeliveryState.WAITING:
            _fail(tx, row, delivery, answer, now)
        return answer.good


def _fail(tx: Transaction, row: WebhookRow, delivery: DeliveryRow, answer: Response, now: datetime) -> None:
    row.failures += 1
    row.failing_since = row.failing_since or now
    row.rest_until = now + rest_after(row.failures)
    delivery.next_at = now + pause_after(delivery.attempts, delivery.id)
    if given_up(delivery.attempts):
        delivery.state, delivery.ended_at = DeliveryState.DEAD, now
    if answer.status == GONE or failing_too_long(row.failing_since, now):
        tx.session.flush()
        silence(tx, row, Disabled.GONE if answer.status == GONE else Disabled.FAILING, now)


def _let_go(begin: Begin, now: datetime, webhook_id: str, worker: str) -> None:
    with begin() as tx:
        row = tx.lock(WebhookRow, webhook_id)
        if row.claimed_by == worker:
            row.claimed_by, row.claimed_until = None, None
        resting = row.rest_until is not None and row.rest_until > now
        if row.state is HookState.ACTIVE and not resting and webhooks.next_due(tx.session, row.id, now):
            tx.enqueue(webhooks.JOB, row.id, webhooks.QUEUE, now, row.centre_id)


def _secrets(seal: Seal, row: WebhookRow, now: datetime) -> list[str]:
    overlapping = row.sealed_before is not None and row.before_until is not None and row.before_until > now
    sealed: list[Any] = [row.sealed, *([row.sealed_before] if overlapping else [])]
    opened = [seal.show(each).get(SECRET) for each in sealed]
    # One that cannot be opened signs nothing; the other may still do.
    return [str(secret) for secret in opened if secret]
