"""Evidence for a policy: frontiers of runs, firmness, lessons of overrides; what is taken up becomes a draft."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.routes.jobs import JobOut
from dispatch.api.routes.policies import PolicyWholeOut
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.policies import evidence
from dispatch.commands.simulations import frontiers
from dispatch.domain.errors import (
    InvalidFieldError,
    NotFoundError,
    PolicyInvalidError,
    PolicyMissingError,
    RunNotReadyError,
    TooManyRequestsError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.policy.sweep_axis import Axis
from dispatch.simulation.evidence.frontier import MAX_BETWEEN, MAX_CORNERS
from dispatch.simulation.evidence.sensitivity import Slack


class FiguresOut(Out):
    """The figures of a plan, independent of the policy's weights."""

    match: Annotated[float | None, Field(description="Mean score per seat, out of 1,000,000. 每个承办名额的平均得分。")]
    levels: Annotated[dict[str, float], Field(description="Mean level of each criterion, out of 100. 各项平均分值。")]
    first_wishes: int
    most: Annotated[int, Field(description="Most cases given to one person. 单人最多件数。")]
    gini: Annotated[float, Field(description="Gini coefficient of turns over everyone on the list. 轮次基尼系数。")]
    open: int
    moved: Annotated[int | None, Field(description="Proposals of the run that differ. 与原方案不同的指派。")]


class PointOut(Out):
    """A plan on the trade-off curve and what it costs."""

    kind: Literal["corner", "between"]
    level: Annotated[int | None, Field(description="Policy value that yields it. 可以做到的指派方案数值。")]
    least: float | None
    most: float | None
    amount: float
    price: Annotated[float, Field(description="Share of the best match given up. 匹配得分下降的比例。")]
    gap: Annotated[int, Field(description="0 if proven optimal, otherwise the possible improvement. 未证明时的差距。")]
    figures: FiguresOut
    adoptable: Annotated[bool, Field(description="A policy yields it, as shown by a verified certificate. 可采用。")]
    zh: str
    en: str


class CurveOut(Out):
    """The plans between those best by one criterion and those best by the rest."""

    axis: Axis
    now: int
    seats: int
    whole: Annotated[bool, Field(description="Every corner point was found. 关键方案已全部求出。")]
    points: list[PointOut]


class AdoptIn(In):
    """The point that becomes a draft."""

    axis: Axis
    level: Annotated[int, Field(ge=0, le=1_000_000)]


class RoomOut(Out):
    """The range in which a value of the policy changes no plan."""

    axis: Axis
    now: int
    least: int
    most: int
    falls: Annotated[Slack, Field(description="What limits it at `least`. 下限的原因。")]
    rises: Annotated[Slack, Field(description="What limits it at `most`. 上限的原因。")]
    least_run: str | None
    most_run: str | None
    zh: str
    en: str


class FirmnessOut(Out):
    """How firm the plans of the last runs are."""

    run_ids: list[Id]
    rooms: list[RoomOut]


class DesignatedOut(Out):
    """A designation of someone the run did not propose."""

    designation_id: Id
    run_id: Id
    case_id: Id
    practitioner_id: Id
    proposed: list[str]
    at: datetime


class DecisionOut(Out):
    """An override, and whether the new weights explain it."""

    override: DesignatedOut
    comparable: bool
    explained: bool
    loss: Annotated[
        int | None, Field(description="Points lost over the whole day because of it; 0 for none. 当日损失。")
    ]


class LessonsOut(Out):
    """What past overrides suggest about the weights; it has no effect until it is drafted."""

    now: dict[str, int]
    weights: dict[str, int]
    decisions: list[DecisionOut]
    contradiction: Annotated[list[Id], Field(description="Designations that contradict each other. 相互矛盾的决定。")]
    zh: str
    en: str


router = APIRouter(tags=["evidence 方案依据"], route_class=IdempotentRoute)

MaySimulate = Annotated[Actor, Depends(Permit(Verb.SIMULATE))]
MayDraft = Annotated[Actor, Depends(Permit(Verb.EDIT_POLICY))]


@router.get(
    "/runs/{run_id}/frontier",
    responses=responses(NotFoundError, RunNotReadyError, PolicyMissingError, TooManyRequestsError),
)
def get_frontier(
    run_id: str,
    actor: MaySimulate,
    read: ReadDep,
    axis: Axis = Axis.FAIRNESS,
    corners: Annotated[int, Query(ge=2, le=100)] = MAX_CORNERS,
    between: Annotated[int, Query(ge=0, le=5)] = MAX_BETWEEN,
) -> CurveOut:
    """Return the trade-off curve of a run.

    It shows what more or less of one criterion would have cost that day. 权衡曲线。
    """
    curve = frontiers.frontier_of_run(read, actor, run_id, axis, corners, between)
    points = [point._asdict() | {"adoptable": point.policy is not None} for point in curve.points]
    return CurveOut.model_validate(curve._asdict() | {"points": points})


@router.post(
    "/runs/{run_id}/frontier/draft",
    status_code=201,
    responses=responses(NotFoundError, RunNotReadyError, InvalidFieldError, PolicyInvalidError, TooManyRequestsError),
)
def adopt_point(
    run_id: str, point: AdoptIn, actor: MayDraft, begin: BeginDep, read: ReadDep, now: Now
) -> PolicyWholeOut:
    """Create a policy draft from a point of a run's trade-off curve. 将曲线上的一点存为方案草稿。"""
    row = frontiers.adopt_point(begin, read, actor, now, run_id, point.axis, point.level)
    return PolicyWholeOut.model_validate(row)


@router.post("/policies/sensitivity", status_code=202, responses=responses(NotFoundError))
def request_sensitivity(
    actor: MaySimulate,
    begin: BeginDep,
    now: Now,
    response: Response,
    runs: Annotated[int, Query(ge=1, le=evidence.MAX_RUNS, description="How many recent runs. 最近几个批次。")] = 3,
) -> JobOut:
    """Request how far weights and prices can move before a plan changes.

    By the plans of recent runs. The result is reported by its job. 测算各项数值的稳定区间。
    """
    job = evidence.request_firmness(begin, actor, now, runs)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return JobOut.model_validate(job)


@router.get("/policies/sensitivity", responses=responses(NotFoundError))
def get_sensitivity(actor: MaySimulate, read: ReadDep) -> FirmnessOut:
    """Return how far weights and prices can move before a plan changes.

    As it was found out last. 最近一次测算的稳定区间。
    """
    return FirmnessOut.model_validate(evidence.latest_firmness(read, actor))


@router.get("/policies/lessons", responses=responses(NotFoundError, PolicyMissingError, TooManyRequestsError))
def get_lessons(
    actor: MaySimulate,
    read: ReadDep,
    most: Annotated[int, Query(ge=1, le=evidence.MAX_OVERRIDES)] = evidence.MAX_OVERRIDES,
) -> LessonsOut:
    """Return the weights closest to today's that explain recent overrides.

    Or the overrides that contradict each other. 从人工指派推算权重。
    """
    return LessonsOut.model_validate(evidence.learn_policy(read, actor, most))


@router.post(
    "/policies/lessons/draft",
    status_code=201,
    responses=responses(NotFoundError, PolicyMissingError, TooManyRequestsError),
)
def draft_lessons(actor: MayDraft, begin: BeginDep, read: ReadDep, now: Now) -> PolicyWholeOut:
    """Create a policy draft with the weights that explain most overrides.

    The rest is as in the policy in force. 将推算出的权重存为草稿。
    """
    return PolicyWholeOut.model_validate(evidence.draft_learned(begin, read, actor, now))
