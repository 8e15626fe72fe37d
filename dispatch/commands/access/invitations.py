"""Invitations: a user's first way in, or the way back after a reset; good once, and for a week."""

import secrets
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.commands.access.factors import Enrolment, enrolment
from dispatch.commands.access.known import digest_of
from dispatch.commands.access.tokens import IssuedToken
from dispatch.domain.access.lives import INVITED_FOR, SECOND_FACTOR, PassKind
from dispatch.domain.errors import InvitationEndedError
from dispatch.domain.vocabulary import Role
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CentreRow, TokenRow, UserRow
from dispatch.registry.transaction import Read, Transaction

PREFIX = "inv_"
TOKEN_BYTES = 32


class Invited(NamedTuple):
    """Whom an invitation is for, and the secret for their authenticator, if their role needs one."""

    login: str
    """``login@centre``, as it is typed to sign in."""

    role: Role
    expires_at: datetime
    enrolment: Enrolment | None


def add_invitation(tx: Transaction, user: UserRow, now: datetime) -> IssuedToken:
    """Add an invitation for a user; earlier ones end."""
    open_ = select(TokenRow).where(TokenRow.user_id == user.id, TokenRow.kind == PassKind.INVITATION)
    for earlier in tx.session.exec(open_.where(col(TokenRow.revoked_at).is_(None))):
        earlier.revoked_at = now
    secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = TokenRow(
        user_id=user.id, kind=PassKind.INVITATION, digest=digest_of(secret), created_at=now,
        expires_at=now + INVITED_FOR,
    )  # fmt: skip
    return IssuedToken(secret, tx.add(row))


def look_at_invitation(read: Read, seal: Seal, now: datetime, secret: str) -> Invited:
    """Return whom an invitation is for; it stays good."""
    with read() as session:
        row, user = find_invitation(session, secret, now)
        shown = enrolment(seal, row.digest, user.login)[1] if user.role in SECOND_FACTOR else None
        return Invited(_whole_login(session, user), user.role, row.expires_at, shown)


def login_of(read: Read, user_id: str) -> str:
    """Return what a user types to sign in: ``login@centre``."""
    with read() as session:
        return _whole_login(session, session.get_one(UserRow, user_id))


def _whole_login(session: Session, user: UserRow) -> str:
    return f"{user.login}@{session.get_one(CentreRow, user.centre_id).code}"


def find_invitation(session: Session, secret: str, now: datetime) -> tuple[TokenRow, UserRow]:
    """Return an invitation that is good, and whom it is for; one that is not, whyever, is refused alike."""
    return find_invited(session, digest_of(secret), now)


def find_invited(session: Session, digest: str, now: datetime) -> tuple[TokenRow, UserRow]:
    """Return an invitation by its digest, as ``find_invitation`` does on its own."""
    named = select(TokenRow, UserRow).join(UserRow).where(TokenRow.digest == digest)
    found = session.exec(named.where(TokenRow.kind == PassKind.INVITATION)).one_or_none()
    if found is None or found[0].revoked_at or found[0].expires_at <= now or not found[1].active:
        raise InvitationEndedError
    return found
