"""Which fund pays for a case: applied for, and the result."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.routes.life.decisions import CorrectionIn
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.cases.drafts import Day
from dispatch.commands.funds import fundings
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    PolicyMissingError,
    StepOutOfOrderError,
)
from dispatch.domain.funds.sources import FundingState, FundSource
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import Name
from dispatch.domain.vocabulary import Category


class FundingIn(In):
    """Which fund is to pay for the case."""

    source: Annotated[FundSource, Field(examples=["lottery"])]


class FundingDecisionIn(In):
    """The result of the application, the day of it, and its number where it has one."""

    approve: Annotated[bool, Field(examples=[True])]
    on: Annotated[Day | None, Field(description="Today, if left out. 批准之日。")] = None
    reference: Annotated[Name | None, Field(examples=["豫援彩〔2026〕12号"])] = None


class FundingOut(Out):
    """An application to let a fund pay for a case, and its result."""

    id: Id
    case_id: Id
    source: FundSource
    recipient_group: Annotated[Category | None, Field(description="By which the fund may pay. 符合的人群。")]
    state: FundingState
    applied_at: datetime
    decided_on: date | None
    reference: str | None


router = APIRouter(tags=["funds 经费"], route_class=IdempotentRoute)

MayFund = Annotated[Actor, Depends(Permit(Verb.FUND))]
REFUSALS = responses(NotFoundError, IllegalTransitionError, InvalidFieldError, StepOutOfOrderError, PolicyMissingError)


@router.post("/cases/{case_id}/fundings", status_code=201, responses=REFUSALS)
def apply_for_fund(
    case_id: str, given: FundingIn, actor: MayFund, begin: BeginDep, seal: SealDep, now: Now
) -> FundingOut:
    """Apply for a fund to pay for a case.

    For example the legal aid project of the central lottery fund. 申报项目资金。
    """
    return FundingOut.model_validate(fundings.apply(begin, seal, actor, now, case_id, given.source))


@router.get("/cases/{case_id}/fundings", responses=responses(NotFoundError))
def list_fundings(
    case_id: str, actor: Annotated[Actor, Depends(Permit(Verb.READ_CASE))], read: ReadDep
) -> list[FundingOut]:
    """List the applications for funds made for a case.

    Without an approved one, the centre's own money pays. 本案经费来源。
    """
    return [FundingOut.model_validate(row) for row in fundings.fundings_of(read, actor, case_id)]


@router.post("/cases/{case_id}/fundings/decision", responses=REFUSALS)
def decide_funding(
    case_id: str, given: FundingDecisionIn, actor: MayFund, begin: BeginDep, seal: SealDep, now: Now
) -> FundingOut:
    """Record the result of the newest application for a fund. 登记项目资金审批结果。"""
    row = fundings.decide(begin, seal, actor, now, case_id, given.approve, given.on, given.reference)
    return FundingOut.model_validate(row)


@router.post("/fundings/{funding_id}/corrections", responses=REFUSALS)
def correct_funding(
    funding_id: str,
    given: CorrectionIn,
    actor: Annotated[Actor, Depends(Permit(Verb.CORRECT))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> FundingOut:
    """Undo the result of an application for a fund, or else the application. With the reason. 更正项目资金登记。"""
    return FundingOut.model_validate(fundings.correct(begin, seal, actor, now, funding_id, given.reason))
