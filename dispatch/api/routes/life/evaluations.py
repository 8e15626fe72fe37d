"""What the work was worth: the centre's grade and the recipient's rating."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.routes.assignments import AssignmentOut
from dispatch.api.routes.life.work import FiledOut
from dispatch.api.schemas import In, Words
from dispatch.commands.life import evaluations
from dispatch.domain.errors import IllegalTransitionError, NotFoundError, PolicyMissingError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import QualityGrade


class GradeIn(In):
    """The quality grade of the work, with the assessment."""

    grade: Annotated[QualityGrade, Field(examples=["good"])]
    text: Annotated[Words | None, Field(examples=["卷宗完整，意见充分 a complete file, well argued"])] = None


class RatingIn(In):
    """How satisfied the recipient is, from one star to five."""

    stars: Annotated[int, Field(ge=1, le=5, examples=[5])]
    text: Annotated[Words | None, Field(examples=["律师很负责 the lawyer took great care"])] = None


router = APIRouter(tags=["evaluations 评估评价"], route_class=IdempotentRoute)

MayGrade = Annotated[Actor, Depends(Permit(Verb.EVALUATE))]
MayRate = Annotated[Actor, Depends(Permit(Verb.RATE))]
REFUSALS = responses(NotFoundError, IllegalTransitionError, PolicyMissingError)


@router.post("/assignments/{assignment_id}/grade", responses=REFUSALS)
def grade_work(
    assignment_id: str, given: GradeIn, actor: MayGrade, begin: BeginDep, seal: SealDep, now: Now
) -> AssignmentOut:
    """Grade the work of a practitioner on a closed case. 案件质量评估。"""
    graded = evaluations.grade(begin, seal, actor, now, assignment_id, given.grade, given.text)
    return AssignmentOut.model_validate(graded)


@router.post("/cases/{case_id}/rating", status_code=201, responses=REFUSALS)
def rate_work(case_id: str, given: RatingIn, actor: MayRate, begin: BeginDep, seal: SealDep, now: Now) -> FiledOut:
    """Rate the work on a closed case, as its recipient. 受援人满意度评价。"""
    return FiledOut.model_validate(evaluations.rate(begin, seal, actor, now, case_id, given.stars, given.text))
