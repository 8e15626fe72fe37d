"""Assignments."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, Out
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import CaseOutcome, EndReason, QualityGrade
from dispatch.domain.vocabulary import (
    ModeName,
)
from dispatch.registry import reads
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
    """List assignments in the order they were made. Practitioners and institutions see only their own. 指派列表。"""
    with read() as session:
        whose = narrowed(actor, Verb.READ_ASSIGNMENTS)
        found = reads.assignments(session, actor.centre_id, paging.part, case_id, practitioner_id, live, whose)
    return page_of(AssignmentOut, found)


@router.get("/{assignment_id}", responses=responses(NotFoundError))
def get_assignment(assignment_id: str, actor: MayRead, read: ReadDep) -> AssignmentOut:
    """Return an assignment. 查看指派。"""
    with read() as session:
        return AssignmentOut.model_validate(own_assignment(session, actor, assignment_id))
