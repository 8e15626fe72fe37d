"""Removes what has served: a slice at a time, so that no lock is long. Evidence is never among it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, func, tuple_, update
from sqlmodel import col, select

from dispatch.domain.log.words import LogSource
from dispatch.domain.webhooks import DeliveryState
from dispatch.registry.tables import AuditRow, DeliveryRow, GuessRow, IdempotencyRow, LogLeafRow, OutboxRow, TokenRow
from dispatch.registry.transaction import Transaction

SLICE = 500
"""Rows of one table that go in one transaction."""


class Served(NamedTuple):
    """Rows of a table that may go: their key, which of them, and the age at which they go."""

    name: str
    key: tuple[Any, ...]
    age: Any
    keep: timedelta
    also: tuple[Any, ...] = ()


# The highest number of the outbox stays, so that SQLite never gives a number, and with it a job id, twice.
NEWEST = select(func.max(OutboxRow.id)).scalar_subquery()

# fmt: off
SERVED = (
    #      what                     key                                                 goes when this is
    #                                                                                   older than
    Served("idempotency keys",     (col(IdempotencyRow.user_id), col(IdempotencyRow.key)),
           col(IdempotencyRow.created_at), timedelta(days=7)),
    Served("outbox",               (col(OutboxRow.id),),
           col(OutboxRow.done_at),         timedelta(days=1),  (col(OutboxRow.id) < NEWEST,)),
    Served("delivered messages",   (col(DeliveryRow.id),),
           col(DeliveryRow.ended_at),      timedelta(days=30), (col(DeliveryRow.state) == DeliveryState.DELIVERED,)),
    Served("messages given up",    (col(DeliveryRow.id),),
           col(DeliveryRow.ended_at),      timedelta(days=90), (col(DeliveryRow.state) == DeliveryState.DEAD,)),
    Served("tokens and sessions",  (col(TokenRow.id),),
           col(TokenRow.expires_at),       timedelta(days=90)),
    Served("failed sign-ins",      (col(GuessRow.key),),
           col(GuessRow.last_at),          timedelta(days=30)),
)
# fmt: on


def remove_slice(tx: Transaction, served: Served, now: datetime) -> int:
    """Remove the oldest rows that may go, one slice of them; return how many."""
    oldest = select(*served.key).where(served.age < now - served.keep, *served.also).order_by(served.age).limit(SLICE)
    # Named first and removed then: the statement that removes must not also have to find them.
    found = tx.session.exec(oldest).all()
    if found:
        one = len(served.key) == 1
        key = served.key[0] if one else tuple_(*served.key)
        tx.session.exec(delete(served.key[0].class_).where(key.in_(found if one else [tuple(row) for row in found])))
    return len(found)


KEEP_ADDRESSES = timedelta(days=3 * 366)
"""From where somebody asked is kept for three years (our own choice) and never less than the six months that the
Cybersecurity Law asks of logs (《网络安全法》第二十三条); the entry itself stays, and its log still verifies."""


def forget_addresses(tx: Transaction, now: datetime) -> int:
    """Empty the addresses of the oldest entries whose time is over, one slice of them; return how many."""
    old = (col(AuditRow.address).is_not(None), col(AuditRow.at) < now - KEEP_ADDRESSES)
    ids = tx.session.exec(select(AuditRow.id).where(*old).order_by(col(AuditRow.at)).limit(SLICE)).all()
    if ids:
        tx.session.exec(update(AuditRow).where(col(AuditRow.id).in_(ids)).values(address=None))
        leaf = and_(col(LogLeafRow.source) == LogSource.AUDIT, col(LogLeafRow.row_id).in_(ids))
        tx.session.exec(update(LogLeafRow).where(leaf).values(address_salt=None))
    return len(ids)
