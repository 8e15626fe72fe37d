"""Endpoints with their subscriptions, and the messages that wait for them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func, or_
from sqlmodel import Session, col, select

from dispatch.domain.webhooks import DeliveryState, Disabled, HookState, HookType
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import DeliveryRow, OutboxRow, WebhookRow

JOB, QUEUE = "workers.jobs.deliver_webhooks", "webhooks"

NOW: BindParameter[datetime] = bindparam("now")
ACTIVE = col(WebhookRow.state) == HookState.ACTIVE
WAITS = col(DeliveryRow.state) == DeliveryState.WAITING

LISTENERS: Any = select_rows(WebhookRow.id, WebhookRow.types).where(
    col(WebhookRow.centre_id) == bindparam("centre_id"), ACTIVE
)
READY = (
    select_rows(WebhookRow.id, WebhookRow.centre_id)
    .where(ACTIVE)
    .where(or_(col(WebhookRow.rest_until).is_(None), col(WebhookRow.rest_until) <= NOW))
    .where(or_(col(WebhookRow.claimed_until).is_(None), col(WebhookRow.claimed_until) <= NOW))
    .where(
        select(DeliveryRow.id)
        .where(col(DeliveryRow.webhook_id) == col(WebhookRow.id), WAITS, col(DeliveryRow.next_at) <= NOW)
        .exists()
    )
    .where(
        ~select(OutboxRow.id)
        .where(col(OutboxRow.done_at).is_(None), col(OutboxRow.job) == JOB)
        .where(col(OutboxRow.argument) == col(WebhookRow.id))
        .exists()
    )
    .order_by(col(WebhookRow.id))
)
NEXT = (
    select(DeliveryRow)
    .where(col(DeliveryRow.webhook_id) == bindparam("webhook_id"), WAITS, col(DeliveryRow.next_at) <= NOW)
    .order_by(col(DeliveryRow.next_at), col(DeliveryRow.created_at), col(DeliveryRow.id))
    .limit(1)
)
DEAD = select(func.count()).select_from(DeliveryRow).where(col(DeliveryRow.state) == DeliveryState.DEAD)


class Subscriber(NamedTuple):
    """An endpoint and its subscriptions."""

    webhook_id: str
    types: Sequence[str]


class Ready(NamedTuple):
    """An endpoint with messages due that nobody sends yet."""

    webhook_id: str
    centre_id: str


def list_listeners(session: Session, centre_id: str) -> list[Subscriber]:
    """Return the active endpoints of a centre."""
    # What the transaction has not stored yet is no endpoint, and is stored in an order of its own.
    with session.no_autoflush:
        return [Subscriber(*row) for row in session.exec(LISTENERS, params={"centre_id": centre_id})]


def address(
    listeners: Sequence[Subscriber], centre_id: str, type: HookType, data: dict[str, Any], now: datetime
) -> Iterator[DeliveryRow]:
    """Yield a message for each endpoint that asked for the type."""
    for listener in listeners:
        if type in listener.types:
            yield message(centre_id, listener.webhook_id, type, data, now)


def message(centre_id: str, webhook_id: str, type: HookType, data: dict[str, Any], now: datetime) -> DeliveryRow:
    """Return a message to one endpoint, due at once."""
    return DeliveryRow(
        centre_id=centre_id,
        webhook_id=webhook_id,
        type=type,
        data=data,
        state=DeliveryState.WAITING,
        next_at=now,
        created_at=now,
    )


def list_ready(session: Session, now: datetime) -> list[Ready]:
    """Return endpoints with messages due that nobody is sending or has been asked to send."""
    return [Ready(*row) for row in session.exec(READY, params={"now": now})]


def next_due(session: Session, webhook_id: str, now: datetime) -> DeliveryRow | None:
    """Return the message that has been due longest."""
    return session.exec(NEXT, params={"webhook_id": webhook_id, "now": now}).one_or_none()


def list_waiting(session: Session, webhook_id: str) -> Sequence[DeliveryRow]:
    """Return what waits for an endpoint, due or not."""
    return session.exec(select(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id, WAITS)).all()


def list_dead(session: Session, webhook_id: str, since: datetime) -> Sequence[DeliveryRow]:
    """Return what was given up for an endpoint, of what happened since then, oldest first."""
    dead = select(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id, DeliveryRow.state == DeliveryState.DEAD)
    return session.exec(dead.where(col(DeliveryRow.created_at) >= since).order_by(col(DeliveryRow.created_at))).all()


def count_dead(session: Session, since: datetime) -> int:
    """Return how many messages were given up since then, over all centres."""
    return session.exec(DEAD.where(col(DeliveryRow.ended_at) >= since)).one()


def list_failing(session: Session) -> Sequence[WebhookRow]:
    """Return the endpoints that were disabled because they failed or are gone."""
    failed = col(WebhookRow.because).in_((Disabled.GONE, Disabled.FAILING))
    disabled = select(WebhookRow).where(WebhookRow.state == HookState.DISABLED, failed)
    return session.exec(disabled.order_by(col(WebhookRow.id)).limit(20)).all()


def list_deliveries(
    session: Session,
    centre_id: str,
    webhook_id: str,
    part: Slice,
    state: DeliveryState | None = None,
    type: HookType | None = None,
    *,
    newest: bool = False,
) -> Rows:
    """Return messages to an endpoint in the order they were written, or the newest first."""
    wanted = [col(DeliveryRow.webhook_id) == webhook_id]
    wanted += [col(DeliveryRow.state) == state] if state else []
    wanted += [col(DeliveryRow.type) == type] if type else []
    return page(session, DeliveryRow, centre_id, part, *wanted, by="created_at", newest_first=newest)
