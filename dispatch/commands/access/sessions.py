"""Sessions of browsers: a row like a token, that ends automatically when nothing is done in it."""

import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlmodel import col, select

from dispatch.commands.access.known import digest_of
from dispatch.domain.access.lives import CONFIRMED_FOR, SESSIONS, PassKind
from dispatch.domain.errors import UnauthenticatedError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import note
from dispatch.registry.statements import fetch, select_rows
from dispatch.registry.tables import LinkRow, TokenRow, UserRow
from dispatch.registry.transaction import Begin, Read, Transaction

PREFIX = "ses_"
TOKEN_BYTES = 32
NOTED_EVERY = timedelta(minutes=1)
"""How often it is written down that something was done in a session."""

AT_ONCE = 10
"""Sessions of one user; with one more the oldest ends."""

WHO: Any = (
    select_rows(
        UserRow.id, UserRow.role, UserRow.centre_id, UserRow.practitioner_id, UserRow.institution_id, UserRow.organ,
        UserRow.login, TokenRow.digest, TokenRow.expires_at, TokenRow.used_at, TokenRow.idle_s, TokenRow.confirmed_at,
    )
    .join(TokenRow, col(TokenRow.user_id) == col(UserRow.id))
    .where(col(TokenRow.kind) == PassKind.SESSION, col(UserRow.active), col(TokenRow.revoked_at).is_(None))
)  # fmt: skip


class Session(NamedTuple):
    """Who is signed in, by which session, and until when."""

    actor: Actor
    digest: str
    expires_at: datetime
    idle_until: datetime
    confirmed_until: datetime
    login: str = ""
    """By which they came in, so that people who share a computer see whose session is open."""


class Opened(NamedTuple):
    """A session that was begun, and the secret of its cookie, shown this once."""

    secret: str
    session: Session


def find_session(read: Read, begin: Begin, now: datetime, secret: str) -> Session:
    """Return who is signed in, and note that they did something; what is over, idle or ended is refused alike."""
    digest = digest_of(secret)
    with read() as session:
        found = fetch(session, WHO.where(col(TokenRow.digest) == digest)).one_or_none()
        case_id = _case_of(session, found[0]) if found and found[1] is Role.RECIPIENT else None
    if found is None:
        raise UnauthenticatedError
    expires_at, used_at, idle_s, confirmed_at = found[-4:]
    idle = timedelta(seconds=idle_s)
    if min(expires_at, used_at + idle) <= now:
        raise UnauthenticatedError
    if now - used_at >= NOTED_EVERY:
        used_at = now
        with begin() as tx:
            tx.session.exec(update(TokenRow).where(col(TokenRow.digest) == digest).values(used_at=now))
    confirmed_until = confirmed_at + CONFIRMED_FOR
    # Six columns of a row, in the order of the fields.
    actor = Actor(*found[:6], case_id=case_id, confirmed=now < confirmed_until)  # type: ignore[misc]
    return Session(actor, digest, expires_at, used_at + idle, confirmed_until, found[6])


def open_session(
    tx: Transaction,
    user: UserRow,
    now: datetime,
    until: datetime | None = None,
    case_id: str | None = None,
    proved_at: datetime | None = None,
) -> Opened:
    """Begin a session for a user whose right to it is proved, now or then; what it is kept by is new each time."""
    life, secret = SESSIONS[user.role], PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = min(now + life.longest, until or now + life.longest)
    _end_oldest(tx, user.id, now)
    row = TokenRow(
        user_id=user.id, kind=PassKind.SESSION, digest=digest_of(secret), created_at=now, expires_at=expires_at,
        used_at=now, idle_s=int(life.idle.total_seconds()), confirmed_at=proved_at or now,
    )  # fmt: skip
    tx.add(row)
    actor = Actor(
        user.id, user.role, user.centre_id, user.practitioner_id, user.institution_id, user.organ, case_id
    )  # fmt: skip
    note(tx, actor, Verb.SIGN_IN, "session", user.id, now)
    return Opened(
        secret, Session(actor, row.digest, expires_at, now + life.idle, (proved_at or now) + CONFIRMED_FOR, user.login)
    )


def end_session(begin: Begin, now: datetime, session: Session) -> None:
    """Sign out: the session ends at once."""
    with begin() as tx:
        tx.session.exec(update(TokenRow).where(col(TokenRow.digest) == session.digest).values(revoked_at=now))
        note(tx, session.actor, Verb.SIGN_IN, "session_ended", session.actor.user_id, now)


def _end_oldest(tx: Transaction, user_id: str, now: datetime) -> None:
    mine = select(TokenRow).where(TokenRow.user_id == user_id, TokenRow.kind == PassKind.SESSION)
    alive = mine.where(col(TokenRow.revoked_at).is_(None), TokenRow.expires_at > now)
    for row in tx.session.exec(alive.order_by(col(TokenRow.created_at).desc()).offset(AT_ONCE - 1)):
        row.revoked_at = now


def _case_of(session: Any, user_id: str) -> str | None:
    return session.exec(select(LinkRow.case_id).where(LinkRow.user_id == user_id)).one_or_none()  # type: ignore[no-any-return]
