"""Users: made for a role and tied to whom it acts for, listed, retired and brought back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import col, select

from dispatch.commands.access.confirmations import ask_for, needs_another
from dispatch.commands.access.invitations import add_invitation
from dispatch.commands.access.tokens import IssuedToken, add_token, end_all
from dispatch.domain.access.lives import require_tied
from dispatch.domain.errors import (
    DuplicateNumberError,
    NotFoundError,
    SecondPersonError,
    UnknownReferenceError,
    stated,
)
from dispatch.domain.permissions import Actor, Verb, require, require_reader
from dispatch.domain.texts import code_key
from dispatch.domain.texts.typed import Name, Number, kept
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import note
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.roster.merging import require_kept
from dispatch.registry.tables import CentreRow, InstitutionRow, PractitionerRow, UserRow
from dispatch.registry.transaction import Begin, Read, Transaction

OWN_ONLY = stated("负责人登录后自行生成令牌", "managers sign in and make their own tokens")


class UserFilter(NamedTuple):
    """Which users a list shows; None shows all."""

    role: Role | None = None
    active: bool | None = None
    login: str | None = None
    practitioner_id: str | None = None
    institution_id: str | None = None


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
    *,
    invited: bool = False,
) -> tuple[UserRow, str]:
    """
    Make a user, and a token or an invitation; a login that is taken is refused, and one not tied as its role needs.

    A manager whom an administrator makes beside others waits for one of them: what lets in is then empty.
    """
    login, organ = kept("login", Name, login), kept("organ", Name, organ) if organ else None
    require_tied(role, {"practitioner_code": practitioner_code, "institution_code": institution_code, "organ": organ})
    if actor:
        _require_own(actor, centre_id)
    with begin() as tx:
        _require_free(tx, centre_id, login)
        user = UserRow(
            centre_id=centre_id,
            login=login,
            role=role,
            practitioner_id=_of_code(tx, PractitionerRow, centre_id, "practitioner_code", practitioner_code),
            institution_id=_of_code(tx, InstitutionRow, centre_id, "institution_code", institution_code),
            organ=organ,
            created_at=now,
        )
        if actor:
            note(tx, actor, Verb.MANAGE_USERS, "user", user.id, now)
            if needs_another(tx, user):
                return _waiting(tx, actor, user, now), ""
        return user, add_invited(tx, user, now) if invited else add_user(tx, user, now, lasts)


def add_invited(tx: Transaction, user: UserRow, now: datetime) -> str:
    """Add a user and return an invitation for them."""
    tx.add(user)
    tx.session.flush()
    return add_invitation(tx, user, now).token


def add_user(tx: Transaction, user: UserRow, now: datetime, lasts: timedelta | None = None) -> str:
    """Add a user and return a token for them."""
    tx.add(user)
    tx.session.flush()
    return add_token(tx, user.id, now, lasts).token


def list_users(read: Read, actor: Actor, part: Slice, wanted: UserFilter) -> Rows:
    """Return users of the actor's centre by login, the retired ones too; recipients come in by links instead."""
    require_reader(actor, Verb.MANAGE_USERS)
    asked = ((name, value) for name, value in wanted._asdict().items() if value is not None)
    filters: Sequence[Any] = [getattr(UserRow, name) == value for name, value in asked]
    with read() as session:
        return page(session, UserRow, actor.centre_id, part, UserRow.role != Role.RECIPIENT, *filters, by="login")


def revoke_user(begin: Begin, actor: Actor, now: datetime, user_id: str) -> UserRow:
    """Retire a user: their tokens and sessions end at once, and what they queued is not carried out. Idempotent."""
    require(actor, Verb.MANAGE_USERS)
    with begin() as tx:
        user = tx.lock(UserRow, user_id, actor.centre_id)
        user.active = False
        end_all(tx, user.id, now)
        note(tx, actor, Verb.MANAGE_USERS, "user_retired", user.id, now)
        return user


def restore_user(begin: Begin, actor: Actor, now: datetime, user_id: str) -> UserRow:
    """Bring a retired user back, a manager once another confirms; no token comes back with them. Idempotent."""
    require(actor, Verb.MANAGE_USERS)
    with begin() as tx:
        user = tx.lock(UserRow, user_id, actor.centre_id)
        if user.role is Role.RECIPIENT:
            raise NotFoundError(what="user", id=user_id)
        if user.active:
            return user
        if needs_another(tx, user):
            ask_for(tx, actor, user, now)
            return user
        user.active = True
        note(tx, actor, Verb.MANAGE_USERS, "user_restored", user.id, now)
        return user


def give_token(
    begin: Begin, actor: Actor | None, now: datetime, user_id: str, lasts: timedelta | None = None, label: str = ""
) -> IssuedToken:
    """Give a user one more token; those given before stay good. One who was retired gets none."""
    if actor:
        require(actor, Verb.MANAGE_USERS)
    with begin() as tx:
        user = _in_use(tx, actor, user_id)
        if actor:
            if needs_another(tx, user):
                raise SecondPersonError(expected=OWN_ONLY)
            note(tx, actor, Verb.MANAGE_USERS, "token", user.id, now)
        return add_token(tx, user.id, now, lasts, label)


def issue_token(begin: Begin, actor: Actor | None, now: datetime, user_id: str, lasts: timedelta | None = None) -> str:
    """Give a user one more token and return it alone."""
    return give_token(begin, actor, now, user_id, lasts).token


def invite(begin: Begin, actor: Actor | None, now: datetime, user_id: str) -> IssuedToken | None:
    """Give a user an invitation to set a password; for a manager none, but another manager is asked for it."""
    if actor:
        require(actor, Verb.MANAGE_USERS)
    with begin() as tx:
        user = _in_use(tx, actor, user_id)
        if actor:
            if needs_another(tx, user):
                ask_for(tx, actor, user, now)
                return None
            note(tx, actor, Verb.MANAGE_USERS, "invitation", user.id, now)
        return add_invitation(tx, user, now)


def _require_own(actor: Actor, centre_id: str) -> None:
    require(actor, Verb.MANAGE_USERS)
    if actor.centre_id != centre_id:
        raise NotFoundError(what="centre", id=centre_id)


def _in_use(tx: Transaction, actor: Actor | None, user_id: str) -> UserRow:
    user = tx.lock(UserRow, user_id, actor.centre_id if actor else None)
    if not user.active or user.role is Role.RECIPIENT:
        raise NotFoundError(what="user", id=user_id)
    return user


def _require_free(tx: Transaction, centre_id: str, login: str) -> None:
    tx.lock(CentreRow, centre_id)
    taken = select(UserRow.id).where(col(UserRow.centre_id) == centre_id, col(UserRow.login_key) == code_key(login))
    if tx.session.exec(taken).first():
        raise DuplicateNumberError(field="login", number=login)


def _waiting(tx: Transaction, actor: Actor, user: UserRow, now: datetime) -> UserRow:
    user.active = False
    tx.add(user)
    tx.session.flush()
    ask_for(tx, actor, user, now)
    return user


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
    named_so = select(table.id).where(table.centre_id == centre_id, table.code_key == code_key(named))
    found = tx.session.exec(named_so).one_or_none()
    if found is None:
        raise UnknownReferenceError(field=field, value=code, known=[])
    if table is PractitionerRow:
        require_kept(tx.session, tx.session.get_one(PractitionerRow, found), field)
    return found
