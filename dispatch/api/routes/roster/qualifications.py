"""Annual assessments by year, and the evidence of specialties."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from dispatch.api.dependencies import BeginDep, IfMatch, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Level, Out, Reason
from dispatch.commands.cases.drafts import Day
from dispatch.commands.roster import qualifications
from dispatch.commands.roster.qualifications import SpecialtyEvidence, YearResult
from dispatch.domain.errors import (
    IfMatchRequiredError,
    InvalidFieldError,
    NotFoundError,
    ReasonRequiredError,
    StaleError,
    UnknownReferenceError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.roster.words import AssessmentResult, SpecialtySource
from dispatch.domain.texts.typed import CaseNumber, Word


class AssessmentIn(In):
    """The annual assessment of one year."""

    result: AssessmentResult
    decided_on: Annotated[Day, Field(description="It counts from this day until the next year's. 考核之日。")]
    valid_to: Annotated[Day | None, Field(description="Until when it is on record. 备案有效期至。")] = None
    reason: Annotated[Reason | None, Field(description="Why a recorded one is corrected. 更正理由。")] = None


class AssessmentOut(Out):
    """An annual assessment; with `superseded_at` it was corrected."""

    year: int
    result: AssessmentResult
    decided_on: date
    valid_to: date | None
    reason: str | None
    recorded_at: datetime
    superseded_at: datetime | None


class EvidenceIn(In):
    """The evidence for a level in a cause, a group of causes or a branch of law."""

    cause: Annotated[Word, Field(examples=["wages"])]
    level: Level
    source: SpecialtySource
    on: Annotated[Day, Field(description="Day of the evidence. 依据的日期。")]
    case_number: Annotated[CaseNumber | None, Field(description="Needed for a case. 办案经历须填案件编号。")] = None


class EvidenceOut(Out):
    """Evidence of a specialty; with `withdrawn_at` it no longer counts."""

    id: Id
    cause: str
    level: int
    source: SpecialtySource
    on: date
    case_number: str | None
    recorded_at: datetime
    withdrawn_at: datetime | None
    reason: str | None


class QualificationsOut(Out):
    """The assessments and evidence of an entry, including withdrawn ones."""

    assessments: list[AssessmentOut]
    specialties: list[EvidenceOut]


class WithdrawalIn(In):
    """Why evidence is withdrawn."""

    reason: Reason


router = APIRouter(tags=["roster 名册"], route_class=IdempotentRoute)

MayEdit = Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER))]
Year = Annotated[int, Path(ge=1980, le=2100)]


@router.get("/practitioners/{practitioner_id}/qualifications", responses=responses(NotFoundError))
def list_qualifications(
    practitioner_id: str,
    actor: Annotated[Actor, Depends(Permit(Verb.READ_ROSTER, Verb.READ_OWN_ROSTER))],
    read: ReadDep,
    now: Now,
) -> QualificationsOut:
    """List a practitioner's annual assessments and the evidence of their specialties.

    Assessments by year, evidence by day. 年度考核和专业特长依据。
    """
    assessed, shown = qualifications.list_qualifications(read, actor, now, practitioner_id)
    return QualificationsOut(
        assessments=[AssessmentOut.model_validate(row) for row in assessed],
        specialties=[EvidenceOut.model_validate(row) for row in shown],
    )


@router.put(
    "/practitioners/{practitioner_id}/assessments/{year}",
    responses=responses(NotFoundError, StaleError, IfMatchRequiredError, InvalidFieldError, ReasonRequiredError),
)
def record_assessment(
    practitioner_id: str,
    year: Year,
    given: AssessmentIn,
    actor: MayEdit,
    if_match: IfMatch,
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> AssessmentOut:
    """Record a practitioner's annual assessment, or correct it with a reason. 登记或者更正年度考核结果。"""
    said = YearResult(year, given.result, given.decided_on, given.valid_to)
    row = qualifications.assess(begin, seal, actor, now, practitioner_id, said, if_match, given.reason)
    return AssessmentOut.model_validate(row)


@router.post(
    "/practitioners/{practitioner_id}/specialties",
    status_code=201,
    responses=responses(NotFoundError, StaleError, IfMatchRequiredError, InvalidFieldError, UnknownReferenceError),
)
def add_evidence(
    practitioner_id: str,
    given: EvidenceIn,
    actor: MayEdit,
    if_match: IfMatch,
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> EvidenceOut:
    """Record the evidence for a practitioner's level in a cause of action.

    The level counts from today on. 登记专业特长及其依据。
    """
    said = SpecialtyEvidence(**given.model_dump())
    return EvidenceOut.model_validate(
        qualifications.add_evidence(begin, seal, actor, now, practitioner_id, said, if_match)
    )


@router.post("/specialties/{evidence_id}/withdrawal", responses=responses(NotFoundError))
def withdraw_evidence(
    evidence_id: str, given: WithdrawalIn, actor: MayEdit, begin: BeginDep, seal: SealDep, now: Now
) -> EvidenceOut:
    """Withdraw the evidence for a level of specialty.

    The level is then that of the newest evidence left, or unknown. 撤销专业特长依据。
    """
    row = qualifications.withdraw_evidence(begin, seal, actor, now, evidence_id, given.reason)
    return EvidenceOut.model_validate(row)
