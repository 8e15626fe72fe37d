"""What became of entries of the roster: who changed what, when, and since which day it is true."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from dispatch.api.dependencies import Now, Permit, ReadDep, SealDep
from dispatch.api.paging import Page, PagingQuery, cursor_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Out
from dispatch.commands.roster.history import RosterHistory, institution_history, practitioner_history
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.roster.words import RosterAct


class RosterFieldChangeOut(Out):
    """What one field said before and after; null is unknown."""

    field: Annotated[str, Field(examples=["capacity"])]
    before: Annotated[Any, Field(examples=[5])]
    after: Annotated[Any, Field(examples=[8])]


class RosterChangeOut(Out):
    """One change of an entry."""

    id: int
    act: RosterAct
    from_on: Annotated[date, Field(description="Since when it is true. 自何日起。")]
    at: Annotated[datetime, Field(description="When it was recorded. 登记时间。")]
    by: Annotated[str | None, Field(description="Login of who recorded it. 登记人。")]
    reason: str | None
    changes: list[RosterFieldChangeOut]


router = APIRouter(tags=["roster 名册"])

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_ROSTER, Verb.READ_OWN_ROSTER))]


@router.get("/practitioners/{practitioner_id}/history", responses=responses(NotFoundError))
def list_practitioner_history(
    practitioner_id: str, actor: MayRead, read: ReadDep, seal: SealDep, now: Now, paging: PagingQuery
) -> Page[RosterChangeOut]:
    """List the changes of a practitioner's entry, oldest first. 承办人员登记变更记录。"""
    return _page(practitioner_history(read, seal, actor, now, practitioner_id, paging.part))


@router.get("/institutions/{institution_id}/history", responses=responses(NotFoundError))
def list_institution_history(
    institution_id: str, actor: MayRead, read: ReadDep, seal: SealDep, paging: PagingQuery
) -> Page[RosterChangeOut]:
    """List the changes of an institution's entry, oldest first. 承办机构登记变更记录。"""
    return _page(institution_history(read, seal, actor, institution_id, paging.part))


def _page(found: RosterHistory) -> Page[RosterChangeOut]:
    items = [RosterChangeOut.model_validate(row) for row in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)
