"""Webhook endpoints of a centre: created, changed, tested, disabled. A secret is shown only once."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dispatch.domain.errors import InvalidFieldError, NotFoundError, StaleError, WebhookSilentError, stated
from dispatch.domain.findings import FindingKind, Observation
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.webhooks import DeliveryState, Disabled, HookState, HookType
from dispatch.exchange.outbound import require_outward
from dispatch.exchange.webhooks import SECRET_BYTES, secret_of
from dispatch.registry import findings, webhooks
from dispatch.registry.audit import note
from dispatch.registry.seal import Seal
from dispatch.registry.tables import DeliveryRow, WebhookRow
from dispatch.registry.transaction import Begin, Transaction

OVERLAP = timedelta(hours=24)
"""How long a replaced secret still signs beside the new one, by default."""

MAX_OVERLAP = timedelta(days=7)
SECRET = "secret"
"""The one entry of what is sealed."""


def create_webhook(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    name: str,
    url: str,
    types: Sequence[HookType],
    *,
    private: bool,
) -> tuple[WebhookRow, str]:
    """Register an endpoint; return it with its secret, which is shown only once."""
    require(actor, Verb.MANAGE_WEBHOOKS)
    require_outward(url, private=private)
    secret = _new_secret()
    with begin() as tx:
        row = tx.add(
            WebhookRow(
                centre_id=actor.centre_id,
                name=name,
                url=url,
                types=_values(types),
                sealed=seal.seal({SECRET: secret}),
                state=HookState.ACTIVE,
                created_by=actor.user_id,
                created_at=now,
                updated_at=now,
            )
        )
        note(tx, actor, Verb.MANAGE_WEBHOOKS, "webhook", row.id, now)
        return row, secret


def change_webhook(
    begin: Begin, actor: Actor, now: datetime, webhook_id: str, changes: dict[str, Any], if_match: int, *, private: bool
) -> WebhookRow:
    """Change name, address or types of an endpoint; what waits for it goes to the new address."""
    if "url" in changes:
        require_outward(changes["url"], private=private)
    with begin() as tx:
        row = _own(tx, actor, webhook_id, now)
        if row.revision != if_match:
            raise StaleError(id=row.id, revision=row.revision)
        for field, value in changes.items():
            setattr(row, field, _values(value) if field == "types" else value)
        _changed(row, now)
        return row


def change_secret(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, webhook_id: str, overlap: timedelta = OVERLAP
) -> tuple[WebhookRow, str]:
    """Give the endpoint a new secret, shown this once; the one before signs beside it until the overlap is over."""
    if not timedelta() <= overlap <= MAX_OVERLAP:
        raise InvalidFieldError(
            field="overlap_hours", expected=stated(f"不超过{MAX_OVERLAP.days}日", f"up to {MAX_OVERLAP.days} days")
        )
    secret = _new_secret()
    with begin() as tx:
        row = _own(tx, actor, webhook_id, now)
        row.sealed_before, row.before_until = row.sealed, now + overlap
        row.sealed = seal.seal({SECRET: secret})
        _changed(row, now)
        return row, secret


def disable_webhook(begin: Begin, actor: Actor, now: datetime, webhook_id: str) -> WebhookRow:
    """Tell the endpoint nothing more; what waits for it is given up and can be replayed. Idempotent."""
    with begin() as tx:
        row = _own(tx, actor, webhook_id, now)
        if row.state is HookState.ACTIVE:
            silence(tx, row, Disabled.BY_HAND, now)
        return row


def enable_webhook(begin: Begin, actor: Actor, now: datetime, webhook_id: str) -> WebhookRow:
    """Resume deliveries to a disabled endpoint, starting with the next event. Idempotent."""
    with begin() as tx:
        row = _own(tx, actor, webhook_id, now)
        if row.state is HookState.DISABLED:
            row.state, row.because, row.disabled_at = HookState.ACTIVE, None, None
            row.failures, row.failing_since, row.rest_until = 0, None, None
            _changed(row, now)
            findings.close(tx, FindingKind.WEBHOOK_DISABLED, row.id, now)
        return row


def retire_webhook(begin: Begin, actor: Actor, now: datetime, webhook_id: str) -> WebhookRow:
    """End an endpoint for good and forget its secret; its deliveries stay readable. Idempotent."""
    require(actor, Verb.MANAGE_WEBHOOKS)
    with begin() as tx:
        row = tx.lock(WebhookRow, webhook_id, actor.centre_id)
        if row.state is not HookState.RETIRED:
            note(tx, actor, Verb.MANAGE_WEBHOOKS, "webhook", row.id, now)
            silence(tx, row, Disabled.BY_HAND, now)
            row.state, row.sealed, row.sealed_before = HookState.RETIRED, b"", None
            findings.close(tx, FindingKind.WEBHOOK_DISABLED, row.id, now)
        return row


def send_test(begin: Begin, actor: Actor, now: datetime, webhook_id: str) -> DeliveryRow:
    """Send a message that says nothing, whatever the endpoint asked for."""
    with begin() as tx:
        row = _active(tx, actor, webhook_id, now)
        tx.asked = True
        return tx.add(webhooks.message(row.centre_id, row.id, HookType.WEBHOOK_TEST, {"asked_by": actor.user_id}, now))


def replay_delivery(begin: Begin, actor: Actor, now: datetime, webhook_id: str, delivery_id: str) -> DeliveryRow:
    """Send a message again from the start, under the same id, whatever became of it."""
    with begin() as tx:
        row = _active(tx, actor, webhook_id, now)
        delivery = tx.lock(DeliveryRow, delivery_id, actor.centre_id)
        if delivery.webhook_id != row.id:
            raise NotFoundError(what="delivery", id=delivery_id)
        _again(tx, row, [delivery], now)
        return delivery


def replay_dead(begin: Begin, actor: Actor, now: datetime, webhook_id: str, since: datetime) -> int:
    """Send again all that was given up of what happened since then; return how many messages."""
    with begin() as tx:
        row = _active(tx, actor, webhook_id, now)
        dead = webhooks.list_dead(tx.session, row.id, since)
        _again(tx, row, dead, now)
        return len(dead)


def silence(tx: Transaction, row: WebhookRow, because: Disabled, now: datetime) -> None:
    """Disable an endpoint and drop what waits for it; unless it was requested, the manager is notified."""
    row.state, row.because, row.disabled_at = HookState.DISABLED, because, now
    _changed(row, now)
    for delivery in webhooks.list_waiting(tx.session, row.id):
        delivery.state, delivery.ended_at = DeliveryState.DEAD, now
    if because is not Disabled.BY_HAND:
        facts = {"because": because.value}
        findings.open_(tx, row.centre_id, Observation(FindingKind.WEBHOOK_DISABLED, "webhook", row.id, facts), now)
        tx.session.flush()
        tx.announce(row.centre_id, HookType.WEBHOOK_DISABLED, {"webhook_id": row.id, **facts}, now)


def _own(tx: Transaction, actor: Actor, webhook_id: str, now: datetime) -> WebhookRow:
    require(actor, Verb.MANAGE_WEBHOOKS)
    row = tx.lock(WebhookRow, webhook_id, actor.centre_id)
    if row.state is HookState.RETIRED:
        raise WebhookSilentError(id=row.id, state=row.state.value)
    note(tx, actor, Verb.MANAGE_WEBHOOKS, "webhook", row.id, now)
    return row


def _active(tx: Transaction, actor: Actor, webhook_id: str, now: datetime) -> WebhookRow:
    row = _own(tx, actor, webhook_id, now)
    if row.state is not HookState.ACTIVE:
        raise WebhookSilentError(id=row.id, state=row.state.value)
    return row


def _again(tx: Transaction, row: WebhookRow, deliveries: Sequence[DeliveryRow], now: datetime) -> None:
    for delivery in deliveries:
        delivery.state, delivery.attempts, delivery.ended_at = DeliveryState.WAITING, 0, None
        delivery.next_at = now
    row.rest_until = None
    tx.asked = True


def _changed(row: WebhookRow, now: datetime) -> None:
    row.revision += 1
    row.updated_at = now


def _values(types: Sequence[HookType]) -> list[str]:
    return sorted({type.value for type in types})


def _new_secret() -> str:
    return secret_of(secrets.token_bytes(SECRET_BYTES))
