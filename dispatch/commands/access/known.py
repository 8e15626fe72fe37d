"""Who holds a token: asked with every request and never remembered, so that what was ended ends at once."""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

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

STILL = (
    select(TokenRow.digest)
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
    """Return which of these tokens, named by their digests, still let somebody in."""
    with read() as session:
        return {digest for (digest,) in fetch_by(session, STILL, digests, now=now)}


def digest_of(token: str) -> str:
    """Return what a token is known by at rest."""
    return sha256(token.encode()).hexdigest()
