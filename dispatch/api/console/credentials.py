"""By what one signs in: the invitation, the password, the authenticator."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from dispatch.api.console.guard import Signed, SourceDep, guard
from dispatch.api.console.sessions import REFUSALS, Code, Password, SessionOut, entered
from dispatch.api.dependencies import ContextDep, Now, SealDep
from dispatch.api.problems import responses
from dispatch.api.schemas import In
from dispatch.commands.access import credentials, invitations
from dispatch.commands.access.factors import Enrolment
from dispatch.domain.errors import (
    ForeignPageError,
    InvalidFieldError,
    InvitationEndedError,
    PasswordAgainError,
    SignInRefusedError,
    TooManyTriesError,
)
from dispatch.domain.vocabulary import Role

Invitation = Annotated[
    str, Field(max_length=80, pattern=r"^[\w-]+$", examples=["inv_Zm9yIHRoZSBleGFtcGxlIG9ubHksIG5vdCByZWFs"])
]


class InvitationIn(In):
    """An invitation, as it was handed over; it is never part of an address we ask."""

    invitation: Invitation


class FirstPasswordIn(In):
    """An invitation, the password one wants, and a code of the authenticator where the role needs one."""

    invitation: Invitation
    password: Password
    code: Code = ""


class ChangePasswordIn(In):
    """The current password and the new one."""

    old: Password
    new: Password


class CodeIn(In):
    """A code of the authenticator."""

    code: Code


class AuthenticatorOut(BaseModel):
    """A secret for an authenticator: as text, and as a QR code holds it."""

    secret: str
    uri: str

    @classmethod
    def of(cls, made: Enrolment) -> "AuthenticatorOut":
        """Return what is shown of it."""
        return cls(secret=made.secret, uri=made.uri)


class InvitedOut(BaseModel):
    """Whom an invitation is for."""

    login: str
    role: Role
    expires_at: datetime
    authenticator: Annotated[AuthenticatorOut | None, Field(description="Null: the role needs none. 不需要时为空。")]


class RecoveryOut(BaseModel):
    """Codes for a lost authenticator, each usable once and shown only now."""

    recovery_codes: list[str]


class EnteredOut(RecoveryOut):
    """A session that was begun with a new password."""

    session: SessionOut


router = APIRouter(prefix="/console/session", tags=["sessions 登录会话"], dependencies=[Depends(guard)])


@router.post("/invitation", responses=responses(InvitationEndedError, ForeignPageError))
def look_at_invitation(given: InvitationIn, context: ContextDep, seal: SealDep, now: Now) -> InvitedOut:
    """Return the user an invitation is for. With the secret for the authenticator where one is needed. 查看邀请。"""
    found = invitations.look_at_invitation(context.read, seal, now, given.invitation)
    authenticator = found.enrolment and AuthenticatorOut.of(found.enrolment)
    return InvitedOut(
        login=found.login, role=found.role, expires_at=found.expires_at, authenticator=authenticator
    )  # fmt: skip


@router.post(
    "/invitation/accept",
    status_code=201,
    responses=responses(
        InvitationEndedError, InvalidFieldError, SignInRefusedError, TooManyTriesError, ForeignPageError
    ),
)
def accept_invitation(
    given: FirstPasswordIn, context: ContextDep, seal: SealDep, now: Now, request: Request, response: Response
) -> EnteredOut:
    """Accept an invitation: set the password and sign in.

    Any earlier password, token or session ends. 设置密码并登录。
    """
    made = credentials.accept_invitation(
        context.begin, context.read, seal, now, given.invitation, given.password, given.code
    )
    session = entered(made.opened, context, now, request, response)
    return EnteredOut(session=session, recovery_codes=made.recovery_codes)


@router.post("/password", status_code=204, responses=responses(*REFUSALS, InvalidFieldError))
def change_password(
    given: ChangePasswordIn, session: Signed, context: ContextDep, seal: SealDep, now: Now, source: SourceDep
) -> None:
    """Change one's password. All of one's other sessions and tokens end. 修改密码。"""
    credentials.change_password(context.begin, context.read, seal, now, session, given.old, given.new, source)


@router.get("/authenticator", responses=responses(PasswordAgainError))
def offer_authenticator(session: Signed, context: ContextDep, seal: SealDep) -> AuthenticatorOut:
    """Return a secret for a new authenticator. It counts once a code has proved it. 绑定验证器。"""
    return AuthenticatorOut.of(credentials.offer_authenticator(context.read, seal, session))


@router.post(
    "/authenticator",
    status_code=201,
    responses=responses(PasswordAgainError, SignInRefusedError, ForeignPageError),
)
def prove_authenticator(given: CodeIn, session: Signed, context: ContextDep, seal: SealDep, now: Now) -> RecoveryOut:
    """Confirm a new authenticator with a code. The old one and its recovery codes end. 验证并启用验证器。"""
    codes = credentials.prove_authenticator(context.begin, seal, now, session, given.code)
    return RecoveryOut(recovery_codes=codes)


@router.post("/recovery-codes", status_code=201, responses=responses(PasswordAgainError, ForeignPageError))
def give_recovery_codes(session: Signed, context: ContextDep, seal: SealDep, now: Now) -> RecoveryOut:
    """Create new recovery codes, shown only once. Earlier ones end. 重新生成恢复码。"""
    return RecoveryOut(recovery_codes=credentials.give_recovery_codes(context.begin, seal, now, session))
