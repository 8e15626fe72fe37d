"""Signing in at an identity provider (OpenID Connect), from the first step to the way back, and one's own identities.

What was begun is kept by the browser, sealed: somebody who only begins, however often, leaves nothing here.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from dispatch.api.console.credentials import InvitationIn
from dispatch.api.console.guard import (
    Signed,
    flow_of,
    forget_flow,
    guard,
    guard_way,
    keep_flow,
    signed_in,
)
from dispatch.api.console.sessions import entered
from dispatch.api.dependencies import AppContext, ContextDep, Now, SealDep
from dispatch.api.problems import responses
from dispatch.api.routes.administration.identities import IdentityOut, provider_of
from dispatch.commands.access import identities
from dispatch.commands.access.invitations import look_at_invitation
from dispatch.commands.access.known import digest_of
from dispatch.commands.access.provider import Begun, Flow, Proved
from dispatch.domain.access.provider import FLOW_LASTS, Purpose
from dispatch.domain.errors import (
    ForeignPageError,
    IdentityBoundError,
    IdentityUnknownError,
    IdentityUnprovedError,
    InvitationEndedError,
    NotFoundError,
    PasswordAgainError,
    ProviderAnswerError,
    ProviderFactorError,
    ProviderMissingError,
    ProviderRefusedError,
    ProviderSilentError,
    SealBrokenError,
    SignInAnewError,
)
from dispatch.domain.permissions import require_confirmed
from dispatch.registry.seal import Seal

BEGIN, BACK = "/console/session/identity/begin", "/console/session/identity/return"
"""The latter is registered at the provider, behind the address this service has for browsers."""

INSIDE = "/console/"
BOUND = "/console/identity?done=bind"
"""The page of one's identities, which says that it is done."""

UNASKED = (ProviderMissingError, ProviderSilentError, ProviderAnswerError)


class ProviderOut(BaseModel):
    """Where people may sign in besides."""

    issuer: Annotated[str, Field(examples=["https://id.example.gov.cn"])]
    begin: Annotated[str, Field(description="A link for the sign-in page. 登录页上的链接。", examples=[BEGIN])]
    sign_out: Annotated[
        str | None,
        Field(
            description="Where one ends the session there, if the provider says. 该平台的退出地址，未提供的为空。",
            examples=["https://id.example.gov.cn/logout?client_id=dispatch"],
        ),
    ]


class WayOut(BaseModel):
    """Where the browser goes on; the provider sends it back."""

    address: Annotated[str, Field(examples=["https://id.example.gov.cn/authorize?client_id=dispatch"])]


GUARDED = [Depends(guard)]
router = APIRouter(prefix="/console/session", tags=["sessions 登录会话"])


@router.get("/identity", dependencies=GUARDED, responses=responses(ProviderMissingError))
def get_identity_provider(context: ContextDep, now: Now) -> ProviderOut:
    """Return the identity provider where people may sign in. 统一身份认证平台。"""
    provider = provider_of(context)
    return ProviderOut(issuer=provider.settings.issuer, begin=BEGIN, sign_out=provider.sign_out_address(now))


@router.get(
    "/identity/begin",
    dependencies=GUARDED,
    status_code=303,
    response_class=RedirectResponse,
    responses=responses(*UNASKED),
)
def begin_identity_sign_in(context: ContextDep, seal: SealDep, now: Now, request: Request) -> RedirectResponse:
    """Redirect the browser to the identity provider to sign in. 前往统一身份认证平台登录。"""
    begun = _begin(context, now, request, Purpose.SIGN_IN)
    answer = RedirectResponse(begun.address, 303)
    keep_flow(request, answer, _sealed(seal, begun.flow), FLOW_LASTS)
    return answer


@router.post("/identity/confirm", dependencies=GUARDED, responses=responses(*UNASKED, ForeignPageError))
def begin_confirmation(
    session: Signed, context: ContextDep, seal: SealDep, now: Now, request: Request, response: Response
) -> WayOut:
    """Begin to confirm one's identity again at the identity provider.

    For five minutes, acts that require it are then allowed. 再次验证身份。
    """
    begun = _begin(context, now, request, Purpose.CONFIRM, session.digest)
    return _way(begun, seal, request, response)


@router.post(
    "/identity/bind", dependencies=GUARDED, responses=responses(*UNASKED, PasswordAgainError, ForeignPageError)
)
def begin_binding(
    session: Signed, context: ContextDep, seal: SealDep, now: Now, request: Request, response: Response
) -> WayOut:
    """Begin to bind one's identity at the identity provider to one's account. 绑定本人的统一身份。"""
    require_confirmed(session.actor)
    begun = _begin(context, now, request, Purpose.BIND, session.digest)
    return _way(begun, seal, request, response)


@router.post(
    "/identity/invitation",
    dependencies=GUARDED,
    responses=responses(*UNASKED, InvitationEndedError, ForeignPageError),
)
def begin_by_invitation(
    given: InvitationIn, context: ContextDep, seal: SealDep, now: Now, request: Request, response: Response
) -> WayOut:
    """Begin to accept an invitation with an identity instead of a password. 凭邀请绑定统一身份，不设密码。"""
    look_at_invitation(context.read, seal, now, given.invitation)
    begun = _begin(context, now, request, Purpose.INVITED, digest_of(given.invitation))
    return _way(begun, seal, request, response)


@router.get(
    "/identity/return",
    dependencies=[Depends(guard_way)],
    status_code=303,
    response_class=RedirectResponse,
    responses=responses(
        *UNASKED, SignInAnewError, ProviderRefusedError, IdentityUnprovedError, IdentityUnknownError,
        IdentityBoundError, ProviderFactorError, InvitationEndedError, PasswordAgainError,
    ),
)  # fmt: skip
def return_from_provider(
    context: ContextDep,
    seal: SealDep,
    now: Now,
    request: Request,
    code: Annotated[str, Query(description="As the provider gave it. 平台返回的授权码。")] = "",
    state: Annotated[str, Query(description="As it was begun with. 发起时的随机值。")] = "",
    iss: Annotated[str | None, Query(description="Who answers (RFC 9207). 平台标识。")] = None,
    error: Annotated[str, Query(description="Why not. 平台返回的错误代码。")] = "",
) -> RedirectResponse:
    """Return from the identity provider. Signed in, confirmed or bound, according to how it was begun. 从平台返回。"""
    flow = _opened(seal, flow_of(request))
    came = {"code": code, "state": state, "error": error} | ({} if iss is None else {"iss": iss})
    proved = provider_of(context).finish(now, flow, came)
    answer = RedirectResponse(BOUND if flow.purpose == Purpose.BIND else INSIDE, 303)
    FINISH[flow.purpose](context, seal, now, flow, proved, request, answer)
    forget_flow(request, answer)
    return answer


@router.get("/identities", dependencies=GUARDED)
def list_own_identities(session: Signed, context: ContextDep) -> list[IdentityOut]:
    """List the identities bound to one's own account. 本人绑定的统一身份。"""
    rows = identities.list_own_identities(context.read, session.actor)
    return [IdentityOut.model_validate(row) for row in rows]


@router.delete(
    "/identities/{identity_id}",
    dependencies=GUARDED,
    status_code=204,
    responses=responses(NotFoundError, PasswordAgainError, ForeignPageError),
)
def unbind_own_identity(identity_id: str, session: Signed, context: ContextDep, now: Now) -> None:
    """Unbind one of one's own identities. One's other sessions and tokens end. 解除本人绑定的统一身份。"""
    identities.unbind_own(context.begin, session, now, identity_id)


def _begin(context: AppContext, now: datetime, request: Request, purpose: Purpose, about: str = "") -> Begun:
    back = f"{request.url.scheme}://{request.url.netloc}{BACK}"
    return provider_of(context).begin(now, purpose, about, back)


def _way(begun: Begun, seal: Seal, request: Request, response: Response) -> WayOut:
    keep_flow(request, response, _sealed(seal, begun.flow), FLOW_LASTS)
    return WayOut(address=begun.address)


def _sealed(seal: Seal, flow: Flow) -> str:
    return urlsafe_b64encode(seal.seal(flow._asdict())).decode()


def _opened(seal: Seal, kept: str) -> Flow:
    try:
        return Flow(**seal.open(urlsafe_b64decode(kept)))
    except (SealBrokenError, NotBase64, ValueError, TypeError):
        raise SignInAnewError from None


def _signed_in(context: AppContext, seal: Seal, now: datetime, flow: Flow, who: Proved, *to: Any) -> None:
    entered(identities.sign_in_by_identity(context.begin, context.read, seal, now, who), context, now, *to)


def _invited(context: AppContext, seal: Seal, now: datetime, flow: Flow, who: Proved, *to: Any) -> None:
    made = identities.accept_invitation_by(context.begin, context.read, seal, now, flow.about, who)
    entered(made, context, now, *to)


def _confirmed(
    context: AppContext, seal: Seal, now: datetime, flow: Flow, who: Proved, request: Request, _: Response
) -> None:
    identities.confirm_by_identity(context.begin, seal, now, _same_session(request, flow), who)


def _bound(
    context: AppContext, seal: Seal, now: datetime, flow: Flow, who: Proved, request: Request, _: Response
) -> None:
    identities.bind_own(context.begin, seal, now, _same_session(request, flow), who)


def _same_session(request: Request, flow: Flow) -> Any:
    session = signed_in(request, None)
    if session.digest != flow.about:
        raise SignInAnewError
    return session


FINISH: dict[str, Callable[..., None]] = {
    Purpose.SIGN_IN: _signed_in,
    Purpose.CONFIRM: _confirmed,
    Purpose.BIND: _bound,
    Purpose.INVITED: _invited,
}
"""What follows, by what it was begun for."""
