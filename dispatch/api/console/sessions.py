"""Signing in and out in a browser, and one's own sessions."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from dispatch.api.console.guard import Signed, SourceDep, cookie_of, give_cookie, guard, take_cookie
from dispatch.api.dependencies import ContextDep, Now, SealDep
from dispatch.api.problems import responses
from dispatch.api.routes.administration.tokens import EndedOut, OwnPassOut, TokenIn, TokenOut, own_pass
from dispatch.api.schemas import In
from dispatch.commands.access import credentials, tokens
from dispatch.commands.access.sessions import Opened, Session, end_session
from dispatch.commands.access.sign_in import TypedLogin, sign_in, sign_in_by_link
from dispatch.domain.errors import (
    ForeignPageError,
    InvalidFieldError,
    NotFoundError,
    PasswordAgainError,
    SecondFactorNeededError,
    SignInRefusedError,
    TooManyTriesError,
)
from dispatch.domain.permissions import PERMISSIONS
from dispatch.domain.vocabulary import Role

Password = Annotated[str, Field(min_length=1, max_length=512, examples=["a long sentence of mine"])]
Code = Annotated[str, Field(max_length=40, description="Of the authenticator. 动态验证码。", examples=["123456"])]


class SignInIn(In):
    """Login, password, and the code of the authenticator where there is one."""

    login: Annotated[
        str,
        Field(
            min_length=3,
            max_length=130,
            pattern=r"^[\w.@-]+@[\w.-]+$",
            examples=["clerk-1@liangyuan"],
            description="登录名@中心代码",
        ),
    ]
    password: Password
    code: Code = ""


class LinkSignInIn(In):
    """A recipient's link and the code on the paper beside it."""

    link_id: Annotated[str, Field(max_length=32, pattern=r"^[0-9a-f]+$", examples=["6f1d2c3b4a5968778695a4b3c2d1e0f1"])]
    code: Annotated[str, Field(max_length=60, examples=["7KQ2-M9XW-PT4R"])]


class PasswordIn(In):
    """One's password."""

    password: Password


class SessionOut(BaseModel):
    """Who is signed in, and until when."""

    user_id: str
    role: Role
    centre_id: str
    expires_at: datetime
    idle_until: Annotated[datetime, Field(description="Over then, if nothing is done. 无操作至此时自动退出。")]
    confirmed_until: Annotated[
        datetime, Field(description="Until then no password for grave acts. 免再次输入密码的时限。")
    ]
    verbs: list[str]


router = APIRouter(prefix="/console/session", tags=["sessions 登录会话"], dependencies=[Depends(guard)])

REFUSALS = (SignInRefusedError, TooManyTriesError, ForeignPageError)


@router.post("", status_code=201, responses=responses(*REFUSALS, SecondFactorNeededError))
def begin_session(
    given: SignInIn,
    context: ContextDep,
    seal: SealDep,
    now: Now,
    source: SourceDep,
    request: Request,
    response: Response,
) -> SessionOut:
    """Sign in with login and password. The session is in a cookie. 登录。"""
    typed = TypedLogin(given.login, given.password, given.code)
    return entered(sign_in(context.begin, context.read, seal, now, typed, source), context, now, request, response)


@router.post("/recipient", status_code=201, responses=responses(SignInRefusedError, ForeignPageError))
def begin_recipients_session(
    given: LinkSignInIn, context: ContextDep, now: Now, request: Request, response: Response
) -> SessionOut:
    """Sign in as a recipient with link and code. 受援人登录。"""
    return entered(sign_in_by_link(context.begin, now, given.link_id, given.code), context, now, request, response)


@router.get("")
def get_session(session: Signed) -> SessionOut:
    """Return the user who is signed in and their session. 当前登录会话。"""
    return shown(session)


@router.delete("", status_code=204, responses=responses(ForeignPageError))
def sign_out(session: Signed, context: ContextDep, now: Now, request: Request, response: Response) -> None:
    """Sign out of the console. The session ends at once. 退出登录。"""
    end_session(context.begin, now, session)
    take_cookie(request, response)


@router.post("/confirm", status_code=204, responses=responses(*REFUSALS))
def confirm_session(
    given: PasswordIn, session: Signed, context: ContextDep, seal: SealDep, now: Now, source: SourceDep
) -> None:
    """Confirm one's password again. For five minutes, acts that require it are allowed. 再次输入密码。"""
    credentials.confirm_session(context.begin, context.read, seal, now, session, given.password, source)


@router.get("/all")
def list_own_sessions(session: Signed, context: ContextDep, now: Now) -> list[OwnPassOut]:
    """List one's own sessions and valid tokens, the newest first. 本人的登录会话和令牌。"""
    return [own_pass(row, session.digest) for row in tokens.list_own(context.read, session.actor, now)]


@router.delete("/all/{token_id}", status_code=204, responses=responses(NotFoundError, ForeignPageError))
def end_own_session(token_id: str, session: Signed, context: ContextDep, now: Now) -> None:
    """End one of one's own sessions or tokens at once. Idempotent. 结束本人的单个登录会话。"""
    tokens.end_own(context.begin, session.actor, now, token_id)


@router.post("/end-others", responses=responses(ForeignPageError))
def end_other_sessions(session: Signed, context: ContextDep, now: Now) -> EndedOut:
    """End all of one's own sessions and tokens except this one. 结束本人的其他登录会话。"""
    return EndedOut(ended=tokens.end_all_own(context.begin, session.actor, now, session.digest))


@router.post("/tokens", status_code=201, responses=responses(PasswordAgainError, InvalidFieldError, ForeignPageError))
def make_own_token(given: TokenIn, session: Signed, context: ContextDep, now: Now) -> TokenOut:
    """Create a token for a program of one's own, shown only once.

    The password must have been confirmed shortly before. 本人令牌。
    """
    life = context.settings.token_life
    made = tokens.give_own(context.begin, session.actor, now, life.of(given.days), given.label)
    return TokenOut(id=made.row.id, token=made.token, expires_at=made.row.expires_at)


def entered(opened: Opened, context: ContextDep, now: datetime, request: Request, response: Response) -> SessionOut:
    """Hand a new session to the browser; the one it had before ends."""
    if earlier := cookie_of(request):
        tokens.end_secret(context.begin, now, earlier)
    give_cookie(request, response, opened, now)
    return shown(opened.session)


def shown(session: Session) -> SessionOut:
    """Return what is shown of a session."""
    actor = session.actor
    return SessionOut(
        user_id=actor.user_id, role=actor.role, centre_id=actor.centre_id, expires_at=session.expires_at,
        idle_until=session.idle_until, confirmed_until=session.confirmed_until,
        verbs=sorted(verb.value for verb in PERMISSIONS[actor.role]),
    )  # fmt: skip
