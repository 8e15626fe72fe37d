"""Runs by the latest, one with what it proposes by number and name, and why some of its cases have nobody."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.paging import Page, PagingQuery, cursor_of
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.answers.why import OpenOut, open_out
from dispatch.api.routes.jobs import JobOut
from dispatch.api.routes.runs import ProposalOut
from dispatch.api.schemas import Id
from dispatch.commands.answers import open_cases
from dispatch.commands.runs import report
from dispatch.domain.errors import NotFoundError, RunNotReadyError, TooManyRequestsError
from dispatch.domain.permissions import Actor, Verb


class RunLineOut(BaseModel):
    """A run and its job."""

    job: Annotated[JobOut, Field(description="任务。")]
    cases: Annotated[int, Field(description="案件数。")]
    asked_by: Annotated[str | None, Field(description="By which login; null if the policy did. 发起人。")]


class NamedProposalOut(BaseModel):
    """A proposal with the case and the person."""

    case_number: Annotated[str, Field(description="案件编号。")]
    practitioner_code: Annotated[str | None, Field(description="执业证号，无人承办的为空。")]
    practitioner: Annotated[str | None, Field(description="姓名，无人承办的为空。")]
    proposal: Annotated[ProposalOut, Field(description="匹配结果。")]


class RunReportOut(BaseModel):
    """A run with what it proposes, the most urgent case first."""

    line: Annotated[RunLineOut, Field(description="批次和任务。")]
    policy_version: Annotated[int, Field(description="方案版本。")]
    proposals: Annotated[list[NamedProposalOut], Field(description="匹配结果。")]


class OpenCaseOut(BaseModel):
    """A case of the run without anybody, and why."""

    case_id: Id
    number: Annotated[str, Field(description="案件编号。")]
    open: Annotated[OpenOut, Field(description="无人承办的原因和办法。")]


class OpenCasesOut(BaseModel):
    """Why the first cases without anybody have none."""

    items: Annotated[list[OpenCaseOut], Field(description="无人承办的案件。")]
    left_out: Annotated[int, Field(description="Further ones that are not answered here. 未列出的件数。")]


router = APIRouter(prefix="/runs", tags=["answers 指派理由"])

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_RUN))]


@router.get("/recent")
def list_recent_runs(actor: MayRead, read: ReadDep, paging: PagingQuery) -> Page[RunLineOut]:
    """List matching runs with their jobs, the latest first. 最近的匹配批次。"""
    found = report.recent_runs(read, actor, paging.part)
    return Page(items=[_line(each) for each in found.rows], next=cursor_of(*found.last) if found.last else None)


@router.get("/{run_id}/report", responses=responses(NotFoundError))
def get_run_report(run_id: str, actor: MayRead, read: ReadDep) -> RunReportOut:
    """Return a matching run with its proposals by case number and name. 批次报告。"""
    found = report.report_run(read, actor, run_id)
    return RunReportOut(
        line=_line(found.line),
        policy_version=found.policy_version,
        proposals=[
            NamedProposalOut(
                case_number=each.case.number,
                practitioner_code=each.practitioner and each.practitioner.code,
                practitioner=each.practitioner and each.practitioner.name,
                proposal=ProposalOut.model_validate(each.row),
            )
            for each in found.proposals
        ],
    )


@router.get("/{run_id}/open-cases", responses=responses(NotFoundError, RunNotReadyError, TooManyRequestsError))
def list_open_cases(run_id: str, request: Request, actor: MayRead, read: ReadDep) -> OpenCasesOut:
    """Explain why cases of a run have nobody, and which single changes would help.

    The most helpful change comes first. 无人承办案件的原因和办法。
    """
    found, language = open_cases.open_cases_of(read, actor, run_id), language_of(request)
    items = [
        OpenCaseOut(case_id=id, number=found.names.numbers[id], open=open_out(each, found.names, language))
        for id, each in found.found
    ]
    return OpenCasesOut(items=items, left_out=found.left_out)


def _line(line: report.RunLine) -> RunLineOut:
    return RunLineOut(job=JobOut.model_validate(line.job), cases=len(line.run.case_ids), asked_by=line.asked_by)
