"""Matching runs: asked for, watched, checked, and applied by a person."""

import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.routes.jobs import JobOut
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.runs import requests
from dispatch.domain.errors import NotFoundError, PolicyMissingError, RunNotReadyError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import (
    ProposalState,
)
from dispatch.registry import reads
from dispatch.registry.tables import JobRow, ProposalRow, RunRow


class RunIn(In):
    """The cases to match; all waiting cases, if left out."""

    case_ids: Annotated[list[Id] | None, Field(min_length=1, max_length=50_000)] = None
    seed: Annotated[
        int | None, Field(ge=0, lt=2**32, description="Seed of the draw among equals. 得分相同时抽签所用的随机数种子。")
    ] = None


class RunOut(Out):
    """A matching run and its proof."""

    id: Id
    policy_id: str
    seed: int
    docket_at: datetime | None
    docket_digest: str | None
    objective: int | None
    bound: int | None
    optimal: bool | None
    summary: dict[str, Any] | None


class RunAskedOut(BaseModel):
    """The run requested, and the job to watch."""

    run: RunOut
    job: JobOut


class ProposalOut(Out):
    """The proposal of a run for one seat, with its reasons."""

    id: Id
    case_id: str
    seat: int
    practitioner_id: str | None
    score: int | None
    slot_price: int | None
    terms: dict[str, int] | None
    alternatives: list[dict[str, Any]]
    refusals: dict[str, int]
    needs_reason: bool
    state: ProposalState
    stale_reason: str | None


class ApplyIn(In):
    """The proposals to apply; all of them, if left out."""

    proposal_ids: Annotated[list[Id] | None, Field(min_length=1, max_length=50_000)] = None


class ApplyOut(Out):
    """Outcomes of the chosen proposals; those that no longer hold stay queued."""

    applied: list[ProposalOut]
    stale: list[ProposalOut]


router = APIRouter(prefix="/runs", tags=["runs 匹配批次"], route_class=IdempotentRoute)


@router.post("", status_code=202, responses=responses(PolicyMissingError, NotFoundError))
def request_run(
    asked: RunIn,
    actor: Annotated[Actor, Depends(Permit(Verb.REQUEST_RUN))],
    begin: BeginDep,
    read: ReadDep,
    now: Now,
    response: Response,
) -> RunAskedOut:
    """Request a matching run for the waiting cases. The result is reported by its job. 发起匹配。"""
    seed = secrets.randbelow(2**32) if asked.seed is None else asked.seed
    run = requests.request_run(begin, actor, now, seed, asked.case_ids)
    response.headers["Location"] = f"/v1/jobs/{run.id}"
    with read() as session:
        job = reads.get(session, JobRow, actor.centre_id, run.id)
    return RunAskedOut(run=RunOut.model_validate(run), job=JobOut.model_validate(job))


@router.get("")
def list_runs(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_RUN))], read: ReadDep, paging: PagingQuery
) -> Page[RunOut]:
    """List matching runs. 匹配批次列表。"""
    with read() as session:
        found = reads.runs(session, actor.centre_id, paging.part)
    return page_of(RunOut, found)


@router.get("/{run_id}", responses=responses(NotFoundError))
def get_run(run_id: str, actor: Annotated[Actor, Depends(Permit(Verb.READ_RUN))], read: ReadDep) -> RunOut:
    """Return a run with its proven bound and its summary. 查看匹配批次。"""
    with read() as session:
        return RunOut.model_validate(reads.get(session, RunRow, actor.centre_id, run_id))


@router.get("/{run_id}/proposals", responses=responses(NotFoundError))
def list_proposals(
    run_id: str,
    actor: Annotated[Actor, Depends(Permit(Verb.READ_RUN))],
    read: ReadDep,
    paging: PagingQuery,
    state: ProposalState | None = None,
) -> Page[ProposalOut]:
    """List the proposals of a run with score components, alternatives and the rules that refused others.

    匹配结果与理由。
    """
    filters = [ProposalRow.state == state] if state else []
    with read() as session:
        reads.get(session, RunRow, actor.centre_id, run_id)
        found = reads.proposals(session, actor.centre_id, run_id, paging.part, *filters)
    return page_of(ProposalOut, found)


@router.post("/{run_id}/apply", responses=responses(NotFoundError, RunNotReadyError))
def apply_run(
    run_id: str, chosen: ApplyIn, actor: Annotated[Actor, Depends(Permit(Verb.APPLY_RUN))], begin: BeginDep, now: Now
) -> ApplyOut:
    """Apply all proposals or the selected ones.

    Proposals that no longer hold are reported and their cases stay queued. 采纳匹配结果。
    """
    return ApplyOut.model_validate(requests.apply_run(begin, actor, now, run_id, chosen.proposal_ids))


@router.get(
    "/{run_id}/proof",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}, **responses(NotFoundError, RunNotReadyError)},
)
def get_proof(run_id: str, actor: Annotated[Actor, Depends(Permit(Verb.VERIFY))], read: ReadDep) -> Response:
    """Download the anonymised instance and its certificate, to be checked by `legal-dispatch verify FILE`.

    下载去标识化数据和最优性证明，供独立核验。
    """
    with read() as session:
        run = reads.get(session, RunRow, actor.centre_id, run_id)
    if run.certificate is None:
        raise RunNotReadyError(id=run_id)
    name = f'attachment; filename="run-{run_id}.zip"'
    return Response(run.certificate, media_type="application/zip", headers={"Content-Disposition": name})
