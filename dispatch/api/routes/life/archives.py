"""The archive: the file of a case that is over, under its number."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.routes.life.decisions import CorrectionIn
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.cases.drafts import Day
from dispatch.commands.life import archives
from dispatch.domain.errors import DocumentIncompleteError, InvalidFieldError, NotFoundError, StepOutOfOrderError
from dispatch.domain.permissions import Actor, Verb


class ArchiveIn(In):
    """The day on which the file was archived; today, if it is left out."""

    on: Annotated[Day | None, Field(examples=["2026-12-20"])] = None


class ArchiveOut(Out):
    """The file of a case in the archive."""

    id: Id
    case_id: Id
    number: Annotated[str, Field(examples=["商援卷字〔2026〕第7号"])]
    archived_on: date
    archived_by: str
    voided_at: datetime | None
    void_reason: str | None


router = APIRouter(tags=["archive 归档"], route_class=IdempotentRoute)

REFUSALS = responses(NotFoundError, StepOutOfOrderError, InvalidFieldError, DocumentIncompleteError)


@router.post("/cases/{case_id}/archive", status_code=201, responses=REFUSALS)
def archive_case(
    case_id: str,
    given: ArchiveIn,
    actor: Annotated[Actor, Depends(Permit(Verb.ARCHIVE))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> ArchiveOut:
    """Archive the file of a finished case. It gets the next file number of the year. 归档并编案卷号。"""
    return ArchiveOut.model_validate(archives.archive(begin, seal, actor, now, case_id, given.on))


@router.post("/archives/{archive_id}/corrections", responses=REFUSALS)
def take_out_of_archive(
    archive_id: str,
    given: CorrectionIn,
    actor: Annotated[Actor, Depends(Permit(Verb.CORRECT))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> ArchiveOut:
    """Take a file out of the archive again, with the reason. Its number is not given again. 更正归档。"""
    return ArchiveOut.model_validate(archives.correct(begin, seal, actor, now, archive_id, given.reason))
