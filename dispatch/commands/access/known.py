"""Who holds a token: asked with every request and never remembered, so that what was ended ends at once."""

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col

from dispatch.commands.access.links import PREFIX as LINK
from dispatch.commands.access.links import recipient_of
from dispatch.domain.access.lives import PassKind
from dispatch.domain.errors import UnauthenticatedError
from dispatch.domain.permissions import Actor
from dispatch.registry.statements import fetch, fetch_by, select_rows
from dispatch.registry.tables import TokenRow, UserRow
from dispatch.registry.transaction import Read

GOOD = (col(UserRow.active), col(TokenRow.revoked_at).is_(None), col(TokenRow.expires_at) > bindparam("now"))

WHO: Any = (
    select_rows(
        UserRow.id, UserRow.role, UserRow.centre_id, UserRow.practitioner_id, UserRow.institution_id, UserRow.organ
    )
    .join(TokenRow, col(TokenRow.user_id) == col(UserRow.id))
    .where(col(TokenRow.digest) == bindparam("digest"), col(TokenRow.kind) == PassKind.TOKEN, *GOOD)
)

STILL: Any = (
    select_rows(TokenRow.digest, TokenRow.used_at, TokenRow.idle_s)
    .join(UserRow, col(TokenRow.user_id) == col(UserRow.id))
    .where(col(TokenRow.digest).in_(bindparam("keys", expanding=True)), *GOOD)
)


def authenticate(read: Read, token: str, now: datetime) -> Actor:
    """Return who holds the token; an unknown, ended or revoked one is refused alike, and so is a session."""
    with read() as session:
        if token.startswith(LINK):
            return recipient_of(session, token, now)
        found = fetch(session, WHO, digest=digest_of(token), now=now).one_or_none()
    if found is None:
        raise UnauthenticatedError
    return Actor(*found)


def still_good(read: Read, digests: Collection[str], now: datetime) -> set[str]:
    """Return which of these tokens and sessions, named by their digests, still let somebody in."""
    with read() as session:
        found = list(fetch_by(session, STILL, digests, now=now))
    return {digest for digest, used_at, idle_s in found if idle_s is None or used_at + timedelta(seconds=idle_s) > now}


def digest_of(token: str) -> str:
    """Return what a token is known by at rest."""
    return sha256(token.encode()).hexdigest()
