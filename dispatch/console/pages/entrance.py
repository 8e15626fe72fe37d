"""The entrance: signing in, an invitation accepted, the password given again."""

from contextlib import suppress

from starlette.responses import Response

from dispatch.api.console.credentials import FirstPasswordIn, InvitationIn
from dispatch.api.console.guard import cookie_of
from dispatch.api.console.identities import ProviderOut, get_identity_provider
from dispatch.api.console.sessions import PasswordIn, SignInIn
from dispatch.api.console.sessions import entered as begin_in_browser
from dispatch.commands.access import credentials, invitations, sign_in
from dispatch.commands.access.sessions import Opened
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.serving import BACK, CONFIRM, SIGN_IN, local, to
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.errors import (
    InvitationEndedError,
    ProviderAnswerError,
    ProviderMissingError,
    ProviderSilentError,
)
from dispatch.domain.permissions import Verb


def sign_in_page(visit: Visit) -> Context | Response:
    """Return what the form to sign in shows; a visitor who is signed in goes on."""
    if visit.session and not visit.problem:
        return to(visit, local(visit.asked(BACK)))
    # Who signs out takes the cookie along; one that is still shown is of a session that ended otherwise.
    ended = bool(cookie_of(visit.request)) and not visit.session and not visit.problem
    return {"back": visit.asked(BACK), "provider": _provider(visit), "ended": ended}


def _provider(visit: Visit) -> ProviderOut | None:
    with suppress(ProviderMissingError, ProviderSilentError, ProviderAnswerError):
        return get_identity_provider(visit.context, visit.now)
    return None


def enter(visit: Visit, form: FilledForm) -> Response:
    """Sign in, and go where somebody was on the way to."""
    given = form.read(SignInIn)
    typed = sign_in.TypedLogin(given.login, given.password, given.code)
    opened = sign_in.sign_in(visit.begin, visit.read, visit.seal, visit.now, typed, visit.source)
    return _entered(visit, opened, local(visit.asked(BACK)))


def confirm_page(visit: Visit) -> Context:
    """Return what the form for the password shows."""
    return {"back": visit.asked(BACK)}


def confirm(visit: Visit, form: FilledForm) -> str:
    """Open grave acts for five minutes."""
    password = form.read(PasswordIn).password
    session = visit.signed_in
    credentials.confirm_session(visit.begin, visit.read, visit.seal, visit.now, session, password, visit.source)
    return local(visit.asked(BACK))


def invitation_page(visit: Visit) -> Context:
    """Return what an invitation shows: first a field for it, then whom it is for."""
    secret = next(iter(visit.typed.get("invitation", ())), "")
    return _invited(visit, secret) if secret and _is_good(visit) else {"invitation": "", "invited": None}


def look(visit: Visit, form: FilledForm) -> Response:
    """Show whom an invitation is for; it stays good."""
    return visit.show(_invited(visit, form.read(InvitationIn).invitation))


def accept(visit: Visit, form: FilledForm) -> Response:
    """Set the password and sign in; codes for the loss of the authenticator are shown this once."""
    given = form.read(FirstPasswordIn)
    entered = credentials.accept_invitation(
        visit.begin, visit.read, visit.seal, visit.now, given.invitation, given.password, given.code
    )
    if not entered.recovery_codes:
        return _entered(visit, entered.opened, "/")
    response = visit.show({"codes": entered.recovery_codes}, "account/codes.html")
    begin_in_browser(entered.opened, visit.context, visit.now, visit.request, response)
    return response


def _entered(visit: Visit, opened: Opened, where: str) -> Response:
    response = to(visit, where)
    begin_in_browser(opened, visit.context, visit.now, visit.request, response)
    return response


def _invited(visit: Visit, secret: str) -> Context:
    found = invitations.look_at_invitation(visit.read, visit.seal, visit.now, secret)
    return {"invitation": secret, "invited": found}


def _is_good(visit: Visit) -> bool:
    return visit.problem is not None and visit.problem.body["code"] != InvitationEndedError().code


# fmt: off
PAGES = (
    ConsolePage(
        SIGN_IN, "sign_in_page", (), ("登录", "Sign in"),
        ("用登录名和密码登录；没有账号的，请联系本中心的系统管理员。",
         "Sign in with your login and password. No account yet? Ask the administrator of your centre."),
        sign_in_page, "account/sign_in.html",
        acts={"enter": PageAct(enter, ("已登录。", "You are signed in."))},
    ),
    ConsolePage(
        "/invitation", "invitation_page", (), ("设置密码", "Set your password"),
        ("凭管理员交给您的邀请码设置密码；邀请码只能使用一次，七日内有效。",
         "Set your password with the invitation you were given; it is good once, and for seven days."),
        invitation_page, "account/invitation.html",
        acts={"look": PageAct(look, ("", "")), "accept": PageAct(accept, ("密码已设置。", "Your password is set."))},
    ),
    ConsolePage(
        CONFIRM, "confirm_page", (Verb.SIGN_IN,), ("请再次输入密码", "Your password again, please"),
        ("发布指派方案、管理用户等重要操作，须在输入密码后五分钟内办理。",
         "Grave acts, such as publishing a policy or managing users, are open for five minutes after your password."),
        confirm_page, "account/confirm.html",
        acts={"give": PageAct(confirm, ("密码已核对。", "Your password was right."))},
    ),
)
# fmt: on
