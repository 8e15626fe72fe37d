"""Who works on the machine itself, without a token."""

from datetime import datetime

from sqlmodel import select

from dispatch.domain.errors import NotFoundError, UnknownReferenceError, stated
from dispatch.domain.permissions import Actor
from dispatch.domain.texts import code_key
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import CentreRow, UserRow
from dispatch.registry.transaction import Begin, Transaction

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
        named = select(UserRow).where(UserRow.centre_id == operator.centre_id, UserRow.login_key == code_key(login))
        user = tx.session.exec(named.where(UserRow.role == Role.MANAGER, UserRow.id != operator.user_id)).one_or_none()
        if user is None or not user.active:
            raise UnknownReferenceError(
                field="manager", expected=stated("本中心负责人的登录名", "login of a manager of this centre")
            )
        return Actor(user.id, user.role, user.centre_id)


def _centre(tx: Transaction, code: str | None) -> CentreRow:
    centres = tx.session.exec(select(CentreRow).order_by(CentreRow.code)).all()
    found = [centre for centre in centres if code is None or (code and code_key(code) == centre.code_key)]
    if code is None and len(found) > 1:
        raise UnknownReferenceError(field="centre", value=None, known=[centre.code for centre in centres])
    if not found:
        raise NotFoundError(what="centre", id=code)
    return found[0]
