"""The way of a case to its practitioner: its chain, the board, designation, and what its practitioner answers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.offer_schemas import (
    AbandonmentOut,
    AnswerIn,
    AtRiskOut,
    DesignateIn,
    DesignationOut,
    DisclosureOut,
    GiveBackIn,
    PersonOut,
    PlanOut,
    PostIn,
    PostingOut,
    ReviewIn,
)
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.replay import ReplayRoute
from dispatch.api.schemas import AssignmentOut, CaseOut
from dispatch.commands import board, designation, disclosure, plan, undertake, watch
from dispatch.domain.errors import (
    CaseNotOnBoardError,
    IllegalTransitionError,
    InvalidFieldError,
    NotEligibleError,
    NotForBoardError,
    NotFoundError,
    PolicyMissingError,
    ReasonRequiredError,
    SealBrokenError,
    SecondPersonError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import Review
from dispatch.registry import board as reads
from dispatch.registry.offers import last_plan
from dispatch.registry.reads import get
from dispatch.registry.tables import CaseRow

router = APIRouter(tags=["ways 指派流程"], route_class=ReplayRoute)

MayPlan = Annotated[Actor, Depends(Permit(Verb.OFFER))]
MayPost = Annotated[Actor, Depends(Permit(Verb.POST_CASE))]
MayRead = Annotated[Actor, Depends(Permit(Verb.READ_CASE))]
MaySee = Annotated[Actor, Depends(Permit(Verb.READ_CASE, Verb.READ_OWN_CASE))]
MayDesignate = Annotated[Actor, Depends(Permit(Verb.DESIGNATE))]
MayAnswer = Annotated[Actor, Depends(Permit(Verb.ANSWER_OFFER, Verb.OFFER))]
MayReview = Annotated[Actor, Depends(Permit(Verb.REPLACE))]


@router.get("/deadlines")
def list_deadlines(
    actor: MayRead, read: ReadDep, now: Now, days: Annotated[int, Query(ge=1, le=20)] = watch.AHEAD_DAYS
) -> list[AtRiskOut]:
    """List cases due within the coming working days, and why some cannot be met in time. 期限预警。"""
    return [AtRiskOut.model_validate(risk) for risk in watch.forecast(read, actor, now, days)]


@router.post(
    "/cases/{case_id}/plan",
    status_code=201,
    responses=responses(NotFoundError, IllegalTransitionError, PolicyMissingError),
)
def start_plan(case_id: str, actor: MayPlan, begin: BeginDep, now: Now) -> PlanOut:
    """Put a waiting case on the chain of its class; again changes nothing. 进入指派流程。"""
    return PlanOut.model_validate(plan.start_plan(begin, actor, now, case_id))


@router.get("/cases/{case_id}/plan", responses=responses(NotFoundError))
def get_plan(case_id: str, actor: MayRead, read: ReadDep) -> PlanOut:
    """Return where the case is in its chain. 查看指派流程。"""
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
    """Put a waiting case on the board; secret, sexual-assault and minors' cases never. 发布抢单。"""
    return PostingOut.model_validate(board.post_case(begin, actor, now, case_id, posted.ends_at))


@router.delete("/cases/{case_id}/post", responses=responses(NotFoundError, CaseNotOnBoardError, PolicyMissingError))
def take_off_board(case_id: str, actor: MayPost, begin: BeginDep, now: Now) -> CaseOut:
    """Take a case off the board; its chain goes on. 撤下抢单。"""
    return CaseOut.model_validate(board.take_off(begin, actor, now, case_id))


@router.get("/cases/{case_id}/disclosure", responses=responses(NotFoundError, SealBrokenError))
def disclose_case(case_id: str, actor: MaySee, begin: BeginDep, seal: SealDep, now: Now) -> DisclosureOut:
    """Return names to who is asked or has claimed, and the file to who accepted; the look is logged. 分级披露。"""
    opened = disclosure.disclose(begin, seal, actor, now, case_id)
    people = [PersonOut(role=role, said=said) for role, said in opened.people]
    return DisclosureOut(case_id=opened.case_id, extent=opened.extent, people=people)


@router.post(
    "/cases/{case_id}/designation",
    status_code=201,
    responses=responses(
        NotFoundError,
        NotEligibleError,
        ReasonRequiredError,
        SecondPersonError,
        IllegalTransitionError,
        PolicyMissingError,
    ),
)
def designate(case_id: str, named: DesignateIn, actor: MayDesignate, begin: BeginDep, now: Now) -> DesignationOut:
    """Name one practitioner, with a reason; minors' and grave cases wait for a second officer. 指定承办人员。"""
    row = designation.designate(begin, actor, now, case_id, named.practitioner_id, named.reason)
    return DesignationOut.model_validate(row)


@router.post(
    "/cases/{case_id}/designation/review",
    responses=responses(NotFoundError, NotEligibleError, SecondPersonError, IllegalTransitionError, PolicyMissingError),
)
def review_designation(case_id: str, said: ReviewIn, actor: MayDesignate, begin: BeginDep, now: Now) -> DesignationOut:
    """Agree with a designation or object to it, as the second officer. 复核指定。"""
    return DesignationOut.model_validate(designation.review_designation(begin, actor, now, case_id, said.approve))


@router.post(
    "/assignments/{assignment_id}/answer",
    responses=responses(NotFoundError, IllegalTransitionError, ReasonRequiredError, PolicyMissingError),
)
def answer_assignment(
    assignment_id: str, given: AnswerIn, actor: MayAnswer, begin: BeginDep, now: Now
) -> AssignmentOut:
    """Accept an assignment, which opens the file, or decline it with a reason. 接受或拒绝指派。"""
    row = undertake.answer_assignment(begin, actor, now, assignment_id, given.accept, given.reason)
    return AssignmentOut.model_validate(row)


@router.post(
    "/assignments/{assignment_id}/abandonment",
    status_code=201,
    responses=responses(NotFoundError, IllegalTransitionError, PolicyMissingError),
)
def abandon_case(assignment_id: str, given: GiveBackIn, actor: MayAnswer, begin: BeginDep, now: Now) -> AbandonmentOut:
    """Give a case back after accepting it; a manager reviews the reason. 接受后放弃。"""
    return AbandonmentOut.model_validate(undertake.abandon(begin, actor, now, assignment_id, given.reason))


@router.get("/abandonments")
def list_abandonments(
    actor: MayReview, read: ReadDep, paging: PagingQuery, review: Review | None = None
) -> Page[AbandonmentOut]:
    """List cases that were given back. 放弃记录。"""
    with read() as session:
        found = reads.abandonments(session, actor.centre_id, paging.part, review)
    return page_of(AbandonmentOut, found)


@router.post("/abandonments/{abandonment_id}/review", responses=responses(NotFoundError))
def review_abandonment(
    abandonment_id: str, said: ReviewIn, actor: MayReview, begin: BeginDep, now: Now
) -> AbandonmentOut:
    """Say whether a case was given back with good reason; then nobody has to rest for it. 审核放弃。"""
    return AbandonmentOut.model_validate(undertake.review_abandonment(begin, actor, now, abandonment_id, said.approve))
