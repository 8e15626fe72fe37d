"""Undertaking institutions, suspensions and areas."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from dispatch.api.dependencies import BeginDep, IfMatch, Now, Permit, ReadDep, etag
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import (
    Change,
    Count,
    Id,
    Kept,
    Latitude,
    Longitude,
    Out,
    SuspensionIn,
    SuspensionOut,
)
from dispatch.commands.cases.drafts import Day
from dispatch.commands.roster import entries
from dispatch.domain.errors import (
    IfMatchRequiredError,
    InvalidFieldError,
    NotFoundError,
    StaleError,
    UnknownReferenceError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import LongTitle, Number, Word
from dispatch.domain.vocabulary import InstitutionKind
from dispatch.registry import reads
from dispatch.registry.tables import InstitutionRow


class InstitutionIn(Change):
    """A change of an institution's entry; it applies from the next decision on."""

    name: Annotated[LongTitle | None, Kept] = None
    kind: InstitutionKind | None = None
    area: Word | None = None
    contact: Annotated[
        LongTitle | None, Field(description="Office telephone and address, shown to recipients. 办公电话和地址。")
    ] = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    capacity: Annotated[Count | None, Field(examples=[40], description="Null for no cap. 为空则不限。")] = None
    entered_on: Day | None = None
    left_on: Day | None = None


class InstitutionOut(Out):
    """An undertaking institution."""

    id: Id
    code: str
    name: str
    kind: InstitutionKind | None
    area: str | None
    contact: str | None
    latitude: float | None
    longitude: float | None
    capacity: int | None
    entered_on: date | None
    left_on: date | None
    revision: int


class AreaOut(Out):
    """A county, district or postcode area."""

    code: str
    name: str
    latitude: float | None
    longitude: float | None


router = APIRouter(tags=["roster 名册"], route_class=IdempotentRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_ROSTER))]
MaySuspend = Annotated[Actor, Depends(Permit(Verb.SUSPEND))]


@router.get("/institutions")
def list_institutions(
    actor: MayRead, read: ReadDep, paging: PagingQuery, code: Annotated[Number | None, Query()] = None
) -> Page[InstitutionOut]:
    """List institutions by their code. 承办机构列表。"""
    with read() as session:
        found = reads.institutions(session, actor.centre_id, paging.part, code)
    return page_of(InstitutionOut, found)


@router.get("/institutions/{institution_id}", responses=responses(NotFoundError))
def get_institution(institution_id: str, actor: MayRead, read: ReadDep, response: Response) -> InstitutionOut:
    """Return an institution. 查看承办机构。"""
    with read() as session:
        row = reads.get(session, InstitutionRow, actor.centre_id, institution_id)
    response.headers.update(etag(row.revision))
    return InstitutionOut.model_validate(row)


@router.patch(
    "/institutions/{institution_id}",
    responses=responses(NotFoundError, StaleError, IfMatchRequiredError, InvalidFieldError, UnknownReferenceError),
)
def change_institution(
    institution_id: str,
    change: InstitutionIn,
    actor: Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER))],
    if_match: IfMatch,
    begin: BeginDep,
    now: Now,
    response: Response,
) -> InstitutionOut:
    """Change an institution's entry. It applies from the next decision on. 变更承办机构登记。"""
    row = entries.change_institution(begin, actor, now, institution_id, change.sent(), if_match)
    response.headers.update(etag(row.revision))
    return InstitutionOut.model_validate(row)


@router.post(
    "/institutions/{institution_id}/suspensions", status_code=201, responses=responses(NotFoundError, InvalidFieldError)
)
def suspend_institution(
    institution_id: str, given: SuspensionIn, actor: MaySuspend, begin: BeginDep, now: Now
) -> SuspensionOut:
    """Suspend new assignments to everyone in the institution for a period. 暂停向该机构指派。"""
    row = entries.suspend(begin, actor, now, given.from_on, given.until_on, given.reason, institution_id=institution_id)
    return SuspensionOut.model_validate(row)


@router.get("/suspensions")
def list_suspensions(
    actor: MayRead,
    read: ReadDep,
    paging: PagingQuery,
    practitioner_id: Annotated[str | None, Query(max_length=32)] = None,
    institution_id: Annotated[str | None, Query(max_length=32)] = None,
) -> Page[SuspensionOut]:
    """List suspensions by their first day. 暂停指派记录。"""
    part = paging.part
    with read() as session:
        found = reads.suspensions(session, actor.centre_id, part, practitioner_id, institution_id)
    return page_of(SuspensionOut, found)


@router.post("/suspensions/{suspension_id}/lift", status_code=204, responses=responses(NotFoundError))
def lift_suspension(suspension_id: str, actor: MaySuspend, begin: BeginDep, now: Now) -> None:
    """End a suspension at once. One that has not begun is removed. 解除暂停。"""
    entries.lift(begin, actor, now, suspension_id)


@router.get("/areas")
def list_areas(actor: Annotated[Actor, Depends(Permit(*Verb))], read: ReadDep) -> list[AreaOut]:
    """List the areas of the centre. 本中心地区。"""
    with read() as session:
        return [AreaOut.model_validate(row) for row in reads.areas(session, actor.centre_id)]
