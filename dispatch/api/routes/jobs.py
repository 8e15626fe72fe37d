"""Long work: progress and cancel."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Newest, Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, Out
from dispatch.commands import jobs
from dispatch.domain.errors import JobFinishedError, NotFoundError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import (
    JobKind,
    JobStatus,
)
from dispatch.registry import reads
from dispatch.registry.jobs import requests
from dispatch.registry.tables import JobRow


class JobOut(Out):
    """A background job: its progress and its result."""

    id: Id
    kind: JobKind
    status: JobStatus
    phase: str
    done_share: Annotated[float, Field(ge=0, le=1)]
    cancel_wanted: bool
    attempt: int
    problem: dict[str, Any] | None
    result: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None


class JobQuery(BaseModel):
    """What a list of jobs is narrowed by."""

    # The parameters of paging are declared beside these.
    model_config = ConfigDict(extra="ignore")

    open: Annotated[bool | None, Field(description="True: queued or running; false: over. 是否尚未结束。")] = None
    newest: Newest = False


router = APIRouter(prefix="/jobs", tags=["jobs 任务"], route_class=IdempotentRoute)


@router.get("")
def list_jobs(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_JOB))],
    read: ReadDep,
    paging: PagingQuery,
    wanted: Annotated[JobQuery, Query()],
) -> Page[JobOut]:
    """List background jobs in the order they were requested, or the newest first. 任务列表。"""
    with read() as session:
        found = requests.list_jobs(session, actor.centre_id, paging.part, **dict(wanted))
    return page_of(JobOut, found)


@router.get("/{job_id}", responses=responses(NotFoundError))
def get_job(job_id: str, actor: Annotated[Actor, Depends(Permit(Verb.READ_JOB))], read: ReadDep) -> JobOut:
    """Return the progress of a background job. 查看进度。"""
    with read() as session:
        return JobOut.model_validate(reads.get(session, JobRow, actor.centre_id, job_id))


@router.post("/{job_id}/cancel", responses=responses(NotFoundError, JobFinishedError))
def cancel_job(
    job_id: str, actor: Annotated[Actor, Depends(Permit(Verb.CANCEL_JOB))], begin: BeginDep, now: Now
) -> JobOut:
    """Cancel a queued job, or ask a running one to stop. Idempotent. 取消任务。"""
    return JobOut.model_validate(jobs.cancel_job(begin, actor, now, job_id))
