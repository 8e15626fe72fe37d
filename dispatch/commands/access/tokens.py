"""Tokens: shown once, kept as digests; each ends automatically, and is listed, renewed and ended singly."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.commands.access.known import digest_of
from dispatch.domain.access.lives import PassKind, TokenLife
from dispatch.domain.errors import ForbiddenError, NotFoundError
from dispatch.domain.permissions import Actor, Verb, require, require_confirmed, require_reader
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import note
from dispatch.registry.reads import get
from dispatch.registry.tables import TokenRow, UserRow
from dispatch.registry.transaction import Begin, Read, Transaction

TOKEN_BYTES = 32
PREFIX = "lad_"
SHOWN = 200
"""Of what lets one user in, at most; ended ones are not shown."""


class IssuedToken(NamedTuple):
    """A token, shown this once, and until when it is good."""

    token: str
    row: TokenRow


def list_tokens(read: Read, actor: Actor, now: datetime, user_id: str) -> Sequence[TokenRow]:
    """Return what lets a user of the actor's centre in now: tokens and sessions, the newest first."""
    require_reader(actor, Verb.MANAGE_USERS)
    with read() as session:
        return _live(session, get(session, UserRow, actor.centre_id, user_id).id, now)


def list_own(read: Read, actor: Actor, now: datetime) -> Sequence[TokenRow]:
    """Return what lets the actor in now: their tokens and sessions, the newest first."""
    with read() as session:
        return _live(session, actor.user_id, now)


def revoke_token(begin: Begin, actor: Actor, now: datetime, user_id: str, token_id: str) -> None:
    """End one token or session of a user of the actor's centre at once. Idempotent."""
    require(actor, Verb.MANAGE_USERS)
    with begin() as tx:
        user = tx.lock(UserRow, user_id, actor.centre_id)
        _of(tx, user.id, token_id).revoked_at = now
        note(tx, actor, Verb.MANAGE_USERS, "token_ended", user.id, now)


def end_own(begin: Begin, actor: Actor, now: datetime, token_id: str) -> None:
    """End one of the actor's own tokens or sessions at once. Idempotent."""
    with begin() as tx:
        _of(tx, actor.user_id, token_id).revoked_at = now
        note(tx, actor, Verb.SIGN_IN, "token_ended", token_id, now)


def end_all_own(begin: Begin, actor: Actor, now: datetime, but: str | None = None) -> int:
    """End all of the actor's own tokens and sessions, except the one with this digest; return how many."""
    with begin() as tx:
        tx.lock(UserRow, actor.user_id)
        ended = end_all(tx, actor.user_id, now, but)
        note(tx, actor, Verb.SIGN_IN, "tokens_ended", actor.user_id, now)
        return ended


def renew_own(begin: Begin, actor: Actor, now: datetime, token_id: str, life: TokenLife) -> IssuedToken:
    """Put a new token in the place of one of the actor's own, which ends at once; it lasts as long as that did.

    A session needs its password for it, given lately, as for a token that is new.
    """
    require_confirmed(actor)
    with begin() as tx:
        old = _of(tx, actor.user_id, token_id)
        if old.kind is not PassKind.TOKEN or old.revoked_at or old.expires_at <= now:
            raise NotFoundError(what="token", id=token_id)
        old.revoked_at = now
        note(tx, actor, Verb.SIGN_IN, "token_renewed", token_id, now)
        return add_token(tx, actor.user_id, now, min(old.expires_at - old.created_at, life.longest), old.label)


def give_own(begin: Begin, actor: Actor, now: datetime, lasts: timedelta, label: str) -> IssuedToken:
    """Make a token for a program of the actor's own; a session needs its password for it, given lately.

    A recipient has none: they are let in by a link alone, for as long as it is.
    """
    if actor.role is Role.RECIPIENT:
        raise ForbiddenError(verb=Verb.SIGN_IN.value, role=actor.role.value)
    require_confirmed(actor)
    with begin() as tx:
        note(tx, actor, Verb.SIGN_IN, "token", actor.user_id, now)
        return add_token(tx, actor.user_id, now, lasts, label)


def end_secret(begin: Begin, now: datetime, secret: str) -> None:
    """End what a browser brings along when somebody signs in anew, if it is a session."""
    with begin() as tx:
        mine = select(TokenRow).where(TokenRow.digest == digest_of(secret), TokenRow.kind == PassKind.SESSION)
        for row in tx.session.exec(mine):
            row.revoked_at = row.revoked_at or now


def end_all(tx: Transaction, user_id: str, now: datetime, but: str | None = None) -> int:
    """End whatever lets the user in, except what has this digest; return how many ended."""
    rows = [row for row in _live(tx.session, user_id, now) if row.digest != but]
    for row in rows:
        row.revoked_at = now
    return len(rows)


def add_token(
    tx: Transaction, user_id: str, now: datetime, lasts: timedelta | None = None, label: str = ""
) -> IssuedToken:
    """Add a token for the user, good for as long as is said, or for the usual time."""
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = TokenRow(
        user_id=user_id, label=label, digest=digest_of(token), created_at=now,
        expires_at=now + (lasts or TokenLife().usual),
    )  # fmt: skip
    return IssuedToken(token, tx.add(row))


def _live(session: Session, user_id: str, now: datetime) -> Sequence[TokenRow]:
    mine = select(TokenRow).where(TokenRow.user_id == user_id, col(TokenRow.revoked_at).is_(None))
    newest = mine.where(TokenRow.expires_at > now).order_by(col(TokenRow.created_at).desc(), col(TokenRow.id))
    return session.exec(newest.limit(SHOWN)).all()


def _of(tx: Transaction, user_id: str, token_id: str) -> TokenRow:
    row = tx.lock(TokenRow, token_id)
    if row.user_id != user_id:
        raise NotFoundError(what="token", id=token_id)
    return row
