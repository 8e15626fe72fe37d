"""A recipient's way to their own case: a link and a code, shown once, good for a time."""

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlmodel import Session

from dispatch.domain.errors import InvalidFieldError, UnauthenticatedError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import note
from dispatch.registry.tables import CaseRow, LinkRow, UserRow
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import Begin

PREFIX = "lnk_"
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what is misread on paper: 0 and O, 1 and I."""

CODE_LENGTH = 12
"""Sixty bits: nobody guesses one through the door."""

LASTS = timedelta(days=7)
LASTS_AT_MOST = timedelta(days=60)


class Link(NamedTuple):
    """A link and its code, which is shown this once; ``token`` is both, as a bearer token."""

    id: str
    case_id: str
    code: str
    token: str
    expires_at: datetime


def create_link(begin: Begin, actor: Actor, now: datetime, case_id: str, lasts: timedelta = LASTS) -> Link:
    """Make a link to the case for its recipient; links made before stay good until they expire."""
    require(actor, Verb.MAKE_LINK)
    if not timedelta() < lasts <= LASTS_AT_MOST:
        raise InvalidFieldError(field="lasts", value=str(lasts), expected=f"up to {LASTS_AT_MOST.days} days")
    with begin() as tx:
        case = tx.lock(CaseRow, case_id, actor.centre_id)
        id, code = new_id(), "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        user = tx.add(UserRow(centre_id=case.centre_id, login=f"link-{id}", role=Role.RECIPIENT, created_at=now))
        tx.session.flush()
        row = tx.add(
            LinkRow(
                id=id,
                centre_id=case.centre_id,
                case_id=case.id,
                user_id=user.id,
                digest=_digest(code),
                created_by=actor.user_id,
                created_at=now,
                expires_at=now + lasts,
            )
        )
        note(tx, actor, Verb.MAKE_LINK, "link", row.id, now)
        return Link(row.id, case.id, code, f"{PREFIX}{row.id}_{code}", row.expires_at)


def recipient_of(session: Session, token: str, now: datetime) -> Actor:
    """Return the recipient who holds the link and its code; anything wrong is refused alike."""
    id, _, code = token.removeprefix(PREFIX).partition("_")
    row = session.get(LinkRow, id)
    # Compared even where there is no such link, in a time that does not depend on the code.
    known = hmac.compare_digest(row.digest if row else _digest(""), _digest(code.upper()))
    if row is None or not known or row.revoked_at or row.expires_at <= now:
        raise UnauthenticatedError
    return Actor(row.user_id, Role.RECIPIENT, row.centre_id, case_id=row.case_id)


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()
