"""Identities of users at the identity provider, for the administrator."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from dispatch.api.dependencies import AppContext, BeginDep, ContextDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.access import identities
from dispatch.commands.access.identities import ProviderSubject
from dispatch.commands.access.provider import IdentityProvider
from dispatch.domain.errors import (
    IdentityBoundError,
    InvalidFieldError,
    NotFoundError,
    ProviderMissingError,
    SecondPersonError,
)
from dispatch.domain.permissions import Actor, Verb


class IdentityIn(In):
    """Whom the identity provider knows the user as: its subject (sub), never a name or an address of mail."""

    subject: Annotated[
        str,
        Field(
            min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$", description="平台的用户标识（sub）。",
            examples=["248289761001"],
        ),
    ]  # fmt: skip


class IdentityOut(Out):
    """An identity bound to an account; whose it is at the provider is shown to nobody."""

    id: Id
    issuer: Annotated[str, Field(examples=["https://id.example.gov.cn"])]
    bound_at: datetime
    bound_by: Annotated[Id, Field(description="User who bound it. 绑定操作人。")]


router = APIRouter(prefix="/users/{user_id}/identities", tags=["access 权限"], route_class=IdempotentRoute)

MayManage = Annotated[Actor, Depends(Permit(Verb.MANAGE_USERS))]


def provider_of(context: AppContext) -> IdentityProvider:
    """Return the identity provider, or refuse where none is set up."""
    if context.provider is None:
        raise ProviderMissingError
    return context.provider


@router.get("", responses=responses(NotFoundError))
def list_identities(user_id: str, actor: MayManage, read: ReadDep) -> list[IdentityOut]:
    """List the identities bound to a user, the oldest first. 用户绑定的统一身份。"""
    return [IdentityOut.model_validate(row) for row in identities.list_identities(read, actor, user_id)]


@router.post(
    "",
    status_code=201,
    responses=responses(
        NotFoundError, ProviderMissingError, IdentityBoundError, SecondPersonError, InvalidFieldError
    ),
)  # fmt: skip
def bind_identity(
    user_id: str,
    given: IdentityIn,
    actor: MayManage,
    begin: BeginDep,
    seal: SealDep,
    now: Now,
    context: ContextDep,
) -> IdentityOut:
    """Bind an identity to a user, who then signs in at the identity provider.

    Managers bind their own. 绑定统一身份。
    """
    who = ProviderSubject(provider_of(context).settings.issuer, given.subject)
    return IdentityOut.model_validate(identities.bind(begin, seal, actor, now, user_id, who))


@router.delete("/{identity_id}", status_code=204, responses=responses(NotFoundError))
def unbind_identity(user_id: str, identity_id: str, actor: MayManage, begin: BeginDep, now: Now) -> None:
    """Unbind an identity of a user. Their sessions and tokens end at once. 解除用户绑定的统一身份。"""
    identities.unbind(begin, actor, now, user_id, identity_id)
