"""Complaints about a case: recorded, accepted or not, concluded, answered."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.routes.life.decisions import CorrectionIn
from dispatch.api.schemas import Id, In, Out, Words
from dispatch.commands.cases.drafts import Day
from dispatch.commands.life import complaints
from dispatch.commands.life.complaints import ComplaintStep, ComplaintWords
from dispatch.domain.errors import InvalidFieldError, NotFoundError, PolicyMissingError, StepOutOfOrderError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import Complainant, ComplaintChannel, ComplaintGround, ComplaintState
from dispatch.registry import reads


class ComplaintIn(In):
    """What is complained of; about the handling of the case by the centre, if no assignment is named.

    A recipient names none: by the ground, it is about who acts for them, or about the centre.
    """

    ground: Annotated[ComplaintGround, Field(examples=["neglect"])]
    text: Annotated[Words, Field(examples=["开庭前从未会见 never met me before the hearing"])]
    assignment_id: Id | None = None
    channel: ComplaintChannel = ComplaintChannel.WRITTEN
    complainant: Annotated[Complainant, Field(description="As an officer writes it down. 投诉人。")] = (
        Complainant.RECIPIENT
    )
    received_on: Annotated[Day | None, Field(description="Today, if left out. 收到投诉之日。")] = None


class ComplaintStepIn(In):
    """The reasons, and the day; today, if it is left out."""

    text: Annotated[Words, Field(examples=["经核实，情况属实 verified"])]
    on: Day | None = None


class AcceptanceIn(ComplaintStepIn):
    """Whether a complaint is accepted."""

    accept: Annotated[bool, Field(examples=[True])]


class ConclusionIn(ComplaintStepIn):
    """Whether a complaint is upheld."""

    uphold: Annotated[bool, Field(examples=[True])]


class ComplaintOut(Out):
    """A complaint and how far it has come; its words are papers of the case."""

    id: Id
    case_id: Id
    assignment_id: str | None
    practitioner_id: str | None
    ground: ComplaintGround
    channel: ComplaintChannel
    complainant: Complainant
    state: ComplaintState
    received_at: datetime
    decided_at: datetime | None
    concluded_at: datetime | None
    answered_at: datetime | None


router = APIRouter(tags=["complaints 投诉"], route_class=IdempotentRoute)

MayComplain = Annotated[Actor, Depends(Permit(Verb.COMPLAIN))]
MayReadOfCase = Annotated[Actor, Depends(Permit(Verb.COMPLAIN, Verb.READ_CASE))]
MayRead = Annotated[Actor, Depends(Permit(Verb.READ_CASE))]
MayDecide = Annotated[Actor, Depends(Permit(Verb.DECIDE_COMPLAINT))]
REFUSALS = responses(NotFoundError, StepOutOfOrderError, InvalidFieldError, PolicyMissingError)


@router.post("/cases/{case_id}/complaints", status_code=201, responses=REFUSALS)
def complain(
    case_id: str, given: ComplaintIn, actor: MayComplain, begin: BeginDep, seal: SealDep, now: Now
) -> ComplaintOut:
    """Record a complaint about the work on a case.

    By the recipient, or by an officer who was told of it. The time limit to accept it begins. If a complaint about the
    same work is under way, it is added to that one. 登记投诉。
    """
    words = ComplaintWords(given.ground, given.text, given.channel, given.complainant, given.received_on)
    row = complaints.complain(begin, seal, actor, now, case_id, words, given.assignment_id)
    return ComplaintOut.model_validate(row)


@router.get("/cases/{case_id}/complaints", responses=responses(NotFoundError))
def list_case_complaints(case_id: str, actor: MayReadOfCase, read: ReadDep) -> list[ComplaintOut]:
    """List the complaints about a case, the earliest first. 本案投诉。"""
    return [ComplaintOut.model_validate(row) for row in complaints.complaints_of(read, actor, case_id)]


@router.get("/complaints")
def list_complaints(
    actor: MayRead, read: ReadDep, paging: PagingQuery, state: ComplaintState | None = None
) -> Page[ComplaintOut]:
    """List complaints in the order they were received. They can be narrowed to one state. 投诉列表。"""
    with read() as session:
        found = reads.complaints(session, actor.centre_id, paging.part, state)
    return page_of(ComplaintOut, found)


@router.post("/complaints/{complaint_id}/acceptance", responses=REFUSALS)
def accept_complaint(
    complaint_id: str, given: AcceptanceIn, actor: MayDecide, begin: BeginDep, seal: SealDep, now: Now
) -> ComplaintOut:
    """Decide whether to accept a complaint. If it is accepted, the time limit to conclude it begins. 投诉受理决定。"""
    step = ComplaintStep.ACCEPT if given.accept else ComplaintStep.REJECT
    row = complaints.decide(begin, seal, actor, now, complaint_id, step, given.text, given.on)
    return ComplaintOut.model_validate(row)


@router.post("/complaints/{complaint_id}/conclusion", responses=REFUSALS)
def conclude_complaint(
    complaint_id: str, given: ConclusionIn, actor: MayDecide, begin: BeginDep, seal: SealDep, now: Now
) -> ComplaintOut:
    """Conclude an accepted complaint.

    If it is upheld, the practitioner's quality level is lowered for a while. 投诉办结。
    """
    step = ComplaintStep.UPHOLD if given.uphold else ComplaintStep.DISMISS
    row = complaints.decide(begin, seal, actor, now, complaint_id, step, given.text, given.on)
    return ComplaintOut.model_validate(row)


@router.post("/complaints/{complaint_id}/answer", responses=REFUSALS)
def answer_complaint(
    complaint_id: str, given: ComplaintStepIn, actor: MayDecide, begin: BeginDep, seal: SealDep, now: Now
) -> ComplaintOut:
    """Record that the complainant was answered, in writing or otherwise. 投诉答复。"""
    row = complaints.answer(begin, seal, actor, now, complaint_id, given.text, given.on)
    return ComplaintOut.model_validate(row)


@router.post("/complaints/{complaint_id}/corrections", responses=REFUSALS)
def correct_complaint(
    complaint_id: str,
    given: CorrectionIn,
    actor: Annotated[Actor, Depends(Permit(Verb.CORRECT))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> ComplaintOut:
    """Undo the newest step of a complaint, with the reason. Its time limit runs on. 更正投诉处理。"""
    return ComplaintOut.model_validate(complaints.correct(begin, seal, actor, now, complaint_id, given.reason))
