"""A manager comes in only with another manager's knowledge: no administrator alone is two persons."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.commands.access.invitations import add_invitation
from dispatch.commands.access.operators import LOGIN
from dispatch.commands.access.tokens import IssuedToken, end_all
from dispatch.domain.errors import NotFoundError, SecondPersonError, stated
from dispatch.domain.permissions import Actor, Verb, require, require_reader
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import note
from dispatch.registry.reads import Rows, Slice, get, page
from dispatch.registry.tables import ConfirmationRow, CredentialRow, UserRow
from dispatch.registry.transaction import Begin, Read, Transaction

NOT_THEIRS = stated(
    "须由另一名负责人确认，本人和提出人不能确认", "another manager: neither who asked nor whom it is about"
)


class WaitingManager(NamedTuple):
    """A manager who waits to be let in, by what people know them and who asked."""

    id: str
    user_id: str
    login: str
    active: bool
    asked_by: str
    asked_by_login: str
    asked_at: datetime


def needs_another(tx: Transaction, user: UserRow) -> bool:
    """Tell whether only another manager lets this one in: all but the first of a centre, until they have a password."""
    if user.role is not Role.MANAGER:
        return False
    if tx.session.get(CredentialRow, user.id):
        return True
    others = select(UserRow.id).where(UserRow.centre_id == user.centre_id, UserRow.role == Role.MANAGER)
    # Retired ones count, or a person who retires all of them could begin anew.
    return tx.session.exec(others.where(UserRow.id != user.id, UserRow.login != LOGIN).limit(1)).first() is not None


def ask_for(tx: Transaction, actor: Actor, user: UserRow, now: datetime) -> ConfirmationRow:
    """Ask the managers of a centre to let a manager in; who is asked for already is not asked for twice."""
    waiting = select(ConfirmationRow).where(
        ConfirmationRow.centre_id == user.centre_id, ConfirmationRow.user_id == user.id
    )
    asked = tx.session.exec(waiting.where(col(ConfirmationRow.decided_at).is_(None))).first()
    if asked is not None:
        return asked
    note(tx, actor, Verb.MANAGE_USERS, "confirmation", user.id, now)
    return tx.add(ConfirmationRow(centre_id=user.centre_id, user_id=user.id, asked_by=actor.user_id, asked_at=now))


def list_confirmations(read: Read, actor: Actor, part: Slice) -> Rows:
    """Return which managers wait to be let in, the oldest first."""
    require_reader(actor, Verb.CONFIRM_ACCESS)
    with read() as session:
        waiting = col(ConfirmationRow.decided_at).is_(None)
        found = page(session, ConfirmationRow, actor.centre_id, part, waiting, by="asked_at")
        return found._replace(rows=_named(session, found.rows))


def get_confirmation(read: Read, actor: Actor, id: str) -> WaitingManager:
    """Return one who waits to be let in; who was decided on waits no longer."""
    require_reader(actor, Verb.CONFIRM_ACCESS)
    with read() as session:
        row = get(session, ConfirmationRow, actor.centre_id, id)
        if row.decided_at is not None:
            raise NotFoundError(what="confirmation", id=id)
        return _named(session, [row])[0]


def decide_confirmation(begin: Begin, actor: Actor, now: datetime, id: str, *, approve: bool) -> IssuedToken | None:
    """
    Let a manager in, or not; the invitation is shown to the manager who confirms, and never to who asked.

    Raises
    ------
    SecondPersonError
        If the actor asked for it, or is whom it is about.
    """
    require(actor, Verb.CONFIRM_ACCESS)
    with begin() as tx:
        row = tx.lock(ConfirmationRow, id, actor.centre_id)
        if row.decided_at is not None:
            raise NotFoundError(what="confirmation", id=id)
        if actor.user_id in (row.asked_by, row.user_id):
            raise SecondPersonError(expected=NOT_THEIRS)
        row.decided_by, row.decided_at, row.approved = actor.user_id, now, approve
        note(tx, actor, Verb.CONFIRM_ACCESS, "user" if approve else "user_refused", row.user_id, now)
        if not approve:
            return None
        user = tx.lock(UserRow, row.user_id)
        user.active = True
        # Whatever was handed out before the password is lost with it: the one who asked may have kept it.
        end_all(tx, user.id, now)
        return add_invitation(tx, user, now)


def _named(session: Session, rows: Sequence[ConfirmationRow]) -> list[WaitingManager]:
    ids = {id for row in rows for id in (row.user_id, row.asked_by)}
    users = {user.id: user for user in session.exec(select(UserRow).where(col(UserRow.id).in_(ids)))}
    return [
        WaitingManager(
            row.id, row.user_id, users[row.user_id].login, users[row.user_id].active,
            row.asked_by, users[row.asked_by].login, row.asked_at,
        )
        for row in rows
    ]  # fmt: skip
