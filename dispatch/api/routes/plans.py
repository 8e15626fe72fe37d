"""The way of a case to its practitioner: its chain, the board, designation, and what its practitioner answers."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.routes.assignments import AssignmentOut
from dispatch.api.routes.cases import CaseOut
from dispatch.api.routes.offers import AnswerIn
from dispatch.api.schemas import Id, In, Out, Reason, SourceText
from dispatch.casework.deadline_watch import AHEAD_DAYS
from dispatch.commands import board, chain, designation
from dispatch.commands.cases import disclosure
from dispatch.commands.cases.disclosure import Extent
from dispatch.commands.cases.drafts import Instant
from dispatch.commands.offers import undertaking
from dispatch.domain.chain import Because
from dispatch.domain.errors import (
    CaseNotOnBoardError,
    IllegalTransitionError,
    InvalidFieldError,
    NotEligibleError,
    NotForBoardError,
    NotFoundError,
    OutOfHoursError,
    PolicyMissingError,
    ReasonRequiredError,
    SealBrokenError,
    SecondPersonError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import GivingBack, PlanState, PostingState, Review
from dispatch.domain.vocabulary import ModeName, PartyRole
from dispatch.registry import board as reads
from dispatch.registry.offers import last_plan
from dispatch.registry.reads import get
from dispatch.registry.tables import CaseRow


class PlanOut(Out):
    """The position of a case in its chain of modes; without an end, the manager was called."""

    id: Id
    case_id: str
    chain: str
    step: int
    mode: ModeName
    state: PlanState
    began_at: datetime
    started_at: datetime
    ends_at: datetime | None
    asks_at: Annotated[datetime | None, Field(description="When the next wish is asked, or was. 征询点援人员的时间。")]
    reminded_at: datetime | None
    escalated_at: datetime | None
    ended_at: datetime | None


class AtRiskOut(Out):
    """A case whose deadline is near; ``because`` gives what prevents meeting it."""

    case_id: str
    due_at: datetime
    office_hours_left: float
    eligible: int
    because: Because | None
    due_source: SourceText


class GiveBackIn(In):
    """Why a case is given back."""

    reason: Annotated[GivingBack, Field(examples=["health"])]


class ReviewIn(In):
    """The decision of a second officer."""

    approve: Annotated[bool, Field(examples=[True])]


class PostIn(In):
    """How long the case stays on the board; if left out, as long as the remaining steps can be done in time."""

    ends_at: Annotated[Instant | None, Field(examples=["2026-11-23T18:00:00+08:00"])] = None


class PostingOut(Out):
    """A case's place on the board."""

    id: Id
    case_id: str
    state: PostingState
    posted_at: datetime
    sealed_until: datetime
    ends_at: datetime


class PersonOut(Out):
    """A person, as far as the reader may see."""

    role: PartyRole
    details: dict[str, Any]


class DisclosureOut(Out):
    """The part of a case that is open to the reader; access is logged."""

    case_id: str
    extent: Extent
    people: list[PersonOut]


class DesignateIn(In):
    """The practitioner designated by an officer, with the reason."""

    practitioner_id: Id
    reason: Reason
    ask: Annotated[bool, Field(description="They are asked first instead of assigned. 先征询，接受后指派。")] = False


class DesignationOut(Out):
    """A practitioner designated by an officer; a guarded case waits for the approval of a second one."""

    id: Id
    case_id: str
    practitioner_id: str
    reason: str
    asks: Annotated[bool, Field(description="They are asked first. 先征询。")]
    state: Review
    named_by: str
    named_at: datetime
    reviewed_by: str | None
    reviewed_at: datetime | None
    assignment_id: str | None


class AbandonmentOut(Out):
    """A case given back after it was accepted."""

    id: Id
    case_id: str
    assignment_id: str
    practitioner_id: str
    reason: GivingBack
    own: Annotated[
        bool, Field(description="By the practitioner; what an officer wrote down counts against nobody. 本人提出。")
    ]
    at: datetime
    review: Review
    reviewed_by: str | None
    reviewed_at: datetime | None


router = APIRouter(tags=["ways 指派流程"], route_class=IdempotentRoute)

MayPlan = Annotated[Actor, Depends(Permit(Verb.OFFER))]
MayPost = Annotated[Actor, Depends(Permit(Verb.POST_CASE))]
MayRead = Annotated[Actor, Depends(Permit(Verb.READ_CASE))]
MaySee = Annotated[Actor, Depends(Permit(Verb.READ_CASE, Verb.READ_OWN_CASE))]
MayDesignate = Annotated[Actor, Depends(Permit(Verb.DESIGNATE))]
MayAnswer = Annotated[Actor, Depends(Permit(Verb.ANSWER_OFFER, Verb.OFFER))]
MayReview = Annotated[Actor, Depends(Permit(Verb.REPLACE))]


@router.get("/deadlines")
def list_deadlines(
    actor: MayRead, read: ReadDep, now: Now, days: Annotated[int, Query(ge=1, le=20)] = AHEAD_DAYS
) -> list[AtRiskOut]:
    """List the cases due within the next working days.

    With the reasons why some of them cannot be met in time. 期限预警。
    """
    return [AtRiskOut.model_validate(risk) for risk in chain.forecast(read, actor, now, days)]


@router.post(
    "/cases/{case_id}/plan",
    status_code=201,
    responses=responses(NotFoundError, IllegalTransitionError, PolicyMissingError),
)
def start_plan(case_id: str, actor: MayPlan, begin: BeginDep, now: Now) -> PlanOut:
    """Start the chain of assignment modes that applies to a waiting case. Idempotent. 进入指派流程。"""
    return PlanOut.model_validate(chain.start_plan(begin, actor, now, case_id))


@router.get("/cases/{case_id}/plan", responses=responses(NotFoundError))
def get_plan(case_id: str, actor: MayRead, read: ReadDep) -> PlanOut:
    """Return the current step of a case in its chain of assignment modes. 查看指派流程。"""
    with read() as session:
        found = last_plan(session, get(session, CaseRow, actor.centre_id, case_id).id)
    if found is None:
        raise NotFoundError(what="plan", id=case_id)
    return PlanOut.model_validate(found)


@router.post(
    "/cases/{case_id}/post",
    status_code=201,
    responses=responses(NotFoundError, IllegalTransitionError, NotForBoardError, InvalidFieldError, PolicyMissingError),
)
def post_case(case_id: str, posted: PostIn, actor: MayPost, begin: BeginDep, now: Now) -> PostingOut:
    """Post a waiting case on the board. Cases involving secrets, sexual assault or minors are refused. 发布抢单。"""
    return PostingOut.model_validate(board.post_case(begin, actor, now, case_id, posted.ends_at))


@router.delete("/cases/{case_id}/post", responses=responses(NotFoundError, CaseNotOnBoardError, PolicyMissingError))
def take_off_board(case_id: str, actor: MayPost, begin: BeginDep, now: Now) -> CaseOut:
    """Take a case off the board. Its chain of modes continues. 撤下抢单。"""
    return CaseOut.model_validate(board.take_off(begin, actor, now, case_id))


@router.get("/cases/{case_id}/disclosure", responses=responses(NotFoundError, SealBrokenError))
def disclose_case(case_id: str, actor: MaySee, begin: BeginDep, seal: SealDep, now: Now) -> DisclosureOut:
    """Return as much of a case as its practitioner may read at this stage.

    The names, to those who were offered the case or are named for it; the file, to those who accepted it. Access is
    logged. 按办理环节查阅当事人信息、案卷，查阅留痕。
    """
    opened = disclosure.disclose(begin, seal, actor, now, case_id)
    people = [PersonOut(role=role, details=details) for role, details in opened.people]
    return DisclosureOut(case_id=opened.case_id, extent=opened.extent, people=people)


@router.post(
    "/cases/{case_id}/designation",
    status_code=201,
    responses=responses(
        NotFoundError,
        NotEligibleError,
        OutOfHoursError,
        ReasonRequiredError,
        SecondPersonError,
        IllegalTransitionError,
        PolicyMissingError,
    ),
)
def designate(case_id: str, named: DesignateIn, actor: MayDesignate, begin: BeginDep, now: Now) -> DesignationOut:
    """Designate a practitioner for a case, with a reason.

    They are assigned, or asked first. Cases that involve minors, sexual assault or secrets, and grave cases, need the
    approval of a second officer. 人工指派承办人员。
    """
    row = designation.designate(begin, actor, now, case_id, named.practitioner_id, named.reason, ask=named.ask)
    return DesignationOut.model_validate(row)


@router.post(
    "/cases/{case_id}/designation/review",
    responses=responses(
        NotFoundError, NotEligibleError, OutOfHoursError, SecondPersonError, IllegalTransitionError, PolicyMissingError
    ),
)
def review_designation(case_id: str, body: ReviewIn, actor: MayDesignate, begin: BeginDep, now: Now) -> DesignationOut:
    """Approve or reject a designation, as the second officer. 复核人工指派。"""
    return DesignationOut.model_validate(designation.review_designation(begin, actor, now, case_id, body.approve))


@router.post(
    "/assignments/{assignment_id}/answer",
    responses=responses(NotFoundError, IllegalTransitionError, ReasonRequiredError, PolicyMissingError),
)
def answer_assignment(
    assignment_id: str, given: AnswerIn, actor: MayAnswer, begin: BeginDep, now: Now
) -> AssignmentOut:
    """Accept an assignment, or decline it with a reason. Accepting opens the case file. 接受指派，或者申请变更指派。"""
    row = undertaking.answer_assignment(begin, actor, now, assignment_id, given.accept, given.reason)
    return AssignmentOut.model_validate(row)


@router.post(
    "/assignments/{assignment_id}/abandonment",
    status_code=201,
    responses=responses(NotFoundError, IllegalTransitionError, PolicyMissingError),
)
def abandon_case(assignment_id: str, given: GiveBackIn, actor: MayAnswer, begin: BeginDep, now: Now) -> AbandonmentOut:
    """Give a case back after accepting it. A manager reviews the reason. 接受后申请变更指派。"""
    return AbandonmentOut.model_validate(undertaking.abandon(begin, actor, now, assignment_id, given.reason))


@router.get("/abandonments")
def list_abandonments(
    actor: MayReview,
    read: ReadDep,
    paging: PagingQuery,
    review: Review | None = None,
    case_id: Annotated[str | None, Query(max_length=32)] = None,
) -> Page[AbandonmentOut]:
    """List cases that were given back after acceptance. 申请变更指派的记录。"""
    with read() as session:
        found = reads.abandonments(session, actor.centre_id, paging.part, review, case_id)
    return page_of(AbandonmentOut, found)


@router.post("/abandonments/{abandonment_id}/review", responses=responses(NotFoundError))
def review_abandonment(
    abandonment_id: str, body: ReviewIn, actor: MayReview, begin: BeginDep, now: Now
) -> AbandonmentOut:
    """Decide whether a case was given back for good reason. If so, the cool-down is lifted. 审核变更指派申请。"""
    return AbandonmentOut.model_validate(
        undertaking.review_abandonment(begin, actor, now, abandonment_id, body.approve)
    )
