"""Identities: bound to a user by their own act or an administrator's, never by what a provider says of a name.

A person who comes back from the provider gets a session like any other, or proves anew that it is still them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session as Reading
from sqlmodel import col, select

from dispatch.commands.access.confirmations import needs_another
from dispatch.commands.access.credentials import renewed
from dispatch.commands.access.invitations import find_invited
from dispatch.commands.access.provider import Proved
from dispatch.commands.access.sessions import Opened, open_session
from dispatch.commands.access.sessions import Session as SignedIn
from dispatch.commands.access.tokens import end_all
from dispatch.domain.access.lives import CONFIRMED_FOR, MAX_IDENTITY_SESSION, SECOND_FACTOR
from dispatch.domain.access.provider import MAX_IDENTITIES, Flaw
from dispatch.domain.errors import (
    ConstraintBrokenError,
    IdentityBoundError,
    IdentityUnknownError,
    IdentityUnprovedError,
    InvalidFieldError,
    NotFoundError,
    ProviderFactorError,
    SecondPersonError,
    stated,
)
from dispatch.domain.permissions import Actor, Verb, require, require_confirmed, require_reader
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import note
from dispatch.registry.reads import get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import IdentityRow, TokenRow, UserRow
from dispatch.registry.transaction import Begin, Read, Transaction

OWN_ONLY = stated(
    "负责人通过邀请链接或者登录后自行绑定", "managers bind theirs by an invitation, or once they have signed in"
)


class ProviderSubject(NamedTuple):
    """Somebody, as a provider knows them."""

    issuer: str
    subject: str

    def digest(self, seal: Seal) -> str:
        """Return what they are found by; nobody without the secret can try subjects out."""
        return seal.fingerprint(f"subject:{self.issuer}\n{self.subject}")


def sign_in_by_identity(begin: Begin, read: Read, seal: Seal, now: datetime, who: Proved) -> Opened:
    """
    Begin a session for the user an identity is bound to.

    Raises
    ------
    IdentityUnknownError
        If it is bound to nobody, or to somebody who was retired.
    ProviderFactorError
        If the role needs a second factor, and the provider does not say that it asked for one.
    """
    with read() as session:
        bound = _find(session, seal, who)
    if bound is None:
        raise IdentityUnknownError
    with begin() as tx:
        # A user who is retired or unbound at this moment is so before the session begins, or it ends the session.
        user = tx.lock(UserRow, bound.user_id)
        known = user.active and _find(tx.session, seal, who) is not None
        if known and (who.strong or user.role not in SECOND_FACTOR):
            return _open(tx, user, now, who)
        note(tx, Actor(user.id, user.role, user.centre_id), Verb.SIGN_IN, "sign_in_refused", user.id, now)
    raise ProviderFactorError if known else IdentityUnknownError


def confirm_by_identity(begin: Begin, seal: Seal, now: datetime, signed_in: SignedIn, who: Proved) -> None:
    """Open grave acts to a session for a while: the person there has just proved who they are at the provider."""
    actor = signed_in.actor
    with begin() as tx:
        bound = _find(tx.session, seal, who)
        right = bound is not None and bound.user_id == actor.user_id
        if right:
            row = tx.session.exec(select(TokenRow).where(TokenRow.digest == signed_in.digest)).one()
            row.confirmed_at = who.at or now
        note(tx, actor, Verb.SIGN_IN, "session_confirmed" if right else "confirmation_refused", actor.user_id, now)
    if not right:
        raise IdentityUnprovedError(reason=Flaw.PERSON.value, expected=stated(Flaw.PERSON.zh, Flaw.PERSON.en))


def bind_own(begin: Begin, seal: Seal, now: datetime, signed_in: SignedIn, who: Proved) -> IdentityRow:
    """Bind an identity to one's own account; to that of somebody else it must not be bound. Idempotent."""
    require_confirmed(signed_in.actor)
    return _bind(begin, seal, now, signed_in.actor, signed_in.actor.user_id, ProviderSubject(who.issuer, who.subject))


def bind(begin: Begin, seal: Seal, actor: Actor, now: datetime, user_id: str, who: ProviderSubject) -> IdentityRow:
    """Bind an identity to a user of the actor's centre; a manager binds theirs. Idempotent."""
    require(actor, Verb.MANAGE_USERS)
    return _bind(begin, seal, now, actor, user_id, who)


def accept_invitation_by(begin: Begin, read: Read, seal: Seal, now: datetime, invitation: str, who: Proved) -> Opened:
    """Take up an account by an identity instead of a password, and begin a session; what let one in before ends."""
    subject = ProviderSubject(who.issuer, who.subject)
    with read() as session:
        _, user = find_invited(session, invitation, now)
    try:
        with begin() as tx:
            tx.lock(UserRow, user.id)
            row, user = find_invited(tx.session, invitation, now)
            if user.role in SECOND_FACTOR and not who.strong:
                raise ProviderFactorError
            bound = _find(tx.session, seal, who)
            if bound is not None and bound.user_id != user.id:
                raise IdentityBoundError
            renewed(tx, user.id, now)
            tx.session.flush()
            _add(tx, seal, user, subject, user.id, now)
            row.revoked_at = now
            note(tx, Actor(user.id, user.role, user.centre_id), Verb.SIGN_IN, "identity_bound", user.id, now)
            return _open(tx, user, now, who)
    except ConstraintBrokenError:
        raise IdentityBoundError from None


def list_identities(read: Read, actor: Actor, user_id: str) -> Sequence[IdentityRow]:
    """Return the identities of a user of the actor's centre, the oldest first."""
    require_reader(actor, Verb.MANAGE_USERS)
    with read() as session:
        return _of(session, get(session, UserRow, actor.centre_id, user_id).id)


def list_own_identities(read: Read, actor: Actor) -> Sequence[IdentityRow]:
    """Return one's own identities, the oldest first."""
    with read() as session:
        return _of(session, actor.user_id)


def unbind(begin: Begin, actor: Actor, now: datetime, user_id: str, identity_id: str) -> None:
    """Take an identity from a user of the actor's centre; what let them in ends, for it may be by that identity."""
    require(actor, Verb.MANAGE_USERS)
    _unbind(begin, actor, now, user_id, identity_id, None)


def unbind_own(begin: Begin, signed_in: SignedIn, now: datetime, identity_id: str) -> None:
    """Take an identity from one's own account; every other session and token of one's own ends."""
    require_confirmed(signed_in.actor)
    _unbind(begin, signed_in.actor, now, signed_in.actor.user_id, identity_id, signed_in.digest)


def _open(tx: Transaction, user: UserRow, now: datetime, who: Proved) -> Opened:
    return open_session(tx, user, now, until=now + MAX_IDENTITY_SESSION, proved_at=who.at or now - CONFIRMED_FOR)


def _bind(begin: Begin, seal: Seal, now: datetime, actor: Actor, user_id: str, who: ProviderSubject) -> IdentityRow:
    try:
        with begin() as tx:
            user = tx.lock(UserRow, user_id, actor.centre_id)
            if not user.active or user.role is Role.RECIPIENT:
                raise NotFoundError(what="user", id=user_id)
            if actor.user_id != user_id and needs_another(tx, user):
                raise SecondPersonError(expected=OWN_ONLY)
            bound = tx.session.exec(select(IdentityRow).where(IdentityRow.digest == who.digest(seal))).one_or_none()
            if bound is not None and bound.user_id != user_id:
                raise IdentityBoundError
            if bound is not None:
                return bound
            if len(_of(tx.session, user_id)) >= MAX_IDENTITIES:
                most = stated(f"每个账号不超过{MAX_IDENTITIES}个", f"at most {MAX_IDENTITIES} for a user")
                raise InvalidFieldError(field="identities", value=MAX_IDENTITIES, expected=most)
            verb = Verb.SIGN_IN if actor.user_id == user_id else Verb.MANAGE_USERS
            note(tx, actor, verb, "identity_bound", user_id, now)
            return _add(tx, seal, user, who, actor.user_id, now)
    except ConstraintBrokenError:
        raise IdentityBoundError from None


def _add(tx: Transaction, seal: Seal, user: UserRow, who: ProviderSubject, by: str, now: datetime) -> IdentityRow:
    sealed = seal.seal({"subject": who.subject})
    return tx.add(
        IdentityRow(
            user_id=user.id, issuer=who.issuer, digest=who.digest(seal), sealed=sealed, bound_at=now, bound_by=by
        )
    )  # fmt: skip


def _unbind(begin: Begin, actor: Actor, now: datetime, user_id: str, identity_id: str, but: str | None) -> None:
    with begin() as tx:
        tx.lock(UserRow, user_id, actor.centre_id)
        row = tx.lock(IdentityRow, identity_id)
        if row.user_id != user_id:
            raise NotFoundError(what="identity", id=identity_id)
        tx.session.delete(row)
        end_all(tx, user_id, now, but)
        verb = Verb.SIGN_IN if actor.user_id == user_id else Verb.MANAGE_USERS
        note(tx, actor, verb, "identity_unbound", user_id, now)


def _find(session: Reading, seal: Seal, who: Proved) -> IdentityRow | None:
    digest = ProviderSubject(who.issuer, who.subject).digest(seal)
    return session.exec(select(IdentityRow).where(IdentityRow.digest == digest)).one_or_none()


def _of(session: Reading, user_id: str) -> Sequence[IdentityRow]:
    mine = select(IdentityRow).where(IdentityRow.user_id == user_id)
    return session.exec(mine.order_by(col(IdentityRow.bound_at), col(IdentityRow.id))).all()
