"""A recipient's way to their own case: a link and a code on paper, ended by a clerk or by the next one."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.domain.errors import InvalidFieldError, UnauthenticatedError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import note
from dispatch.registry.reads import get
from dispatch.registry.tables import CaseRow, LinkRow, UserRow
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import Begin, Read, Transaction

PREFIX = "lnk_"
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what is misread on paper: 0 and O, 1 and I."""

CODE_LENGTH = 12
"""Sixty bits: nobody guesses one through the door."""

LASTS = timedelta(days=7)
MAX_LASTS = timedelta(days=60)


class Link(NamedTuple):
    """A link and its code, which is shown this once; ``token`` is both, as a bearer token."""

    id: str
    case_id: str
    code: str
    token: str
    expires_at: datetime


def create_link(begin: Begin, actor: Actor, now: datetime, case_id: str, lasts: timedelta = LASTS) -> Link:
    """Make a link to the case for its recipient; it ends the one made before."""
    require(actor, Verb.MAKE_LINK)
    if not timedelta() < lasts <= MAX_LASTS:
        raise InvalidFieldError(
            field="lasts",
            value=str(lasts),
            expected=stated(f"不超过{MAX_LASTS.days}日", f"up to {MAX_LASTS.days} days"),
        )
    with begin() as tx:
        case = tx.lock(CaseRow, case_id, actor.centre_id)
        for earlier in tx.session.exec(select(LinkRow).where(LinkRow.case_id == case.id)):
            _end(tx, actor, earlier, now)
        id, code = new_id(), "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        user = tx.add(UserRow(centre_id=case.centre_id, login=f"link-{id}", role=Role.RECIPIENT, created_at=now))
        tx.session.flush()
        row = tx.add(
            LinkRow(
                id=id,
                centre_id=case.centre_id,
                case_id=case.id,
                user_id=user.id,
                digest=digest_of_code(code),
                created_by=actor.user_id,
                created_at=now,
                expires_at=now + lasts,
            )
        )
        note(tx, actor, Verb.MAKE_LINK, "link", row.id, now)
        return Link(row.id, case.id, code, f"{PREFIX}{row.id}_{code}", row.expires_at)


def revoke_link(begin: Begin, actor: Actor, now: datetime, link_id: str) -> LinkRow:
    """End a recipient's link at once, and every session begun by it. Idempotent."""
    require(actor, Verb.MAKE_LINK)
    with begin() as tx:
        row = tx.lock(LinkRow, link_id, actor.centre_id)
        _end(tx, actor, row, now)
        return row


def list_links(read: Read, actor: Actor, case_id: str) -> Sequence[LinkRow]:
    """Return the links of a case, the newest first; their codes are kept nowhere."""
    require(actor, Verb.MAKE_LINK)
    with read() as session:
        case = get(session, CaseRow, actor.centre_id, case_id)
        links = select(LinkRow).where(LinkRow.case_id == case.id)
        return session.exec(links.order_by(col(LinkRow.created_at).desc(), col(LinkRow.id))).all()


def recipient_of(session: Session, token: str, now: datetime) -> Actor:
    """Return the recipient who holds the link and its code; anything wrong is refused alike."""
    id, _, code = token.removeprefix(PREFIX).partition("_")
    row = session.get(LinkRow, id)
    # Compared even where there is no such link, in a time that does not depend on the code.
    known = hmac.compare_digest(row.digest if row else digest_of_code(""), digest_of_code(code.upper()))
    if row is None or not known or row.revoked_at or row.expires_at <= now:
        raise UnauthenticatedError
    return Actor(row.user_id, Role.RECIPIENT, row.centre_id, case_id=row.case_id)


def _end(tx: Transaction, actor: Actor, row: LinkRow, now: datetime) -> None:
    if row.revoked_at is None:
        row.revoked_at = now
        tx.session.get_one(UserRow, row.user_id).active = False
        note(tx, actor, Verb.MAKE_LINK, "link_ended", row.id, now)


def digest_of_code(code: str) -> str:
    """Return what a link's code is known by at rest."""
    return sha256(code.encode()).hexdigest()
