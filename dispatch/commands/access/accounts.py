"""Accounts as an administrator sees them: for whom each acts, and whether it waits for another manager."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.commands.access.users import UserFilter, list_users
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb, require_reader
from dispatch.domain.vocabulary import Role
from dispatch.registry.reads import Rows, Slice, get
from dispatch.registry.tables import ConfirmationRow, InstitutionRow, PractitionerRow, UserRow
from dispatch.registry.transaction import Read


class UserAccount(NamedTuple):
    """A user, with the codes of whom they act for; no name of a person."""

    id: str
    login: str
    role: Role
    practitioner_id: str | None
    institution_id: str | None
    organ: str | None
    active: bool
    practitioner_code: str | None
    institution_code: str | None
    institution_name: str | None
    awaits_confirmation: bool


def list_accounts(read: Read, actor: Actor, part: Slice, wanted: UserFilter) -> Rows:
    """Return a page of the users of the actor's centre by login, each with for whom they act."""
    found = list_users(read, actor, part, wanted)
    with read() as session:
        return found._replace(rows=_accounts(session, actor.centre_id, found.rows))


def get_account(read: Read, actor: Actor, user_id: str) -> UserAccount:
    """Return a user of the actor's centre; a recipient, who comes in by a link, is not found."""
    require_reader(actor, Verb.MANAGE_USERS)
    with read() as session:
        user = get(session, UserRow, actor.centre_id, user_id)
        if user.role is Role.RECIPIENT:
            raise NotFoundError(what="user", id=user_id)
        return _accounts(session, actor.centre_id, [user])[0]


def _accounts(session: Session, centre_id: str, users: Sequence[UserRow]) -> list[UserAccount]:
    people = {each.practitioner_id for each in users} - {None}
    houses = {each.institution_id for each in users} - {None}
    coded = select(PractitionerRow.id, PractitionerRow.code).where(col(PractitionerRow.id).in_(people))
    codes = dict(session.exec(coded).all())
    found = session.exec(select(InstitutionRow).where(col(InstitutionRow.id).in_(houses)))
    called = {row.id: (row.code, row.name) for row in found}
    awaited = _awaited(session, centre_id, [each.id for each in users])
    return [
        UserAccount(
            each.id, each.login, each.role, each.practitioner_id, each.institution_id, each.organ, each.active,
            codes.get(each.practitioner_id or ""), code, name, each.id in awaited,
        )
        for each in users for code, name in (called.get(each.institution_id or "", (None, None)),)
    ]  # fmt: skip


def _awaited(session: Session, centre_id: str, ids: Sequence[str]) -> set[str]:
    waiting = select(ConfirmationRow.user_id).where(
        ConfirmationRow.centre_id == centre_id, col(ConfirmationRow.decided_at).is_(None)
    )
    return set(session.exec(waiting.where(col(ConfirmationRow.user_id).in_(ids))))
