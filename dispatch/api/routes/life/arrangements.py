"""The institution's step: cases given to institutions, and the person each arranges."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import language_of, responses
from dispatch.api.schemas import Id, In, Out, Reason, RefusalOut
from dispatch.commands.cases.drafts import Instant
from dispatch.commands.life import arrangements
from dispatch.commands.life.arrangements import ArrangementChoice
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    NotEligibleError,
    NotFoundError,
    PolicyMissingError,
    ReasonRequiredError,
)
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.states import ArrangementState, GivingBack
from dispatch.registry import reads


class EntrustIn(In):
    """The institution that is to arrange its person; by when, if the notice names another moment than the law."""

    institution_id: Id
    reason: Reason
    arrange_by: Annotated[Instant | None, Field(examples=["2026-11-25T18:00:00+08:00"])] = None


class ArrangeIn(In):
    """The person the institution arranges."""

    practitioner_id: Id


class DeclineIn(In):
    """Why the institution gives the case back."""

    reason: Annotated[GivingBack, Field(examples=["conflict"])]


class ArrangementOut(Out):
    """A case given to an institution, until when it is to arrange its person, and what became of it."""

    id: Id
    case_id: str
    seat: int
    institution_id: str
    state: ArrangementState
    reason: GivingBack | None
    note: str | None
    entrusted_at: datetime
    due_at: datetime
    ended_at: datetime | None
    assignment_id: str | None


class PersonToArrangeOut(BaseModel):
    """Somebody of the institution."""

    practitioner_id: Id
    code: str
    name: str
    refusals: Annotated[list[RefusalOut], Field(description="Empty if they may take it. 空数组表示可以安排。")]

    @classmethod
    def of(cls, each: ArrangementChoice, language: str) -> "PersonToArrangeOut":
        """Return somebody in the language."""
        person, refusals = each.person, [RefusalOut.of(why, language) for why in each.refusals]
        return cls(practitioner_id=person.id, code=person.code, name=person.name, refusals=refusals)


router = APIRouter(tags=["arrangements 安排"], route_class=IdempotentRoute)

MayArrange = Annotated[Actor, Depends(Permit(Verb.ARRANGE))]


@router.post(
    "/cases/{case_id}/institution",
    status_code=201,
    responses=responses(
        NotFoundError,
        NotEligibleError,
        IllegalTransitionError,
        InvalidFieldError,
        ReasonRequiredError,
        PolicyMissingError,
    ),
)
def entrust_case(
    case_id: str, given: EntrustIn, actor: Annotated[Actor, Depends(Permit(Verb.DESIGNATE))], begin: BeginDep, now: Now
) -> ArrangementOut:
    """Assign a waiting case to an institution.

    It arranges which of its people takes the case within the time allowed. 指派承办机构。
    """
    row = arrangements.entrust(begin, actor, now, case_id, given.institution_id, given.reason, given.arrange_by)
    return ArrangementOut.model_validate(row)


@router.get("/arrangements")
def list_arrangements(
    actor: MayArrange, read: ReadDep, paging: PagingQuery, state: ArrangementState | None = None
) -> Page[ArrangementOut]:
    """List cases given to institutions to arrange, oldest first. An institution sees its own. 待安排案件。"""
    whose = None if Verb.DESIGNATE in PERMISSIONS[actor.role] else actor.institution_id or ""
    with read() as session:
        found = reads.arrangements(session, actor.centre_id, paging.part, whose, state)
    return page_of(ArrangementOut, found)


@router.get("/arrangements/{arrangement_id}/people", responses=responses(NotFoundError, PolicyMissingError))
def list_people_to_arrange(
    arrangement_id: str, request: Request, actor: MayArrange, read: ReadDep, now: Now
) -> list[PersonToArrangeOut]:
    """List an institution's people for a case, with what excludes each of them.

    Those who may take it come first. 可以安排的人员。
    """
    found = arrangements.choices(read, actor, now, arrangement_id)
    return [PersonToArrangeOut.of(each, language_of(request)) for each in found]


@router.post(
    "/arrangements/{arrangement_id}/person",
    responses=responses(NotFoundError, NotEligibleError, IllegalTransitionError, PolicyMissingError),
)
def arrange_person(
    arrangement_id: str, given: ArrangeIn, actor: MayArrange, begin: BeginDep, now: Now
) -> ArrangementOut:
    """Arrange which of the institution's people takes a case. The case is assigned to them. 安排承办人员。"""
    row = arrangements.arrange(begin, actor, now, arrangement_id, given.practitioner_id)
    return ArrangementOut.model_validate(row)


@router.post(
    "/arrangements/{arrangement_id}/decline",
    responses=responses(NotFoundError, IllegalTransitionError, PolicyMissingError),
)
def decline_arrangement(
    arrangement_id: str, given: DeclineIn, actor: MayArrange, begin: BeginDep, now: Now
) -> ArrangementOut:
    """Give a case back as the institution. The case goes on to others. 承办机构申请变更指派。"""
    return ArrangementOut.model_validate(arrangements.decline(begin, actor, now, arrangement_id, given.reason))
