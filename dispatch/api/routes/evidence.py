"""Evidence for a policy: frontiers of runs, firmness, lessons of overrides; what is taken up becomes a draft."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.evidence_schemas import AdoptIn, CurveOut, FirmnessOut, LessonsOut
from dispatch.api.policy_schemas import PolicyWholeOut
from dispatch.api.problems import responses
from dispatch.api.replay import ReplayRoute
from dispatch.commands import frontiers, policy_evidence
from dispatch.domain.errors import (
    InvalidFieldError,
    NotFoundError,
    PolicyInvalidError,
    PolicyMissingError,
    RunNotReadyError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.policy.sweep_axis import Axis
from dispatch.simulation.frontier import MOST_BETWEEN, MOST_CORNERS

router = APIRouter(tags=["evidence 政策依据"], route_class=ReplayRoute)

MaySimulate = Annotated[Actor, Depends(Permit(Verb.SIMULATE))]
MayDraft = Annotated[Actor, Depends(Permit(Verb.EDIT_POLICY))]


@router.get("/runs/{run_id}/frontier", responses=responses(NotFoundError, RunNotReadyError, PolicyMissingError))
def get_frontier(
    run_id: str,
    actor: MaySimulate,
    read: ReadDep,
    axis: Axis = Axis.FAIRNESS,
    corners: Annotated[int, Query(ge=2, le=100)] = MOST_CORNERS,
    between: Annotated[int, Query(ge=0, le=5)] = MOST_BETWEEN,
) -> CurveOut:
    """Return what the run's day could have been with more or less of one criterion, and what that costs. 权衡边界。"""
    curve = frontiers.frontier_of_run(read, actor, run_id, axis, corners, between)
    points = [point._asdict() | {"adoptable": point.policy is not None} for point in curve.points]
    return CurveOut.model_validate(curve._asdict() | {"points": points})


@router.post(
    "/runs/{run_id}/frontier/draft",
    status_code=201,
    responses=responses(NotFoundError, RunNotReadyError, InvalidFieldError, PolicyInvalidError),
)
def adopt_point(
    run_id: str, point: AdoptIn, actor: MayDraft, begin: BeginDep, read: ReadDep, now: Now
) -> PolicyWholeOut:
    """Draft the policy that yields a point of the run's frontier. 将边界上的一点存为政策草稿。"""
    row = frontiers.adopt_point(begin, read, actor, now, run_id, point.axis, point.level)
    return PolicyWholeOut.model_validate(row)


@router.get("/policies/sensitivity", responses=responses(NotFoundError))
def get_sensitivity(
    actor: MaySimulate, read: ReadDep, runs: Annotated[int, Query(ge=1, le=policy_evidence.MOST_RUNS)] = 3
) -> FirmnessOut:
    """Return how far each weight and price can move before a plan of the last runs changes. 政策稳定区间。"""
    return FirmnessOut.model_validate(policy_evidence.sensitivity(read, actor, runs))


@router.get("/policies/lessons", responses=responses(NotFoundError, PolicyMissingError))
def get_lessons(
    actor: MaySimulate,
    read: ReadDep,
    most: Annotated[int, Query(ge=1, le=policy_evidence.MOST_OVERRIDES)] = policy_evidence.MOST_OVERRIDES,
) -> LessonsOut:
    """Return the nearest weights that explain the latest overrides, or which contradict each other. 从改派中学习。"""
    return LessonsOut.model_validate(policy_evidence.learn_policy(read, actor, most))


@router.post("/policies/lessons/draft", status_code=201, responses=responses(NotFoundError, PolicyMissingError))
def draft_lessons(actor: MayDraft, begin: BeginDep, read: ReadDep, now: Now) -> PolicyWholeOut:
    """Draft the policy in force with the weights that explain most overrides. 将学得的权重存为草稿。"""
    return PolicyWholeOut.model_validate(policy_evidence.draft_learned(begin, read, actor, now))
