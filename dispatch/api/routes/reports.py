"""Reports: what there is, and each as JSON with its figures, as a workbook, or as a page."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.routes.imports import AS_WORKBOOK, WORKBOOK
from dispatch.commands.cases.drafts import Day
from dispatch.commands.reports.period import report
from dispatch.commands.reports.transparency import transparency
from dispatch.domain.errors import InvalidFieldError, NotFoundError, PolicyMissingError
from dispatch.domain.permissions import Actor, Verb
from dispatch.reports import REPORTS
from dispatch.reports.page import write_page
from dispatch.reports.rendering import to_document
from dispatch.reports.workbook import write_workbook

router = APIRouter(prefix="/reports", tags=["reports 报表"], route_class=IdempotentRoute)

MayList = Annotated[Actor, Depends(Permit(Verb.READ_REPORTS, Verb.READ_OWN_STATEMENT))]
Since = Annotated[Day | None, Query(description="First day; 1 January of the last day's year, if left out. 起始日。")]
Until = Annotated[Day | None, Query(description="Last day, included; today, if left out. 截止日（含）。")]

Scores = Annotated[
    bool,
    Query(
        description="Also publish the proofs, which hold scores by which practitioners may be recognised. Only a"
        " manager may decide so; the decision is recorded. 一并公开含承办人员分值的最优性证明；须由负责人决定并留痕。"
    ),
]


class Form(StrEnum):
    """In which form a report is handed out."""

    JSON = "json"
    XLSX = "xlsx"
    MD = "md"


class PeriodQuery(BaseModel):
    """Which days are reported on."""

    since: Since = None
    until: Until = None


class ReportQuery(PeriodQuery):
    """Which days are reported on, and in which form."""

    format: Form = Form.JSON


class TextOut(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class ListedOut(BaseModel):
    """An available report."""

    code: str
    title: TextOut
    about: Annotated[TextOut, Field(description="What is counted. 统计口径。")]


class ColumnOut(TextOut):
    """A column of a report."""

    code: str
    unit: str


class ReportOut(ListedOut):
    """A report: cells by column code; enumerated values as their code with both labels."""

    columns: list[ColumnOut]
    rows: list[dict[str, Any]]
    figures: Annotated[list[dict[str, Any]], Field(description="What to draw: series of points. 图形数据。")]


class VersionOut(BaseModel):
    """A policy version that was in force in the period."""

    version: int
    name: str
    digest: str
    published_at: str | None


class ReportsOut(BaseModel):
    """Reports of one period of days, both included."""

    since: date
    until: date
    read_at: str
    policies: list[VersionOut]
    reports: list[ReportOut]


@router.get(
    "/transparency/{month}",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}, **responses(InvalidFieldError, PolicyMissingError)},
)
def get_transparency_pack(
    month: Annotated[str, Path(max_length=7, examples=["2026-11"])],
    actor: Annotated[Actor, Depends(Permit(Verb.READ_REPORTS))],
    read: ReadDep,
    seal: SealDep,
    begin: BeginDep,
    now: Now,
    scores: Scores = False,
) -> Response:
    """Download the public data of a past month. The archive checks itself: `python PACK.zip`. 月度公开数据包。"""
    packed = transparency(begin, read, seal, actor, now, month, actor if scores else None)
    headers = {"Content-Disposition": f'attachment; filename="{packed.name}"'}
    return Response(packed.content, media_type="application/zip", headers=headers)


@router.get("")
def list_reports(actor: MayList) -> list[ListedOut]:
    """List the available reports. 报表目录。"""
    return [
        ListedOut(code=each.code, title=TextOut(zh=each.zh, en=each.en), about=TextOut(**each.defined))
        for each in REPORTS.values()
    ]


@router.get(
    "/{code}",
    response_model=ReportsOut,
    responses=AS_WORKBOOK | responses(NotFoundError, InvalidFieldError, PolicyMissingError),
)
def get_report(
    code: str,
    actor: MayList,
    read: ReadDep,
    now: Now,
    wanted: Annotated[ReportQuery, Query()],
) -> Any:
    """Return one report, `all` of them, or the page of a `month`.

    Practitioners may read their own `statement`. 报表。
    """
    answer = report(read, actor, now, code, wanted.since, wanted.until)
    if wanted.format is Form.XLSX:
        headers = {"Content-Disposition": f'attachment; filename="{code}.xlsx"'}
        return Response(write_workbook(answer.reports, answer.about), media_type=WORKBOOK, headers=headers)
    if wanted.format is Form.MD:
        return Response(write_page(answer.reports, answer.about), media_type="text/markdown; charset=utf-8")
    return to_document(*answer)
