"""How practitioners answer offers: one by one and over the centre, by reason and over a period."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from dispatch.api.dependencies import Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, cursor_of
from dispatch.api.problems import responses
from dispatch.commands.cases.drafts import Day
from dispatch.commands.offers import acceptance
from dispatch.domain.errors import InvalidFieldError, NotFoundError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import GivingBack

router = APIRouter(tags=["offers 征询"], route_class=IdempotentRoute)

From = Annotated[
    Day | None, Query(description="First day; 1 January of the last day's year, if left out. 第一天的日期。")
]
Until = Annotated[Day | None, Query(description="Last day, included; today, if left out. 最后一天的日期（含）。")]


class AcceptanceOut(BaseModel):
    """Outcomes of the offers made in a period."""

    practitioner_id: Annotated[str | None, Field(description="Null for the centre as a whole. 全中心为空。")]
    from_on: date
    until_on: date
    made: int
    accepted: int
    declined: int
    expired: int
    withdrawn: Annotated[
        int, Field(description="Another practitioner accepted first, or the case left the queue. 征询被撤回。")
    ]
    pending: int
    rate: Annotated[
        float | None, Field(description="Accepted offers as a share of accepted, declined and expired ones. 接受率。")
    ]
    median_answer_s: Annotated[
        float | None, Field(description="Median seconds until an answer. 答复时长中位数（秒）。")
    ]
    declined_because: dict[GivingBack, int]
    abandoned: Annotated[int, Field(description="Given back after acceptance. 接受后申请变更指派。")]
    abandoned_because: dict[GivingBack, int]


class AcceptancePage(Page[AcceptanceOut]):
    """A page of practitioners, with the totals of the centre."""

    total: AcceptanceOut


@router.get("/practitioners/{practitioner_id}/acceptance", responses=responses(NotFoundError, InvalidFieldError))
def get_acceptance(
    practitioner_id: str,
    actor: Annotated[Actor, Depends(Permit(Verb.READ_ROSTER, Verb.READ_OWN_ROSTER))],
    read: ReadDep,
    now: Now,
    from_on: From = None,
    until_on: Until = None,
) -> AcceptanceOut:
    """Return a practitioner's answers to offers in a period, with their reasons. 接受情况统计。"""
    return _out(acceptance.acceptance(read, actor, now, practitioner_id, from_on, until_on))


@router.get("/acceptance", responses=responses(InvalidFieldError))
def list_acceptance(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_ROSTER))],
    read: ReadDep,
    now: Now,
    paging: PagingQuery,
    from_on: From = None,
    until_on: Until = None,
) -> AcceptancePage:
    """List practitioners' answers to offers in a period, with the totals of the centre. 全中心接受情况统计。"""
    found = acceptance.acceptances(read, actor, now, from_on, until_on, paging.part)
    return AcceptancePage(
        total=_out(found.total),
        items=[_out(row) for row in found.rows],
        next=cursor_of(*found.last) if found.last else None,
    )


def _out(answers: acceptance.Answers) -> AcceptanceOut:
    period = answers.period._asdict()
    return AcceptanceOut(practitioner_id=answers.practitioner_id, **period, **answers.reported._asdict())
