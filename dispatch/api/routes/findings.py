"""What the nightly check found in the register."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.schemas import Id, Out
from dispatch.domain.findings import FindingKind
from dispatch.domain.permissions import Actor, Verb
from dispatch.registry.findings import list_findings as find


class FindingOut(Out):
    """An entry that needs attention."""

    id: Id
    kind: FindingKind
    subject: Annotated[
        str,
        Field(description="Type of `subject_id`: practitioner, leave, suspension, clock, calendar, webhook. 对象。"),
    ]
    subject_id: str
    facts: dict[str, Any]
    due_on: Annotated[date | None, Field(description="The date concerned. 相关日期。")]
    opened_at: datetime
    closed_at: datetime | None


router = APIRouter(prefix="/registry", tags=["roster 名册"], route_class=IdempotentRoute)


@router.get("/findings")
def list_findings(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_ROSTER))],
    read: ReadDep,
    paging: PagingQuery,
    kind: FindingKind | None = None,
    subject_id: Annotated[str | None, Query(max_length=32)] = None,
    open: Annotated[bool | None, Query(description="Only open findings, or only closed ones. 是否未消除。")] = None,
) -> Page[FindingOut]:
    """List entries that need attention: facts that expire, are missing, or exclude someone permanently.

    名册检查结果。
    """
    with read() as session:
        found = find(session, actor.centre_id, paging.part, kind, subject_id, open)
    return page_of(FindingOut, found)
