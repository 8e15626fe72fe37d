"""Practitioners: looked up as of any day, changed from today on, on leave, suspended."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from dispatch.api.dependencies import BeginDep, IfMatch, Now, Permit, ReadDep, etag
from dispatch.api.paging import Page, PagingQuery, cursor_of, page_of
from dispatch.api.problems import responses
from dispatch.api.replay import ReplayRoute
from dispatch.api.roster_schemas import (
    AttributesOut,
    LeaveIn,
    LeaveOut,
    PractitionerIn,
    PractitionerOut,
    SuspensionIn,
    SuspensionOut,
)
from dispatch.commands import roster
from dispatch.domain.errors import (
    IfMatchRequiredError,
    InvalidFieldError,
    NotFoundError,
    StaleError,
    UnknownReferenceError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.registry import reads
from dispatch.registry.roster import read_day
from dispatch.registry.tables import AttributesRow, PractitionerRow

router = APIRouter(prefix="/practitioners", tags=["roster 名册"], route_class=ReplayRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_ROSTER))]
MayReadOne = Annotated[Actor, Depends(Permit(Verb.READ_ROSTER, Verb.READ_OWN_ROSTER))]
MayEdit = Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER, Verb.EDIT_OWN_ROSTER, Verb.REPORT_LEAVE))]
AsOf = Annotated[date | None, Query(description="The day to look at; today, if left out. 查询日期，不填为今天。")]


@router.get("")
def list_practitioners(
    actor: MayRead,
    read: ReadDep,
    now: Now,
    paging: PagingQuery,
    as_of: AsOf = None,
    code: Annotated[str | None, Query(max_length=60)] = None,
) -> Page[PractitionerOut]:
    """List practitioners by their code, with what was true of them on a day. 承办人员列表。"""
    with read() as session:
        day = as_of or read_day(session, actor.centre_id, now).today
        found = reads.practitioners(session, actor.centre_id, paging.part, code)
        stated = reads.attributes(session, [row.id for row in found.rows], day)
    items = [_practitioner(row, stated.get(row.id)) for row in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


@router.get("/{practitioner_id}", responses=responses(NotFoundError))
def get_practitioner(
    practitioner_id: str, actor: MayReadOne, read: ReadDep, now: Now, response: Response, as_of: AsOf = None
) -> PractitionerOut:
    """Return a practitioner, with what was true of them on a day. 查看承办人员。"""
    with read() as session:
        day = as_of or read_day(session, actor.centre_id, now).today
        row, stated = reads.roster_entry(session, actor, practitioner_id, day)
    response.headers.update(etag(row.revision))
    return _practitioner(row, stated)


@router.patch(
    "/{practitioner_id}",
    responses=responses(NotFoundError, StaleError, IfMatchRequiredError, InvalidFieldError, UnknownReferenceError),
)
def change_practitioner(
    practitioner_id: str,
    change: PractitionerIn,
    actor: MayEdit,
    if_match: IfMatch,
    begin: BeginDep,
    read: ReadDep,
    now: Now,
    response: Response,
) -> PractitionerOut:
    """Change what is true from today on; decisions made before keep what they saw. 变更登记，即日生效。"""
    row = roster.change_attributes(begin, actor, now, practitioner_id, change.told(), if_match)
    with read() as session:
        stated = reads.attributes(session, [row.id], read_day(session, actor.centre_id, now).today)
    response.headers.update(etag(row.revision))
    return _practitioner(row, stated.get(row.id))


@router.get("/{practitioner_id}/leaves", responses=responses(NotFoundError))
def list_leaves(
    practitioner_id: str, actor: MayReadOne, read: ReadDep, now: Now, paging: PagingQuery
) -> Page[LeaveOut]:
    """List leaves by their first day. 休假记录。"""
    with read() as session:
        reads.roster_entry(session, actor, practitioner_id, read_day(session, actor.centre_id, now).today)
        found = reads.leaves(session, actor.centre_id, practitioner_id, paging.part)
    return page_of(LeaveOut, found)


@router.post("/{practitioner_id}/leaves", status_code=201, responses=responses(NotFoundError, InvalidFieldError))
def report_leave(
    practitioner_id: str,
    leave: LeaveIn,
    actor: Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER, Verb.REPORT_LEAVE))],
    begin: BeginDep,
    now: Now,
) -> LeaveOut:
    """Write down a leave, both days included; no new case comes meanwhile. 登记休假。"""
    row = roster.set_leave(begin, actor, now, practitioner_id, leave.from_on, leave.until_on)
    return LeaveOut.model_validate(row)


@router.post("/{practitioner_id}/suspensions", status_code=201, responses=responses(NotFoundError, InvalidFieldError))
def suspend_practitioner(
    practitioner_id: str,
    given: SuspensionIn,
    actor: Annotated[Actor, Depends(Permit(Verb.SUSPEND))],
    begin: BeginDep,
    now: Now,
) -> SuspensionOut:
    """Keep new cases away for a time; cases in hand stay. 暂停指派。"""
    row = roster.suspend(
        begin, actor, now, given.from_on, given.until_on, given.reason, practitioner_id=practitioner_id
    )
    return SuspensionOut.model_validate(row)


def _practitioner(row: PractitionerRow, stated: AttributesRow | None) -> PractitionerOut:
    known = AttributesOut.model_validate(stated) if stated else None
    return PractitionerOut(**row.model_dump(include=set(PractitionerOut.model_fields)), attributes=known)
