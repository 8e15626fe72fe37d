"""Assignments, and what their notices say."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.paging import Page, PagingQuery, cursor_of
from dispatch.api.problems import responses
from dispatch.api.replay import ReplayRoute
from dispatch.api.schemas import AssignmentOut
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb
from dispatch.registry import reads
from dispatch.registry.reads import Slice
from dispatch.registry.tables import AssignmentRow

router = APIRouter(prefix="/assignments", tags=["assignments 指派"], route_class=ReplayRoute)


@router.get("")
def list_assignments(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_ASSIGNMENTS))],
    read: ReadDep,
    paging: PagingQuery,
    case_id: Annotated[str | None, Query(max_length=32)] = None,
    practitioner_id: Annotated[str | None, Query(max_length=32)] = None,
    live: bool | None = None,
) -> Page[AssignmentOut]:
    """List assignments in the order they were made. 指派列表。"""
    with read() as session:
        part = Slice(paging.limit, paging.after)
        found = reads.assignments(session, actor.centre_id, part, case_id, practitioner_id, live)
    items = [AssignmentOut.model_validate(row) for row in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


@router.get("/{assignment_id}", responses=responses(NotFoundError))
def get_assignment(
    assignment_id: str, actor: Annotated[Actor, Depends(Permit(Verb.READ_ASSIGNMENTS))], read: ReadDep
) -> AssignmentOut:
    """Return an assignment. 查看指派。"""
    with read() as session:
        return AssignmentOut.model_validate(reads.get(session, AssignmentRow, actor.centre_id, assignment_id))
