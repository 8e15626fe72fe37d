"""Answers already given, by user and key."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from dispatch.registry.tables import IdempotencyRow
from dispatch.registry.transaction import Transaction

PENDING = 0
"""Status of a key whose request took effect but whose answer is not stored."""

BY_KEY = select(IdempotencyRow).where(
    col(IdempotencyRow.user_id) == bindparam("user_id"), col(IdempotencyRow.key) == bindparam("key")
)
KEEP = (
    update(IdempotencyRow)
    .where(col(IdempotencyRow.user_id) == bindparam("of_user"), col(IdempotencyRow.key) == bindparam("of_key"))
    .values(status=bindparam("answered"), body=bindparam("said"))
)


class RepetitionKey(NamedTuple):
    """A repetition key of one user, and what request it was given with."""

    user_id: str
    key: str
    fingerprint: str


def find_answer(session: Session, key: RepetitionKey) -> IdempotencyRow | None:
    """Return what is known of a key."""
    return session.exec(BY_KEY, params={"user_id": key.user_id, "key": key.key}).one_or_none()


def reserve_key(tx: Transaction, key: RepetitionKey, now: datetime) -> None:
    """Bind the key to this transaction; one that is bound already breaks it before anything is done."""
    tx.add(IdempotencyRow(**key._asdict(), status=PENDING, created_at=now))
    tx.session.flush()


def keep_answer(tx: Transaction, key: RepetitionKey, status: int, body: Any) -> None:
    """Store the answer of a key that took effect; for one that did not, nothing happens."""
    tx.session.execute(KEEP, {"of_user": key.user_id, "of_key": key.key, "answered": status, "said": body})
