"""Tokens and sessions: of a user, for the administrator; and one's own."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, ContextDep, Credentials, Now, Permit, ReadDep
from dispatch.api.idempotency import SECRET, IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.access import digest_of, tokens, users
from dispatch.domain.access.lives import PassKind
from dispatch.domain.errors import InvalidFieldError, NotFoundError, SecondPersonError
from dispatch.domain.permissions import Actor, Verb
from dispatch.registry.tables import TokenRow

Label = Annotated[
    str,
    Field(max_length=40, pattern=r"^[\w.@ -]*$", examples=["case-import"],
          description="To tell it from others; no names of people. 用途说明，不填个人信息。"),
]  # fmt: skip


TOKEN = {"days": 90, "label": "办公系统 case system"}


class TokenIn(In):
    """How long a token lasts, and what it is for."""

    days: Annotated[
        int | None, Field(ge=1, le=36500, examples=[90], description="The usual time, if left out. 不填为默认期限。")
    ] = None
    label: Label = ""


class TokenOut(BaseModel):
    """A token, shown only once."""

    id: Id
    token: str
    expires_at: datetime


class InvitationOut(BaseModel):
    """An invitation to set a password, good once, shown only now; none while another manager has to confirm."""

    invitation: Annotated[
        str | None, Field(description="Null: shown to the manager who confirms. 由确认的负责人取得时为空。")
    ]
    expires_at: datetime | None

    @classmethod
    def of(cls, made: tokens.IssuedToken | None) -> "InvitationOut":
        """Return what is shown of it."""
        return cls(invitation=made and made.token, expires_at=made and made.row.expires_at)


class PassOut(Out):
    """A token or a session, without what it lets in by."""

    id: Id
    kind: PassKind
    label: str
    created_at: datetime
    expires_at: datetime
    used_at: Annotated[
        datetime | None, Field(description="Of a session: when something was last done in it. 登录会话最近使用的时间。")
    ]


class OwnPassOut(PassOut):
    """One's own token or session."""

    current: Annotated[bool, Field(description="Asks right now. 当前使用。")]


class EndedOut(BaseModel):
    """How many were ended."""

    ended: int


router = APIRouter(tags=["access 权限"], route_class=IdempotentRoute)

MayManage = Annotated[Actor, Depends(Permit(Verb.MANAGE_USERS))]
Own = Annotated[Actor, Depends(Permit(Verb.SIGN_IN))]


@router.post(
    "/users/{user_id}/tokens", status_code=201, responses=responses(NotFoundError, InvalidFieldError, SecondPersonError)
)
def issue_token(
    user_id: str,
    actor: MayManage,
    begin: BeginDep,
    now: Now,
    context: ContextDep,
    response: Response,
    given: Annotated[
        TokenIn | None, Body(openapi_examples={"usual": {"summary": "九十天 ninety days", "value": TOKEN}})
    ] = None,
) -> TokenOut:
    """Issue another token for a user, shown only once. Earlier tokens stay valid. 补发令牌，只显示一次。"""
    response.headers.update(SECRET)
    given = given or TokenIn()
    lasts = context.settings.token_life.of(given.days)
    return _issued(users.give_token(begin, actor, now, user_id, lasts, given.label))


@router.get("/users/{user_id}/tokens", responses=responses(NotFoundError))
def list_tokens(user_id: str, actor: MayManage, read: ReadDep, now: Now) -> list[PassOut]:
    """List a user's valid tokens and sessions, the newest first. 用户的有效令牌和登录会话。"""
    return [PassOut.model_validate(row) for row in tokens.list_tokens(read, actor, now, user_id)]


@router.delete("/users/{user_id}/tokens/{token_id}", status_code=204, responses=responses(NotFoundError))
def revoke_token(user_id: str, token_id: str, actor: MayManage, begin: BeginDep, now: Now) -> None:
    """End one token or session of a user at once. Idempotent. 停用单个令牌或者登录会话。"""
    tokens.revoke_token(begin, actor, now, user_id, token_id)


@router.post("/users/{user_id}/invitations", status_code=201, responses=responses(NotFoundError))
def invite_user(user_id: str, actor: MayManage, begin: BeginDep, now: Now, response: Response) -> InvitationOut:
    """Create an invitation for a user to set a password.

    It can be used once; an earlier one ends. 邀请用户设置密码，原邀请失效。
    """
    response.headers.update(SECRET)
    return InvitationOut.of(users.invite(begin, actor, now, user_id))


@router.get("/me/tokens")
def list_own_tokens(actor: Own, read: ReadDep, now: Now, given: Credentials) -> list[OwnPassOut]:
    """List one's own valid tokens and sessions, the newest first. 本人的有效令牌和登录会话。"""
    digest = digest_of(given.credentials) if given else ""
    return [own_pass(row, digest) for row in tokens.list_own(read, actor, now)]


@router.post("/me/tokens/{token_id}/renew", status_code=201, responses=responses(NotFoundError))
def renew_token(
    token_id: str, actor: Own, begin: BeginDep, now: Now, context: ContextDep, response: Response
) -> TokenOut:
    """Replace one of one's own tokens by a new one. The old one ends at once. 更换本人令牌，原令牌立即失效。"""
    response.headers.update(SECRET)
    return _issued(tokens.renew_own(begin, actor, now, token_id, context.settings.token_life))


@router.delete("/me/tokens/{token_id}", status_code=204, responses=responses(NotFoundError))
def end_own_token(token_id: str, actor: Own, begin: BeginDep, now: Now) -> None:
    """End one of one's own tokens or sessions at once. Idempotent. 停用本人的单个令牌或者登录会话。"""
    tokens.end_own(begin, actor, now, token_id)


@router.post("/me/tokens/end")
def end_other_tokens(actor: Own, begin: BeginDep, now: Now, given: Credentials) -> EndedOut:
    """End all of one's own tokens and sessions except the one in use. 停用本人的其他令牌和登录会话。"""
    return EndedOut(ended=tokens.end_all_own(begin, actor, now, digest_of(given.credentials) if given else None))


def own_pass(row: TokenRow, digest: str) -> OwnPassOut:
    """Return what is shown of one's own token, and whether it is the one with this digest."""
    return OwnPassOut(current=row.digest == digest, **PassOut.model_validate(row).model_dump())


def _issued(made: tokens.IssuedToken) -> TokenOut:
    return TokenOut(id=made.row.id, token=made.token, expires_at=made.row.expires_at)
