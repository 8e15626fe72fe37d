"""Notices of case organs (通知辩护、通知代理): sent, followed, and taken back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Newest, Page, PagingQuery, cursor_of
from dispatch.api.problems import responses
from dispatch.api.routes.life.decisions import WithdrawIn
from dispatch.api.schemas import Estimated, Id, Out, SourceText
from dispatch.commands.cases import notices
from dispatch.commands.cases.drafts import NoticeDraft
from dispatch.commands.life import ends
from dispatch.commands.roster.contacts import contact_of
from dispatch.domain.documents import CAPACITY
from dispatch.domain.errors import (
    DuplicateNumberError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    PolicyMissingError,
    UnknownReferenceError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import CaseSource, Service, Stage, Status
from dispatch.registry.seal import Seal


class NoticeCounselOut(BaseModel):
    """Who was assigned, as the letter to the organ says it."""

    practitioner: Annotated[str, Field(examples=["示例律师"])]
    practitioner_code: Annotated[str, Field(description="Licence number. 执业证号。")]
    institution: Annotated[str, Field(examples=["示例律师事务所"])]
    contact: Annotated[
        str | None, Field(description="Their own, or their institution's. 承办人员或者承办机构的联系方式。")
    ]
    capacity: Annotated[str | None, Field(description="In which capacity they act. 诉讼地位。", examples=["辩护人"])]
    assigned_at: datetime
    accepted: bool


class NoticeOut(Out):
    """A notice as the organ follows it: how far the case has come, until when someone is due, who it is."""

    id: Id
    number: str
    status: Status
    source: CaseSource
    service: Service
    stage: Stage
    received_at: datetime
    due_at: Annotated[datetime | None, Field(description="Until when someone is to be assigned. 应当指派的期限。")]
    due_estimated: Estimated
    due_source: SourceText
    counsel: list[NoticeCounselOut]


router = APIRouter(prefix="/notices", tags=["notices 通知"], route_class=IdempotentRoute)

MaySend = Annotated[Actor, Depends(Permit(Verb.SEND_NOTICE))]

EXAMPLE = {
    "number": "示刑援通〔2026〕12号",
    "cause": "theft",
    "stage": "first_instance",
    "area": "411402",
    "recipient": {"name": "张某", "sex": "male", "minor": True},
}


@router.post(
    "",
    status_code=201,
    responses=responses(DuplicateNumberError, InvalidFieldError, UnknownReferenceError, PolicyMissingError),
)
def send_notice(
    draft: Annotated[
        NoticeDraft, Body(openapi_examples={"minor": {"summary": "未成年被告人 a minor", "value": EXAMPLE}})
    ],
    actor: MaySend,
    begin: BeginDep,
    seal: SealDep,
    now: Now,
    response: Response,
) -> NoticeOut:
    """Send a case organ's notice that a defender or an agent must be assigned.

    The time limit to assign runs from its receipt. The case organ is the sender's own. Sending it again returns the
    existing notice. 通知辩护、通知代理。
    """
    notice = notices.send_notice(begin, seal, actor, now, draft)
    response.headers["Location"] = f"/v1/notices/{notice.case.id}"
    return _notice(notice, seal)


@router.get("")
def list_notices(
    actor: MaySend,
    read: ReadDep,
    seal: SealDep,
    paging: PagingQuery,
    newest: Newest = False,
) -> Page[NoticeOut]:
    """List the notices of one's own case organ by number. 本机关发出的通知。"""
    rows, found = notices.list_notices(read, actor, paging.part, newest=newest)
    return Page(items=[_notice(each, seal) for each in rows], next=cursor_of(*found.last) if found.last else None)


@router.get("/{notice_id}", responses=responses(NotFoundError))
def get_notice(notice_id: str, actor: MaySend, read: ReadDep, seal: SealDep) -> NoticeOut:
    """Return the progress of a notice, and who was assigned. 查看通知的办理情况。"""
    return _notice(notices.read_notice(read, actor, notice_id), seal)


@router.post("/{notice_id}/withdraw", responses=responses(NotFoundError, IllegalTransitionError, PolicyMissingError))
def withdraw_notice(
    notice_id: str, given: WithdrawIn, actor: MaySend, read: ReadDep, begin: BeginDep, seal: SealDep, now: Now
) -> NoticeOut:
    """Withdraw a notice while nobody has been assigned. 撤回通知。"""
    ends.rescind(begin, seal, actor, now, notice_id, given.text)
    return _notice(notices.read_notice(read, actor, notice_id), seal)


def _notice(notice: notices.OrganNotice, seal: Seal) -> NoticeOut:
    case = notice.case
    counsel = [
        NoticeCounselOut(
            practitioner=each.practitioner.name,
            practitioner_code=each.practitioner.code,
            institution=each.institution.name,
            contact=contact_of(seal, each.practitioner.sealed, each.institution.contact),
            capacity=CAPACITY.get(case.service),
            assigned_at=each.assignment.assigned_at,
            accepted=each.assignment.accepted_at is not None,
        )
        for each in notice.counsel
    ]
    return NoticeOut(
        counsel=counsel, **{name: getattr(case, name) for name in NoticeOut.model_fields if name != "counsel"}
    )
