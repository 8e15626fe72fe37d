"""Assignments, and what their notices say."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, Out, SourceOut
from dispatch.commands.cases import disclosure
from dispatch.domain.errors import NotFoundError
from dispatch.domain.law.citations import shown
from dispatch.domain.law.deadlines import DEADLINES, next_duty
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import CaseOutcome, EndReason, QualityGrade
from dispatch.domain.vocabulary import (
    Matter,
    ModeName,
    PartyRole,
    Service,
    Stage,
)
from dispatch.registry import reads
from dispatch.registry.audit import note
from dispatch.registry.own import assignment as own_assignment
from dispatch.registry.own import narrowed


class AssignmentOut(Out):
    """A practitioner assigned to a seat of a case."""

    id: Id
    case_id: str
    seat: int
    practitioner_id: str
    institution_id: str
    mode: ModeName
    policy_id: str
    run_id: str | None
    decided_by: str | None
    reason: str | None
    assigned_at: datetime
    accepted_at: datetime | None
    signed_at: datetime | None
    begun_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None
    finished_on: date | None
    outcome: CaseOutcome | None
    grade: QualityGrade | None
    stars: int | None


class NoticeOut(BaseModel):
    """Contents of the notice of assignment and of the letter to the case organ. 指派通知书和法律援助公函的内容。"""

    assignment_id: Id
    centre: str
    case_number: str
    matter: Matter
    cause: str
    service: Service
    stage: Stage
    organ: str | None
    recipient: Annotated[str | None, Field(description="Reading it is logged. 查阅留痕。")]
    practitioner: str
    practitioner_code: str
    institution: str
    institution_code: str
    seat: int
    mode: ModeName
    assigned_at: datetime
    basis: Annotated[SourceOut, Field(description="What the assignment is made under. 指派依据。")]


router = APIRouter(prefix="/assignments", tags=["assignments 指派"], route_class=IdempotentRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_ASSIGNMENTS, Verb.READ_OWN_CASE))]


@router.get("")
def list_assignments(
    actor: MayRead,
    read: ReadDep,
    paging: PagingQuery,
    case_id: Annotated[str | None, Query(max_length=32)] = None,
    practitioner_id: Annotated[str | None, Query(max_length=32)] = None,
    live: bool | None = None,
) -> Page[AssignmentOut]:
    """List assignments in the order they were made. Others than staff see their own. 指派列表。"""
    with read() as session:
        whose = narrowed(actor, Verb.READ_ASSIGNMENTS)
        found = reads.assignments(session, actor.centre_id, paging.part, case_id, practitioner_id, live, whose)
    return page_of(AssignmentOut, found)


@router.get("/{assignment_id}", responses=responses(NotFoundError))
def get_assignment(assignment_id: str, actor: MayRead, read: ReadDep) -> AssignmentOut:
    """Return an assignment. 查看指派。"""
    with read() as session:
        return AssignmentOut.model_validate(own_assignment(session, actor, assignment_id))


@router.get("/{assignment_id}/notice", responses=responses(NotFoundError))
def get_notice(
    assignment_id: str,
    actor: MayRead,
    read: ReadDep,
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> NoticeOut:
    """Return the contents of the notice of assignment and the letter to the case organ.

    The access is logged. 指派通知书内容。
    """
    with begin() as tx:
        own_assignment(tx.session, actor, assignment_id)
        found = reads.notice(tx.session, actor.centre_id, assignment_id)
        disclosure.readable_case(tx.session, actor, found.case.id)
        note(tx, actor, disclosure.verb_of(actor), "party", found.case.id, now)
    with read() as session:
        people = {person.role: seal.open(person.sealed) for person in reads.parties(session, found.case.id)}
    return NoticeOut(
        assignment_id=assignment_id,
        centre=found.centre.name,
        case_number=found.case.number,
        recipient=people.get(PartyRole.RECIPIENT, {}).get("name"),
        practitioner=found.practitioner.name,
        practitioner_code=found.practitioner.code,
        institution=found.institution.name,
        institution_code=found.institution.code,
        basis=shown(DEADLINES[next_duty(found.case.source, granted=True)].source),
        **{name: getattr(found.case, name) for name in ("matter", "cause", "service", "stage", "organ")},
        **{name: getattr(found.assignment, name) for name in ("seat", "mode", "assigned_at")},
    )
