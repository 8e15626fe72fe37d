"""Supervision of the work on a case: hearings attended, inquiries to the case organ, call-backs of recipients."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.routes.life.decisions import CorrectionIn
from dispatch.api.routes.life.work import FiledOut
from dispatch.api.schemas import In, Words
from dispatch.commands.cases.drafts import Day
from dispatch.commands.life import supervision
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    PolicyMissingError,
    StepOutOfOrderError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import CallBackManner, Satisfaction
from dispatch.domain.texts.typed import Word


class HearingIn(In):
    """A hearing that was attended: who attended, what was observed, and when; today, if left out."""

    observer: Annotated[Word, Field(examples=["李某、赵某"])]
    text: Annotated[Words, Field(examples=["准备充分，质证、辩论意见明确 well prepared and clear"])]
    held_on: Annotated[Day | None, Field(examples=["2026-12-01"])] = None


class InquiryIn(In):
    """What the case organ is asked about the work."""

    text: Annotated[Words, Field(examples=["是否按时出庭、阅卷、提交辩护意见 appearance, study of the file, opinion"])]


class InquiryAnswerIn(In):
    """What the organ answered, who answered for it, and when; today, if left out."""

    satisfaction: Annotated[Satisfaction, Field(examples=["satisfied"])]
    answered_by: Annotated[Word, Field(examples=["某法官"])]
    text: Annotated[Words, Field(examples=["辩护意见被采纳 the opinion was followed"])]
    answered_on: Annotated[Day | None, Field(examples=["2026-12-10"])] = None


class CallBackIn(In):
    """What the recipient said of the work when called back, how and when; today, if left out."""

    manner: Annotated[CallBackManner, Field(examples=["telephone"])]
    satisfaction: Annotated[Satisfaction, Field(examples=["satisfied"])]
    caller: Annotated[Word, Field(examples=["李某"])]
    text: Annotated[Words, Field(examples=["会见三次，及时告知进展 met three times, kept informed"])]
    suggestion: Annotated[Words | None, Field(examples=["希望多沟通 more contact"])] = None
    called_on: Annotated[Day | None, Field(examples=["2026-12-20"])] = None


router = APIRouter(tags=["supervision 质量监督"], route_class=IdempotentRoute)

MaySupervise = Annotated[Actor, Depends(Permit(Verb.SUPERVISE))]
REFUSALS = (NotFoundError, InvalidFieldError, PolicyMissingError)


@router.post(
    "/assignments/{assignment_id}/hearings", status_code=201, responses=responses(*REFUSALS, IllegalTransitionError)
)
def attend_hearing(
    assignment_id: str, given: HearingIn, actor: MaySupervise, begin: BeginDep, seal: SealDep, now: Now
) -> FiledOut:
    """Record that the centre attended a hearing of a case. 登记庭审旁听情况。"""
    row = supervision.attend_hearing(begin, seal, actor, now, assignment_id, given.observer, given.text, given.held_on)
    return FiledOut.model_validate(row)


@router.post(
    "/assignments/{assignment_id}/inquiries", status_code=201, responses=responses(*REFUSALS, IllegalTransitionError)
)
def inquire_of_organ(
    assignment_id: str, given: InquiryIn, actor: MaySupervise, begin: BeginDep, seal: SealDep, now: Now
) -> FiledOut:
    """Record what the case organ is asked about the work on a case.

    A letter about it is issued to the organ. 征询办案机关意见。
    """
    return FiledOut.model_validate(supervision.inquire(begin, seal, actor, now, assignment_id, given.text))


@router.post("/inquiries/{paper_id}/answer", status_code=201, responses=responses(*REFUSALS, StepOutOfOrderError))
def record_inquiry_answer(
    paper_id: str, given: InquiryAnswerIn, actor: MaySupervise, begin: BeginDep, seal: SealDep, now: Now
) -> FiledOut:
    """Record what the case organ answered to an inquiry.

    To record another answer, strike the first out. 登记办案机关答复意见。
    """
    row = supervision.record_answer(
        begin, seal, actor, now, paper_id, given.satisfaction, given.answered_by, given.text, given.answered_on
    )
    return FiledOut.model_validate(row)


@router.post(
    "/assignments/{assignment_id}/call-backs", status_code=201, responses=responses(*REFUSALS, IllegalTransitionError)
)
def call_back_recipient(
    assignment_id: str, given: CallBackIn, actor: MaySupervise, begin: BeginDep, seal: SealDep, now: Now
) -> FiledOut:
    """Record what the recipient said about the work when called back. 登记受援人回访情况。"""
    row = supervision.call_back(
        begin, seal, actor, now, assignment_id, given.manner, given.satisfaction, given.caller, given.text,
        given.suggestion, given.called_on,
    )  # fmt: skip
    return FiledOut.model_validate(row)


@router.post("/supervision/{paper_id}/corrections", responses=responses(NotFoundError, StepOutOfOrderError))
def strike_out_record(
    paper_id: str,
    given: CorrectionIn,
    actor: Annotated[Actor, Depends(Permit(Verb.CORRECT))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> FiledOut:
    """Strike out a record of supervision, with the reason.

    If an inquiry was answered, strike out the answer first. 更正质量监督记录。
    """
    return FiledOut.model_validate(supervision.strike_out(begin, seal, actor, now, paper_id, given.reason))
