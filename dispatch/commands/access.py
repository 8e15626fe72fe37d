"""Users and their access tokens, shown once and kept as digests; and who works on the machine itself, without one."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, or_
from sqlmodel import col, select

from dispatch.commands.wishes import PREFIX as LINK
from dispatch.commands.wishes import recipient_of
from dispatch.domain.errors import (
    DuplicateNumberError,
    InvalidFieldError,
    NotFoundError,
    UnauthenticatedError,
    UnknownReferenceError,
    stated,
)
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.texts.typed import Name, Number, kept
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import note
from dispatch.registry.statements import fetch, fetch_by, select_rows
from dispatch.registry.tables import CentreRow, InstitutionRow, PractitionerRow, TokenRow, UserRow
from dispatch.registry.transaction import Begin, Read, Transaction

TOKEN_BYTES = 32
PREFIX = "lad_"

# Asked with every request and never remembered: a token that was revoked ends at once, in every process.
WHO: Any = (
    select_rows(
        UserRow.id, UserRow.role, UserRow.centre_id, UserRow.practitioner_id, UserRow.institution_id, UserRow.organ,
        UserRow.active, TokenRow.revoked_at, TokenRow.expires_at,
    )
    .join(TokenRow, col(TokenRow.user_id) == col(UserRow.id))
    .where(col(TokenRow.digest) == bindparam("digest"))
)  # fmt: skip

GOOD = (
    select(TokenRow.digest)
    .join(UserRow, col(TokenRow.user_id) == col(UserRow.id))
    .where(col(TokenRow.digest).in_(bindparam("keys", expanding=True)), col(UserRow.active))
    .where(col(TokenRow.revoked_at).is_(None))
    .where(or_(col(TokenRow.expires_at).is_(None), col(TokenRow.expires_at) > bindparam("now")))
)


def create_user(
    begin: Begin,
    actor: Actor | None,
    now: datetime,
    centre_id: str,
    login: str,
    role: Role,
    practitioner_code: str | None = None,
    institution_code: str | None = None,
    lasts: timedelta | None = None,
    organ: str | None = None,
) -> tuple[UserRow, str]:
    """Make a user and a token for them; a login that is taken is refused, and an organ's user without the organ."""
    login, organ = kept("login", Name, login), _organ_of(role, organ)
    if actor:
        require(actor, Verb.MANAGE_USERS)
        if actor.centre_id != centre_id:
            raise NotFoundError(what="centre", id=centre_id)
    with begin() as tx:
        tx.lock(CentreRow, centre_id)
        taken = select(UserRow.id).where(col(UserRow.centre_id) == centre_id, col(UserRow.login) == login)
        if tx.session.exec(taken).first():
            raise DuplicateNumberError(field="login", number=login)
        user = UserRow(
            centre_id=centre_id,
            login=login,
            role=role,
            practitioner_id=_of_code(tx, PractitionerRow, centre_id, "practitioner_code", practitioner_code),
            institution_id=_of_code(tx, InstitutionRow, centre_id, "institution_code", institution_code),
            organ=organ,
            created_at=now,
        )
        token = add_user(tx, user, now, lasts)
        if actor:
            note(tx, actor, Verb.MANAGE_USERS, "user", user.id, now)
        return user, token


def add_user(tx: Transaction, user: UserRow, now: datetime, lasts: timedelta | None = None) -> str:
    """Add a user and return a token for them."""
    tx.add(user)
    tx.session.flush()
    return _issue(tx, user, now, lasts)


def _organ_of(role: Role, organ: str | None) -> str | None:
    """Return the organ someone acts for; only a case organ's user has one, and must."""
    named = kept("organ", Name, organ) if organ else None
    if (role is Role.ORGAN) is not (named is not None):
        expected = (
            stated("办案机关名称，与案件登记一致", "the name of the case organ, as its cases have it")
            if role is Role.ORGAN
            else stated("不填：只有办案机关的用户填写", "nothing: it is for users of a case organ only")
        )
        raise InvalidFieldError(field="organ", expected=expected)
    return named


def issue_token(begin: Begin, actor: Actor | None, now: datetime, user_id: str, lasts: timedelta | None = None) -> str:
    """Give a user one more token; those given before stay good."""
    if actor:
        require(actor, Verb.MANAGE_USERS)
    with begin() as tx:
        user = tx.lock(UserRow, user_id, actor.centre_id if actor else None)
        if actor:
            note(tx, actor, Verb.MANAGE_USERS, "user", user.id, now)
        return _issue(tx, user, now, lasts)


def revoke_user(begin: Begin, actor: Actor, now: datetime, user_id: str) -> UserRow:
    """End a user's access at once. Idempotent."""
    require(actor, Verb.MANAGE_USERS)
    with begin() as tx:
        user = tx.lock(UserRow, user_id, actor.centre_id)
        user.active = False
        note(tx, actor, Verb.MANAGE_USERS, "user", user.id, now)
        return user


def authenticate(read: Read, token: str, now: datetime) -> Actor:
    """Return who holds the token; an unknown, ended or revoked one is refused alike."""
    with read() as session:
        if token.startswith(LINK):
            return recipient_of(session, token, now)
        found = fetch(session, WHO, digest=digest_of(token)).one_or_none()
    if found is None:
        raise UnauthenticatedError
    *who, active, revoked_at, expires_at = found
    if not active or revoked_at or (expires_at and expires_at <= now):
        raise UnauthenticatedError
    return Actor(*who)


def still_good(read: Read, digests: Collection[str], now: datetime) -> set[str]:
    """Return which of these tokens, named by their digests, still let somebody in."""
    with read() as session:
        return {digest for (digest,) in fetch_by(session, GOOD, digests, now=now)}


def digest_of(token: str) -> str:
    """Return what a token is known by at rest."""
    return sha256(token.encode()).hexdigest()


def _issue(tx: Transaction, user: UserRow, now: datetime, lasts: timedelta | None) -> str:
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    tx.add(
        TokenRow(user_id=user.id, digest=digest_of(token), created_at=now, expires_at=now + lasts if lasts else None)
    )
    return token


def _of_code(
    tx: Transaction,
    table: type[PractitionerRow] | type[InstitutionRow],
    centre_id: str,
    field: str,
    code: str | None,
) -> str | None:
    if code is None:
        return None
    named = kept(field, Number, code)
    found = tx.session.exec(select(table.id).where(table.centre_id == centre_id, table.code == named)).one_or_none()
    if found is None:
        raise UnknownReferenceError(field=field, value=code, known=[])
    return found


LOGIN = "command-line"


def operator_of(begin: Begin, now: datetime, centre_code: str | None) -> Actor:
    """Return who acts from the command line; the centre may go unnamed where there is only one."""
    with begin() as tx:
        centre = _centre(tx, centre_code)
        own = select(UserRow).where(UserRow.centre_id == centre.id, UserRow.login == LOGIN)
        user = tx.session.exec(own).one_or_none()
        if user is None:
            user = tx.add(UserRow(centre_id=centre.id, login=LOGIN, role=Role.MANAGER, created_at=now))
        return Actor(user.id, Role.MANAGER, centre.id)


def manager_of(begin: Begin, operator: Actor, login: str) -> Actor:
    """Return the manager of the operator's centre with this login: a person, never the operator itself."""
    with begin() as tx:
        named = select(UserRow).where(UserRow.centre_id == operator.centre_id, UserRow.login == login)
        user = tx.session.exec(named.where(UserRow.role == Role.MANAGER, UserRow.id != operator.user_id)).one_or_none()
        if user is None or not user.active:
            raise UnknownReferenceError(
                field="manager", expected=stated("本中心负责人的登录名", "login of a manager of this centre")
            )
        return Actor(user.id, user.role, user.centre_id)


def _centre(tx: Transaction, code: str | None) -> CentreRow:
    centres = tx.session.exec(select(CentreRow).order_by(CentreRow.code)).all()
    found = [centre for centre in centres if code in (None, centre.code)]
    if code is None and len(found) > 1:
        raise UnknownReferenceError(field="centre", value=None, known=[centre.code for centre in centres])
    if not found:
        raise NotFoundError(what="centre", id=code)
    return found[0]
