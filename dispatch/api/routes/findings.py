"""What the nightly check found in the register."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out, Reason
from dispatch.commands import housekeeping
from dispatch.domain.errors import InvalidFieldError, NotFoundError
from dispatch.domain.findings import FindingKind
from dispatch.domain.permissions import Actor, Verb
from dispatch.registry.findings import list_findings as find

MAX_DISMISSED = 200


class FindingOut(Out):
    """An entry that needs attention."""

    id: Id
    kind: FindingKind
    subject: Annotated[
        str,
        Field(
            description="Type of `subject_id`: practitioner, institution, organ, assignment, leave, suspension, clock, "
            "calendar, webhook, amendment. 对象。"
        ),
    ]
    subject_id: str
    facts: dict[str, Any]
    due_on: Annotated[date | None, Field(description="The date concerned. 相关日期。")]
    opened_at: datetime
    closed_at: datetime | None
    dismissed_by: Annotated[str | None, Field(description="Who found that it is nothing. 确认无需处理的用户。")]
    reason: Annotated[str | None, Field(description="Why it is nothing. 无需处理的理由。")]


class DismissIn(In):
    """Findings that are nothing, and why."""

    finding_ids: Annotated[
        list[Id], Field(min_length=1, max_length=MAX_DISMISSED, description="What is set aside. 确认无需处理的提示。")
    ]
    reason: Reason


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
    """List entries of the register that need attention.

    Because facts expire, are missing, or exclude someone permanently. 名册检查结果。
    """
    with read() as session:
        found = find(session, actor.centre_id, paging.part, kind, subject_id, open)
    return page_of(FindingOut, found)


@router.post("/findings/dismiss", responses=responses(NotFoundError, InvalidFieldError))
def dismiss_findings(
    given: DismissIn, actor: Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER))], begin: BeginDep, now: Now
) -> list[FindingOut]:
    """Dismiss several findings on the register with one reason.

    All of them or none. Idempotent. 批量确认不是重复登记。
    """
    rows = housekeeping.dismiss_findings(begin, actor, now, given.finding_ids, given.reason)
    return [FindingOut.model_validate(row) for row in rows]


@router.post("/findings/{finding_id}/dismiss", responses=responses(NotFoundError, InvalidFieldError))
def dismiss_finding(
    finding_id: str, actor: Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER))], begin: BeginDep, now: Now
) -> FindingOut:
    """Dismiss the finding that two entries may be the same.

    They are two, and it is not found again. Idempotent. 确认不是重复登记。
    """
    return FindingOut.model_validate(housekeeping.dismiss_finding(begin, actor, now, finding_id))
