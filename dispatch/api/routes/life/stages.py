"""Stage by stage: the next stage of a matter, and all stages of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep, etag
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.routes.assignments import AssignmentOut
from dispatch.api.routes.cases import CaseOut
from dispatch.api.schemas import In, Out
from dispatch.commands.cases.drafts import Day, Instant
from dispatch.commands.life import stages
from dispatch.commands.life.stages import NextStage
from dispatch.domain.errors import (
    DuplicateNumberError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    PolicyMissingError,
)
from dispatch.domain.funds.sources import FundSource
from dispatch.domain.law.means import MeansGround, MeansStatus
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import CaseNumber, Name
from dispatch.domain.vocabulary import CaseSource, ReviewCourt, Stage


class StageIn(In):
    """What the next stage states for itself; everything else is taken over."""

    number: Annotated[CaseNumber, Field(examples=["2026-0412"])]
    stage: Annotated[Stage, Field(examples=["second_instance"])]
    source: Annotated[CaseSource, Field(examples=["application"])] = CaseSource.APPLICATION
    organ: Annotated[Name | None, Field(examples=["商丘市中级人民法院"])] = None
    received_at: Annotated[Instant | None, Field(examples=["2026-11-23T09:00:00+08:00"])] = None
    review_court: Annotated[
        ReviewCourt | None, Field(description="Which court reviews the death sentence. 死刑复核由哪一级法院进行。")
    ] = None
    hearing_on: Annotated[Day | None, Field(description="开庭日期。")] = None
    limitation_ends_on: Annotated[
        Day | None, Field(description="Last day to appeal or sue. 法定时效（期限）届满日。")
    ] = None
    custody_ends_on: Annotated[Day | None, Field(description="羁押期限届满日。")] = None
    preservation: Annotated[
        bool | None,
        Field(description="Preservation or advance payment is needed at once. 需立即申请保全或者先予执行。"),
    ] = None
    means_status: Annotated[
        MeansStatus | None,
        Field(description="Of a check made anew; left out, means are as at the stage before. 重新核查的结果。"),
    ] = None
    means_ground: Annotated[
        MeansGround | None, Field(description="Why no check is made now. 现免予核查或者不受限制的情形。")
    ] = None
    fund_source: Annotated[FundSource | None, Field(description="Which fund is to pay for it. 本阶段经费来源。")] = None


class StageOut(Out):
    """A stage of a matter, and who had or has it."""

    case: CaseOut
    assignments: list[AssignmentOut]


router = APIRouter(prefix="/cases", tags=["stages 诉讼阶段"], route_class=IdempotentRoute)


@router.post(
    "/{case_id}/stages",
    status_code=201,
    responses=responses(
        NotFoundError, IllegalTransitionError, InvalidFieldError, DuplicateNumberError, PolicyMissingError
    ),
)
def begin_stage(
    case_id: str,
    given: StageIn,
    actor: Annotated[Actor, Depends(Permit(Verb.GRANT))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
    response: Response,
) -> CaseOut:
    """Begin the next stage of a matter as a case of its own.

    It takes over the facts and people of the stage before. Counsel of the earlier stage is asked first, where the
    policy begins with continuity. 进入下一阶段。
    """
    case = stages.begin_stage(begin, seal, actor, now, case_id, NextStage(**dict(given)))
    response.headers.update(etag(case.revision) | {"Location": f"/v1/cases/{case.id}"})
    return CaseOut.model_validate(case)


@router.get("/{case_id}/stages", responses=responses(NotFoundError))
def list_stages(
    case_id: str, actor: Annotated[Actor, Depends(Permit(Verb.READ_CASE))], read: ReadDep
) -> list[StageOut]:
    """List all stages of a case's matter, oldest first, with their assignments. 同一案件各阶段。"""
    return [
        StageOut(
            case=CaseOut.model_validate(each.case),
            assignments=[AssignmentOut.model_validate(row) for row in each.assignments],
        )
        for each in stages.matter_of(read, actor, case_id)
    ]
