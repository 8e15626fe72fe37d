"""One's own account: the sessions that are open, the password, the authenticator, the end of a visit."""

from starlette.responses import Response

from dispatch.api.console.credentials import ChangePasswordIn, CodeIn
from dispatch.api.console.guard import take_cookie
from dispatch.api.routes.administration.tokens import TokenIn
from dispatch.commands.access import credentials, tokens
from dispatch.commands.access.sessions import end_session
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.serving import SIGN_IN, to
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.access.lives import SECOND_FACTOR, PassKind
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import Role

BY_PASSWORD = frozenset(Role) - {Role.RECIPIENT}
OWN_TOKEN = "account/token.html"


def account(visit: Visit) -> Context:
    """Return one's own sessions and tokens."""
    return {
        "own": tokens.list_own(visit.read, visit.actor, visit.now),
        "digest": visit.signed_in.digest,
        "programs": visit.actor.role in BY_PASSWORD,
        "token_life": visit.context.settings.token_life,
        "Kind": PassKind,
    }


def end_one(visit: Visit, form: FilledForm) -> None:
    """End one session or token of one's own."""
    tokens.end_own(visit.begin, visit.actor, visit.now, form.text("id"))


def end_others(visit: Visit, form: FilledForm) -> None:
    """End all of one's own sessions and tokens but this one."""
    tokens.end_all_own(visit.begin, visit.actor, visit.now, visit.signed_in.digest)


def make_token(visit: Visit, form: FilledForm) -> Response:
    """Make a token for a program of one's own, shown this once; the password is asked for."""
    given, life = form.read(TokenIn, "token"), visit.context.settings.token_life
    made = tokens.give_own(visit.begin, visit.actor, visit.now, life.of(given.days), given.label)
    return visit.show({"secret": made.token, "until": made.row.expires_at}, OWN_TOKEN)


def renew_token(visit: Visit, form: FilledForm) -> Response:
    """Put a new token in the place of one of one's own, shown this once; the old one ends at once."""
    life = visit.context.settings.token_life
    made = tokens.renew_own(visit.begin, visit.actor, visit.now, form.text("id"), life)
    return visit.show({"secret": made.token, "until": made.row.expires_at}, OWN_TOKEN)


def sign_out(visit: Visit, form: FilledForm) -> Response:
    """Sign out; the session ends at once."""
    end_session(visit.begin, visit.now, visit.signed_in)
    response = to(visit, SIGN_IN)
    take_cookie(visit.request, response)
    return response


def password_page(visit: Visit) -> Context:
    """Return what the form for a new password shows."""
    return {}


def change_password(visit: Visit, form: FilledForm) -> str:
    """Change one's password; all other sessions and tokens of one's own end."""
    given = form.read(ChangePasswordIn)
    who = (visit.begin, visit.read, visit.seal, visit.now, visit.signed_in)
    credentials.change_password(*who, given.old, given.new, visit.source)
    return "/password"


def authenticator_page(visit: Visit) -> Context:
    """Return a secret for a new authenticator; it counts once a code has proved it."""
    return {"offered": credentials.offer_authenticator(visit.read, visit.seal, visit.signed_in)}


def prove(visit: Visit, form: FilledForm) -> Response:
    """Prove the new authenticator by a code; codes for its loss are shown this once."""
    given = form.read(CodeIn)
    codes = credentials.prove_authenticator(visit.begin, visit.seal, visit.now, visit.signed_in, given.code)
    return visit.show({"codes": codes}, "account/codes.html")


def new_codes(visit: Visit, form: FilledForm) -> Response:
    """Show new recovery codes, this once; those before end."""
    codes = credentials.give_recovery_codes(visit.begin, visit.seal, visit.now, visit.signed_in)
    return visit.show({"codes": codes}, "account/codes.html")


# fmt: off
PAGES = (
    ConsolePage(
        "/account", "account_page", (Verb.SIGN_IN,), ("登录与安全", "Sign-in and security"),
        ("查看您在哪些设备上登录，结束不再使用的登录会话和令牌。",
         "See where you are signed in, and end sessions and tokens you no longer use."),
        account, "account/account.html", Menu.SELF,
        acts={
            "end": PageAct(end_one, ("已结束。", "It has ended.")),
            "end-others": PageAct(end_others, ("其他登录会话和令牌均已结束。",
                                           "All your other sessions and tokens have ended.")),
            "make-token": PageAct(make_token, ("", ""), once=False),
            "renew-token": PageAct(renew_token, ("", ""), once=False),
            "sign-out": PageAct(sign_out, ("已退出登录。", "You are signed out.")),
        },
    ),
    ConsolePage(
        "/password", "password_page", (Verb.SIGN_IN,), ("修改密码", "Change password"),
        ("修改后，您在其他设备上的登录会话和令牌全部结束。", "Afterwards all your other sessions and tokens end."),
        password_page, "account/password.html", Menu.SELF, roles=BY_PASSWORD,
        acts={"change": PageAct(change_password, ("密码已修改。", "Your password is changed."))},
    ),
    ConsolePage(
        "/authenticator", "authenticator_page", (Verb.SIGN_IN,), ("动态验证码", "Authenticator"),
        ("更换手机或者绑定新的验证器，原验证器和恢复码随即失效。",
         "For a new phone: bind another authenticator; the old one and its recovery codes end."),
        authenticator_page, "account/authenticator.html", Menu.SELF, roles=SECOND_FACTOR, confirmed=True,
        acts={
            "prove": PageAct(prove, ("新的验证器已启用。", "The new authenticator is in use."), once=False),
            "codes": PageAct(new_codes, ("", ""), once=False),
        },
    ),
)
# fmt: on
