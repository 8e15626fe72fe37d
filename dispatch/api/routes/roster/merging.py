"""Records that look like one person: merged, or told apart; and cases taken for duplicates of others."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from dispatch.api.dependencies import BeginDep, IfMatch, Now, Permit, ReadDep, SealDep, etag
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out, Reason
from dispatch.commands.roster import merging
from dispatch.domain.errors import (
    IfMatchRequiredError,
    InvalidFieldError,
    MergeRefusedError,
    NotFoundError,
    StaleError,
)
from dispatch.domain.permissions import Actor, Verb


class OtherIn(In):
    """Another record, and why it is, or is not, of the same person."""

    other_id: Annotated[Id, Field(description="Id of the other record. 另一条登记。")]
    reason: Reason


class ReasonIn(In):
    """Why a case is not a duplicate."""

    reason: Reason


class AlikeOut(Out):
    """One of two records."""

    id: Id
    code: str
    name: str


class LikenessOut(Out):
    """Two records that may be one person, and what they share: identity number, code or name."""

    one: AlikeOut
    other: AlikeOut
    shared: Annotated[tuple[str, ...], Field(examples=[["name"]])]


class MergedOut(Out):
    """The record that is kept."""

    id: Id
    code: str
    revision: int


class DistinctOut(Out):
    """The decision that two records are of different people."""

    one_id: str
    other_id: str
    reason: str
    decided_at: datetime


router = APIRouter(tags=["roster 名册"], route_class=IdempotentRoute)

MayEdit = Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER))]


@router.get("/likenesses")
def list_likenesses(actor: Annotated[Actor, Depends(Permit(Verb.READ_ROSTER))], read: ReadDep) -> list[LikenessOut]:
    """List records that may be the same person and have not been reviewed. 疑似重复登记的承办人员。"""
    return [LikenessOut.model_validate(each) for each in merging.likenesses(read, actor)]


@router.post(
    "/practitioners/{practitioner_id}/merge",
    responses=responses(NotFoundError, StaleError, IfMatchRequiredError, InvalidFieldError, MergeRefusedError),
)
def merge_practitioner(
    practitioner_id: str,
    given: OtherIn,
    actor: MayEdit,
    if_match: IfMatch,
    begin: BeginDep,
    seal: SealDep,
    now: Now,
    response: Response,
) -> MergedOut:
    """Merge another record of the same person into this one.

    Its cases, turns, offers, absences and users come with it. Idempotent. 合并同一人的两条登记。
    """
    row = merging.merge(begin, seal, actor, now, practitioner_id, given.other_id, given.reason, if_match)
    response.headers.update(etag(row.revision))
    return MergedOut.model_validate(row)


@router.post("/practitioners/{practitioner_id}/distinct", status_code=201, responses=responses(NotFoundError))
def mark_practitioners_distinct(
    practitioner_id: str, given: OtherIn, actor: MayEdit, begin: BeginDep, now: Now
) -> DistinctOut:
    """Record that two practitioners are different people.

    They are no longer listed as possible duplicates. 认定不是同一人。
    """
    row = merging.mark_distinct(begin, actor, now, practitioner_id, given.other_id, given.reason)
    return DistinctOut.model_validate(row)


@router.post(
    "/cases/{case_id}/distinct",
    status_code=204,
    responses=responses(NotFoundError, StaleError, IfMatchRequiredError),
)
def clear_duplicate(
    case_id: str,
    given: ReasonIn,
    actor: Annotated[Actor, Depends(Permit(Verb.EDIT_CASE))],
    if_match: IfMatch,
    begin: BeginDep,
    now: Now,
) -> None:
    """Record that a case is not a duplicate of the one it resembled.

    That is the one named in `duplicate_of`. 认定不是重复案件。
    """
    merging.clear_duplicate(begin, actor, now, case_id, given.reason, if_match)
