"""The work on a case: agreement, beginning, reports, closing, and the papers in its file."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.routes.assignments import AssignmentOut
from dispatch.api.schemas import Id, In, Out, ServiceDays, SourceOut, Words
from dispatch.commands.cases.drafts import Day
from dispatch.commands.life import papers, work
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    PolicyMissingError,
    ReasonRequiredError,
    SealBrokenError,
)
from dispatch.domain.funds.subsidy import DirectCost, Spent
from dispatch.domain.law.bases import basis_of
from dispatch.domain.law.citations import shown
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import CaseOutcome, Effect, MajorGround, PaperKind


class AgreementIn(In):
    """When the agreement and the power of attorney were signed; today, if left out."""

    signed_on: Annotated[Day | None, Field(examples=["2026-11-25"])] = None


class StartIn(In):
    """Why no agreement could be signed; required only if there is none."""

    obstacle: Annotated[Words | None, Field(examples=["会见后补签 signed at the first meeting"])] = None


class ProgressIn(In):
    """A progress report."""

    text: Annotated[Words, Field(examples=["已会见并阅卷 met the recipient and read the file"])]


class MajorIn(In):
    """Why a case is major, with a report."""

    ground: Annotated[MajorGround, Field(examples=["group"])]
    text: Annotated[Words, Field(examples=["涉及四十余名劳动者 more than forty workers are concerned"])]


class ClosingIn(In):
    """The closing report; the closing day of the stage is today, if left out."""

    outcome: Annotated[CaseOutcome, Field(examples=["mediated"])]
    text: Annotated[Words, Field(examples=["经调解，用人单位支付全部欠薪 all wages paid after mediation"])]
    finished_on: Annotated[Day | None, Field(examples=["2026-12-18"])] = None
    effect: Annotated[Effect | None, Field(examples=["wholly"])] = None
    service_days: Annotated[ServiceDays | None, Field(description="What the subsidy is reckoned by. 核算补贴用。")] = (
        None
    )
    costs: Annotated[tuple[DirectCost, ...], Field(max_length=100, examples=[[{"kind": "travel", "fen": 12000}]])] = ()


class PaperOut(Out):
    """A paper in the file of a case, with the words in it; the access is logged."""

    id: Id
    kind: PaperKind
    assignment_id: str | None
    facts: dict[str, Any]
    words: dict[str, Any]
    filed_by: str | None
    filed_at: datetime
    basis: Annotated[SourceOut | None, Field(description="What it is made under; null where no law asks. 依据。")]


class FiledOut(Out):
    """A paper that was filed."""

    id: Id
    case_id: str
    assignment_id: str | None
    kind: PaperKind
    facts: dict[str, Any]
    filed_at: datetime


router = APIRouter(tags=["work 办理"], route_class=IdempotentRoute)

MayReport = Annotated[Actor, Depends(Permit(Verb.REPORT_PROGRESS))]
MayClose = Annotated[Actor, Depends(Permit(Verb.CLOSE))]
MayRead = Annotated[Actor, Depends(Permit(Verb.READ_CASE, Verb.READ_OWN_CASE))]
REFUSALS = (NotFoundError, IllegalTransitionError, InvalidFieldError, PolicyMissingError)


@router.post("/assignments/{assignment_id}/agreement", responses=responses(*REFUSALS))
def sign_agreement(
    assignment_id: str, given: AgreementIn, actor: MayReport, begin: BeginDep, seal: SealDep, now: Now
) -> AssignmentOut:
    """Record that the agreement and the power of attorney were signed. Their time limit is then met. 签订委托协议。"""
    return AssignmentOut.model_validate(work.sign(begin, seal, actor, now, assignment_id, given.signed_on))


@router.post("/assignments/{assignment_id}/start", responses=responses(*REFUSALS, ReasonRequiredError))
def begin_work(
    assignment_id: str, given: StartIn, actor: MayReport, begin: BeginDep, seal: SealDep, now: Now
) -> AssignmentOut:
    """Begin the work on a case. Without a signed agreement, state what prevented it. 开始办理。"""
    return AssignmentOut.model_validate(work.begin_work(begin, seal, actor, now, assignment_id, given.obstacle))


@router.post("/assignments/{assignment_id}/reports", status_code=201, responses=responses(*REFUSALS))
def report_progress(
    assignment_id: str, given: ProgressIn, actor: MayReport, begin: BeginDep, seal: SealDep, now: Now
) -> FiledOut:
    """File a progress report on a case. 报告案件办理情况。"""
    return FiledOut.model_validate(work.report_progress(begin, seal, actor, now, assignment_id, given.text))


@router.post("/assignments/{assignment_id}/major", status_code=201, responses=responses(*REFUSALS))
def report_major_case(
    assignment_id: str, given: MajorIn, actor: MayReport, begin: BeginDep, seal: SealDep, now: Now
) -> FiledOut:
    """Report a case as major. From now on it is treated as one. 报告重大、疑难案件。"""
    filed = work.report_major(begin, seal, actor, now, assignment_id, given.ground, given.text)
    return FiledOut.model_validate(filed)


@router.post("/assignments/{assignment_id}/close", responses=responses(*REFUSALS))
def close_assignment(
    assignment_id: str, given: ClosingIn, actor: MayClose, begin: BeginDep, seal: SealDep, now: Now
) -> AssignmentOut:
    """Hand in the closing report, which closes the case.

    It no longer counts among the practitioner's open cases. A case with two practitioners is closed once both have
    handed in theirs. 提交结案报告。
    """
    closed = work.close(
        begin, seal, actor, now, assignment_id, given.outcome, given.text, given.finished_on, given.effect,
        Spent(given.service_days, given.costs),
    )  # fmt: skip
    return AssignmentOut.model_validate(closed)


@router.get("/cases/{case_id}/papers", responses=responses(NotFoundError, SealBrokenError))
def list_papers(case_id: str, actor: MayRead, begin: BeginDep, seal: SealDep, now: Now) -> list[PaperOut]:
    """List the papers in the file of a case, in the order they were filed. Access is logged. 案卷材料（查阅留痕）。"""
    return [_paper(each) for each in papers.list_papers(begin, seal, actor, now, case_id)]


def _paper(paper: papers.Paper) -> PaperOut:
    row = paper.row
    return PaperOut(
        id=row.id,
        kind=row.kind,
        assignment_id=row.assignment_id,
        facts=row.facts,
        words=paper.words,
        filed_by=row.filed_by,
        filed_at=row.filed_at,
        basis=shown(basis) if (basis := basis_of(row.kind, row.facts)) else None,
    )
