"""Links: a recipient's way to their own case, and what they find there."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import SECRET, IdempotentRoute
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.own import ActOut, act_of
from dispatch.api.routes.wishes import WishPlaceOut
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.access import links
from dispatch.commands.recipient_page import Counsel, Owed, RecipientPage, recipient_page
from dispatch.domain.errors import NotFoundError, PolicyMissingError
from dispatch.domain.law.aid_first import Material
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.plain_words import HOW_CHOSEN, NEXT_STEP, choosing_in_words, owed_in_words
from dispatch.domain.vocabulary import ModeName, Status


class LinkIn(In):
    """How long the link is valid."""

    days: Annotated[int, Field(ge=1, le=60, examples=[7])] = 7


class LinkOut(Out):
    """A recipient's link; its code and token are shown only once."""

    id: Id
    case_id: str
    code: Annotated[str, Field(examples=["7KQ2M9XWPT4R"])]
    token: Annotated[str, Field(description="Bearer token of the recipient. 受援人令牌。")]
    expires_at: datetime


class LinkStateOut(Out):
    """A recipient's link, without its code."""

    id: Id
    case_id: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class CounselOut(BaseModel):
    """Who acts for the recipient, how to reach them, and why they were chosen, in plain words."""

    name: Annotated[str, Field(examples=["示例律师"])]
    institution: Annotated[str, Field(examples=["示例律师事务所"])]
    contact: Annotated[
        str | None, Field(description="Office telephone and address, else the institution's. 办公电话和地址。")
    ]
    accepted: bool
    mode: ModeName
    why: Annotated[str, Field(examples=["由您点援选定。"])]


class NamedWishOut(BaseModel):
    """Who was chosen, and what becomes of it, in words."""

    name: Annotated[str, Field(examples=["示例律师"])]
    place: WishPlaceOut


class OwedOut(BaseModel):
    """Papers that aid did not wait for and that are still to be handed in, in plain words."""

    materials: list[Material]
    due_on: Annotated[date, Field(description="Until the end of this day. 补交的最后一日。")]
    text: Annotated[
        str,
        Field(examples=["已先行为您提供法律援助，请在2026年12月7日（含当日）前向法律援助机构补交下列材料：身份证明。"]),
    ]


class RecipientPageOut(BaseModel):
    """A recipient's own case in plain words; of ids there are only those in addresses."""

    number: str
    status: Status
    state: Annotated[str, Field(description="The state in words. 办理状态。", examples=["已指派"])]
    next_step: Annotated[str, Field(description="What comes next. 下一步。")]
    due_at: Annotated[datetime | None, Field(description="Until when someone is to be named. 应当指派的期限。")]
    choose_until: Annotated[
        datetime | None,
        Field(description="Until when practitioners may be chosen, or the choice changed. 点援截止时间。"),
    ]
    wishes: Annotated[list[NamedWishOut], Field(description="The most wished first. 点援意愿。")]
    counsel: list[CounselOut]
    owed: Annotated[OwedOut | None, Field(description="Null if nothing is owed. 尚未补交的材料。")]
    documents: Annotated[
        str,
        Field(
            description="Where the documents addressed to the recipient are listed. 受援人可以查阅的文书。",
            examples=["/v1/cases/0f8fad5bd9cb469fa16570867728950e/documents"],
        ),
    ]
    may: list[ActOut]


router = APIRouter(tags=["links 受援人链接"], route_class=IdempotentRoute)

MayLink = Annotated[Actor, Depends(Permit(Verb.MAKE_LINK))]


@router.post("/cases/{case_id}/links", status_code=201, responses=responses(NotFoundError))
def create_link(
    case_id: str,
    asked: LinkIn,
    actor: MayLink,
    begin: BeginDep,
    now: Now,
    response: Response,
) -> LinkOut:
    """Create a recipient's link and code, shown only once. An earlier link ends. 开通受援人链接，原链接失效。"""
    response.headers.update(SECRET)
    return LinkOut.model_validate(links.create_link(begin, actor, now, case_id, timedelta(days=asked.days)))


@router.get("/cases/{case_id}/links", responses=responses(NotFoundError))
def list_links(case_id: str, actor: MayLink, read: ReadDep) -> list[LinkStateOut]:
    """List the recipient's links of a case, the newest first, without their codes. 案件的受援人链接。"""
    return [LinkStateOut.model_validate(row) for row in links.list_links(read, actor, case_id)]


@router.post("/links/{link_id}/revoke", responses=responses(NotFoundError))
def revoke_link(link_id: str, actor: MayLink, begin: BeginDep, now: Now) -> LinkStateOut:
    """End a recipient's link and its sessions at once. Idempotent. 停用受援人链接。"""
    return LinkStateOut.model_validate(links.revoke_link(begin, actor, now, link_id))


@router.get("/links/{link_id}", responses=responses(NotFoundError, PolicyMissingError))
def get_recipient_page(
    link_id: str,
    request: Request,
    actor: Annotated[Actor, Depends(Permit(Verb.WISH, Verb.READ_CASE))],
    read: ReadDep,
    seal: SealDep,
    now: Now,
) -> RecipientPageOut:
    """Return the recipient's own case in plain words.

    Its state, the next step, who acts for them and why, and papers still to be handed in. 受援人查看本人案件。
    """
    return page_of_recipient(recipient_page(read, seal, actor, now, link_id), language_of(request))


def page_of_recipient(page: RecipientPage, language: str) -> RecipientPageOut:
    """Return what a recipient is told, in words."""
    return RecipientPageOut(
        number=page.number,
        status=page.status,
        state=page.status.label(language),
        next_step=_next_step(page, language),
        choose_until=page.choosing and page.choosing.until,
        due_at=page.due_at,
        wishes=[NamedWishOut(name=each.name, place=WishPlaceOut.of(each.place, language)) for each in page.wishes],
        counsel=[_counsel(each, language) for each in page.counsel],
        owed=page.owed and _owed(page.owed, language),
        documents=f"/v1/cases/{page.case_id}/documents",
        may=[act_of(act, {"case_id": page.case_id}) for act in page.may],
    )


def _next_step(page: RecipientPage, language: str) -> str:
    if page.choosing is None:
        return NEXT_STEP[page.status].label(language)
    return choosing_in_words(page.choosing.until, chosen=page.choosing.chosen, language=language)


def _owed(owed: Owed, language: str) -> OwedOut:
    text = owed_in_words(owed.materials, owed.due_on, overdue=owed.overdue, language=language)
    return OwedOut(materials=list(owed.materials), due_on=owed.due_on, text=text)


def _counsel(each: Counsel, language: str) -> CounselOut:
    why = HOW_CHOSEN[each.mode].label(language)
    if each.pool:
        why += f"符合条件的共{each.pool}人。" if language == "zh" else f" {each.pool} could have taken the case."
    return CounselOut(
        name=each.name,
        institution=each.institution,
        contact=each.contact,
        accepted=each.accepted,
        mode=each.mode,
        why=why,
    )
