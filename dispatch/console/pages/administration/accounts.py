"""Accounts (账号): who may come in, for whom they act, and each invited, retired or brought back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.responses import Response

from dispatch.api.routes.administration import access
from dispatch.api.routes.administration.access import UserIn, UserQuery
from dispatch.commands.access import users
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.access.lives import INVITED_FOR
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import Role

ROLES = tuple(role for role in Role if role is not Role.RECIPIENT)
"""Recipients come in by a link of their case, not by an account."""

HANDED, INVITATION = "administration/handed.html", "/invitation"


def accounts_page(visit: Visit) -> Context:
    """Return the accounts of the centre by login, as far as they are asked for."""
    wanted = visit.search(UserQuery)
    found = access.list_users(visit.actor, visit.read, visit.paging(), wanted)
    return {"accounts": found.items, "next": found.next, "roles": ROLES, "wanted": wanted}


def new_page(visit: Visit) -> Context:
    """Return what the form for a new account shows."""
    return {"roles": ROLES}


def create(visit: Visit, form: FilledForm) -> str | Response:
    """Make an account; its invitation is shown this once. A manager waits for another."""
    given = form.read(UserIn)
    user, secret = users.create_user(
        visit.begin, visit.actor, visit.now, visit.actor.centre_id, given.login, given.role,
        given.practitioner_code, given.institution_code, None, given.organ, invited=True,
    )  # fmt: skip
    if not secret:
        return f"/users/{user.id}"
    return visit.show(invited(visit, user.id, user.login, secret, visit.now + INVITED_FOR), HANDED)


def account_page(visit: Visit) -> Context:
    """Return one account."""
    account = access.get_user(visit.part("user_id"), visit.actor, visit.read)
    return {"account": account, "own": account.id == visit.actor.user_id}


def invite(visit: Visit, form: FilledForm) -> str | Response | None:
    """Make an invitation, shown this once; for a manager none, but another manager is asked for it."""
    user_id = visit.part("user_id")
    made = users.invite(visit.begin, visit.actor, visit.now, user_id)
    if made is None:
        return None
    account = access.get_user(user_id, visit.actor, visit.read)
    return visit.show(invited(visit, user_id, account.login, made.token, made.row.expires_at), HANDED)


def revoke(visit: Visit, form: FilledForm) -> None:
    """Retire an account at once."""
    users.revoke_user(visit.begin, visit.actor, visit.now, visit.part("user_id"))


def restore(visit: Visit, form: FilledForm) -> None:
    """Bring a retired account back; a manager's waits for another manager."""
    users.restore_user(visit.begin, visit.actor, visit.now, visit.part("user_id"))


def invited(visit: Visit, user_id: str, login: str, secret: str, until: datetime) -> Mapping[str, Any]:
    """Return what the slip with an invitation says; the invitation stands behind a `#`, which no server is sent."""
    way_in = str(visit.request.url.replace(path=visit.base + INVITATION, query="", fragment=""))
    return {"user_id": user_id, "login": login, "secret": secret, "until": until, "way_in": way_in}


# fmt: off
PAGES = (
    ConsolePage(
        "/users", "accounts_page", (Verb.MANAGE_USERS,), ("账号管理", "Accounts"),
        ("建立账号，邀请本人设置密码；离岗的及时停用，忘记密码的重新邀请。",
         "Make accounts and invite people to set a password; retire who has left, invite anew who forgot theirs."),
        accounts_page, "administration/accounts.html", Menu.ADMINISTRATION,
    ),
    ConsolePage(
        "/users/new", "new_account_page", (Verb.MANAGE_USERS,), ("新建账号", "A new account"),
        ("一个账号一个角色，以后不改；换角色的另建账号。",
         "An account has one role, for good: whoever changes roles gets another account."),
        new_page, "administration/new.html",
        acts={"create": PageAct(create, ("", ""))},
    ),
    ConsolePage(
        "/users/{user_id}", "account_of_page", (Verb.MANAGE_USERS,), ("账号", "Account"),
        ("邀请本人设置密码，停用或者恢复账号。", "Invite its owner to set a password, retire it or bring it back."),
        account_page, "administration/account.html",
        acts={
            "invite": PageAct(invite, ("已提请另一名负责人确认。", "Another manager is asked to confirm.")),
            "revoke": PageAct(revoke, ("账号已停用，登录会话和令牌均已失效。",
                                       "The account is retired; its sessions and tokens have ended.")),
            "restore": PageAct(restore, ("已办理；恢复的账号须重新邀请。",
                                         "It is done; an account that is back needs a new invitation.")),
        },
    ),
)
# fmt: on
