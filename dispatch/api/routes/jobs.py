"""Long work: progress and cancel."""

from typing import Annotated

from fastapi import APIRouter, Depends

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.replay import ReplayRoute
from dispatch.api.schemas import JobOut
from dispatch.commands import jobs
from dispatch.domain.errors import JobFinishedError, NotFoundError
from dispatch.domain.permissions import Actor, Verb
from dispatch.registry import reads
from dispatch.registry.tables import JobRow

router = APIRouter(prefix="/jobs", tags=["jobs 任务"], route_class=ReplayRoute)


@router.get("")
def list_jobs(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_JOB))], read: ReadDep, paging: PagingQuery
) -> Page[JobOut]:
    """List long work in the order it was asked for. 任务列表。"""
    with read() as session:
        found = reads.jobs(session, actor.centre_id, paging.part)
    return page_of(JobOut, found)


@router.get("/{job_id}", responses=responses(NotFoundError))
def get_job(job_id: str, actor: Annotated[Actor, Depends(Permit(Verb.READ_JOB))], read: ReadDep) -> JobOut:
    """Return how far the work is. 查看进度。"""
    with read() as session:
        return JobOut.model_validate(reads.get(session, JobRow, actor.centre_id, job_id))


@router.post("/{job_id}/cancel", responses=responses(NotFoundError, JobFinishedError))
def cancel_job(
    job_id: str, actor: Annotated[Actor, Depends(Permit(Verb.CANCEL_JOB))], begin: BeginDep, now: Now
) -> JobOut:
    """Cancel what is queued and ask what runs to stop; again changes nothing. 取消任务。"""
    return JobOut.model_validate(jobs.cancel_job(begin, actor, now, job_id))
