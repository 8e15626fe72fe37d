"""Accounts (账号): who may come in, for whom they act; each invited, retired or brought back; what lets them in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.responses import Response

from dispatch.api.routes.administration import access
from dispatch.api.routes.administration.access import UserIn, UserQuery
from dispatch.api.routes.administration.identities import IdentityIn, list_identities, provider_of
from dispatch.api.routes.administration.tokens import TokenIn, list_tokens
from dispatch.commands.access import identities, tokens, users
from dispatch.commands.access.identities import ProviderSubject
from dispatch.commands.access.invitations import login_of
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
    return visit.show(invited(visit, user.id, secret, visit.now + INVITED_FOR), HANDED)


def account_page(visit: Visit) -> Context:
    """Return one account."""
    user_id = visit.part("user_id")
    account = access.get_user(user_id, visit.actor, visit.read)
    return {
        "account": account,
        "own": user_id == visit.actor.user_id,
        "passes": list_tokens(user_id, visit.actor, visit.read, visit.now),
        "bound": list_identities(user_id, visit.actor, visit.read),
        "provider": visit.context.provider,
        "token_life": visit.context.settings.token_life,
    }


def invite(visit: Visit, form: FilledForm) -> str | Response | None:
    """Make an invitation, shown this once; for a manager none, but another manager is asked for it."""
    user_id = visit.part("user_id")
    made = users.invite(visit.begin, visit.actor, visit.now, user_id)
    if made is None:
        return None
    return visit.show(invited(visit, user_id, made.token, made.row.expires_at), HANDED)


def revoke(visit: Visit, form: FilledForm) -> None:
    """Retire an account at once."""
    users.revoke_user(visit.begin, visit.actor, visit.now, visit.part("user_id"))


def restore(visit: Visit, form: FilledForm) -> None:
    """Bring a retired account back; a manager's waits for another manager."""
    users.restore_user(visit.begin, visit.actor, visit.now, visit.part("user_id"))


def give_token(visit: Visit, form: FilledForm) -> Response:
    """Give one more token for a program, shown this once; managers make their own."""
    user_id = visit.part("user_id")
    given, account = form.read(TokenIn, "token"), access.get_user(user_id, visit.actor, visit.read)
    lasts = visit.context.settings.token_life.of(given.days)
    made = users.give_token(visit.begin, visit.actor, visit.now, user_id, lasts, given.label)
    handed = {"user_id": user_id, "login": account.login, "secret": made.token, "until": made.row.expires_at}
    return visit.show(handed, "administration/token.html")


def end_token(visit: Visit, form: FilledForm) -> None:
    """End one token or session at once."""
    tokens.revoke_token(visit.begin, visit.actor, visit.now, visit.part("user_id"), form.text("token_id"))


def bind(visit: Visit, form: FilledForm) -> None:
    """Bind an identity of the provider; managers bind their own."""
    given = form.read(IdentityIn, "identity")
    who = ProviderSubject(provider_of(visit.context).settings.issuer, given.subject)
    identities.bind(visit.begin, visit.seal, visit.actor, visit.now, visit.part("user_id"), who)


def unbind(visit: Visit, form: FilledForm) -> None:
    """Unbind an identity; what let its user in ends."""
    identities.unbind(visit.begin, visit.actor, visit.now, visit.part("user_id"), form.text("identity_id"))


def invited(visit: Visit, user_id: str, secret: str, until: datetime) -> Mapping[str, Any]:
    """Return what the slip with an invitation says; the invitation comes after a `#`, which no server is sent."""
    way_in = str(visit.request.url.replace(path=visit.base + INVITATION, query="", fragment=""))
    login = login_of(visit.read, user_id)
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
        ("邀请本人设置密码，停用或者恢复账号，管理其令牌、登录会话和统一身份。",
         "Invite its owner, retire it or bring it back; its tokens, sessions and identities."),
        account_page, "administration/account.html",
        acts={
            "invite": PageAct(invite, ("已提请另一名负责人确认。", "Another manager is asked to confirm.")),
            "revoke": PageAct(revoke, ("账号已停用，登录会话和令牌均已失效。",
                                       "The account is retired; its sessions and tokens have ended.")),
            "restore": PageAct(restore, ("已办理；恢复的账号须重新邀请。",
                                         "It is done; an account that is back needs a new invitation.")),
            "token": PageAct(give_token, ("", "")),
            "end": PageAct(end_token, ("已结束。", "It has ended.")),
            "bind": PageAct(bind, ("已绑定，本人可以从该平台登录。", "It is bound: they can sign in there.")),
            "unbind": PageAct(unbind, ("已解除绑定，登录会话和令牌均已失效。",
                                       "It is unbound; sessions and tokens have ended.")),
        },
    ),
)
# fmt: on
