"""Managers whom an administrator would let in: another manager says yes or no."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import SECRET, IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.routes.administration.tokens import InvitationOut
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.access import confirmations
from dispatch.domain.errors import NotFoundError, SecondPersonError
from dispatch.domain.permissions import Actor, Verb


class ConfirmationOut(Out):
    """A manager who waits to be let in: made, brought back, or invited anew by an administrator."""

    id: Id
    user_id: Id
    login: Annotated[str, Field(description="Of the manager. 待确认负责人的登录名。", examples=["zhang"])]
    active: Annotated[bool, Field(description="True: in use, and invited anew. 为真的，账号在用，重新邀请。")]
    asked_by: Annotated[str, Field(description="The administrator. 提出的系统管理员。")]
    asked_by_login: Annotated[str, Field(description="Login of the administrator. 系统管理员的登录名。")]
    asked_at: datetime


class DecisionIn(In):
    """Whether the person is known to be a manager of this centre."""

    approve: Annotated[bool, Field(examples=[True])]


router = APIRouter(prefix="/confirmations", tags=["access 权限"], route_class=IdempotentRoute)

MayConfirm = Annotated[Actor, Depends(Permit(Verb.CONFIRM_ACCESS))]


@router.get("")
def list_confirmations(actor: MayConfirm, read: ReadDep, paging: PagingQuery) -> Page[ConfirmationOut]:
    """List the new managers who wait for confirmation, the oldest first. 待确认的负责人账号。"""
    return page_of(ConfirmationOut, confirmations.list_confirmations(read, actor, paging.part))


@router.post("/{confirmation_id}/decision", responses=responses(NotFoundError, SecondPersonError))
def decide_confirmation(
    confirmation_id: str, given: DecisionIn, actor: MayConfirm, begin: BeginDep, now: Now, response: Response
) -> InvitationOut:
    """Confirm or reject a new manager.

    The invitation is shown only here, to be handed to the person. 确认负责人账号。
    """
    response.headers.update(SECRET)
    made = confirmations.decide_confirmation(begin, actor, now, confirmation_id, approve=given.approve)
    return InvitationOut.of(made)
