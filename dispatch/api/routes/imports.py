"""Files in and out: uploads that a worker brings in, templates and workbooks to take along."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Body, Depends, File, Form, Query, Request, Response, UploadFile

from dispatch.api.dependencies import BeginDep, ContextDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.jobs import JobOut
from dispatch.commands.imports import exports, files
from dispatch.commands.imports.preview import give_back_refused
from dispatch.commands.lists.searches import CaseSearch, InstitutionSearch, PractitionerSearch, RecipientSearch, Search
from dispatch.domain.errors import (
    InvalidFieldError,
    MappingInvalidError,
    TooLargeError,
    UnknownReferenceError,
    stated,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.exchange.columns import Kind
from dispatch.registry import reads
from dispatch.registry.seal import Seal
from dispatch.registry.tables import JobRow
from dispatch.registry.transaction import Begin, Read

router = APIRouter(tags=["files 导入导出"], route_class=IdempotentRoute)

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SheetFile = Annotated[UploadFile, File(description="An xlsx or csv file. 表格文件。")]
MappingFile = Annotated[UploadFile | None, File(description="Mapping of another layout to ours, as TOML. 映射文件。")]
AS_WORKBOOK: dict[int | str, dict[str, object]] = {200: {"content": {WORKBOOK: {}}}}


@router.post("/imports", status_code=202, responses=responses(InvalidFieldError, MappingInvalidError, TooLargeError))
def request_import(
    actor: Annotated[Actor, Depends(Permit(Verb.IMPORT))],
    context: ContextDep,
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    response: Response,
    what: Annotated[str, Form(description=f"One of {', '.join(Kind)}.", examples=["practitioners"])],
    file: SheetFile,
    mapping: MappingFile = None,
    partial: Annotated[
        bool, Form(description="Import the valid rows of a file that also has invalid ones. 只导入没有问题的行。")
    ] = False,
    dry_run: Annotated[
        bool, Form(description="Report the outcome of each row without storing anything. 试导入，不改变数据。")
    ] = False,
) -> JobOut:
    """Upload a file to import, completely or not at all. The job reports the outcome of each row. 导入。"""
    limit = context.settings.upload_bytes_at_most
    if (file.size or 0) > limit:
        raise TooLargeError(field="file", expected=stated(f"不超过{limit}字节", f"at most {limit} bytes"))
    upload = files.Upload(
        what, file.filename or "file", file.file.read(), _text(mapping), partial=partial, dry_run=dry_run
    )
    row = files.request_import(begin, seal, actor, now, upload)
    response.headers["Location"] = f"/v1/jobs/{row.id}"
    with read() as session:
        return JobOut.model_validate(reads.get(session, JobRow, actor.centre_id, row.id))


@router.post(
    "/imports/refused-rows",
    response_class=Response,
    responses=AS_WORKBOOK | responses(InvalidFieldError, MappingInvalidError, TooLargeError),
)
def give_back_refused_rows(
    request: Request,
    actor: Annotated[Actor, Depends(Permit(Verb.IMPORT))],
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    what: Annotated[str, Form(description=f"One of {', '.join(Kind)}.", examples=["cases"])],
    file: SheetFile,
    mapping: MappingFile = None,
) -> Response:
    """Download the rows of a file that an import would refuse, with the reasons.

    With every column, to be put right and imported again. Nothing is stored. A file without a faulty row gives a
    workbook without rows. 下载不符合要求的行，更正后重新导入。
    """
    upload = files.Upload(what, file.filename or "file", file.file.read(), _text(mapping))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "refused.xlsx"
        give_back_refused(begin, read, seal, actor, now, upload, path, language_of(request))
        return _workbook(path, f"{files.kind_of(what).value}-refused-rows.xlsx")


@router.get("/exports/templates/{what}", response_class=Response, responses=AS_WORKBOOK | responses(InvalidFieldError))
def get_template(what: str, actor: Annotated[Actor, Depends(Permit(Verb.IMPORT))], read: ReadDep) -> Response:
    """Download a workbook to fill in for an import.

    It offers this centre's causes of action and areas to choose from. 下载填报模板。
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        exports.export_template(path, what, read, actor)
        return _workbook(path, f"{what}-template.xlsx")


Answer = responses(InvalidFieldError, UnknownReferenceError)
MayExport = Annotated[Actor, Depends(Permit(Verb.EXPORT))]


@router.get("/exports/cases", response_class=Response, responses=AS_WORKBOOK | Answer)
def export_cases(
    actor: MayExport,
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    wanted: Annotated[CaseSearch, Query()],
) -> Response:
    """Download cases as a workbook: all, or those a list would show. The export is logged. 导出案件。"""
    return _exported(begin, read, seal, actor, now, "cases", wanted)


@router.post("/exports/cases", response_class=Response, responses=AS_WORKBOOK | Answer)
def export_found_cases(
    actor: Annotated[Actor, Depends(Permit(Verb.EXPORT))],
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    wanted: Annotated[
        RecipientSearch,
        Body(openapi_examples={"name": {"summary": "姓名 name", "value": {"recipient_name": "古丽米热·艾比布力"}}}),
    ],
) -> Response:
    """Download the cases of a recipient, found by their whole name or identity number.

    It is sent in a body, because addresses are logged. The search, each case it finds and the export are logged.
    导出按受援人姓名、证件号码查找到的案件（查阅留痕）。
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.xlsx"
        exports.export_found_cases(begin, read, seal, actor, now, wanted, path)
        return _workbook(path, "cases.xlsx")


@router.get("/exports/practitioners", response_class=Response, responses=AS_WORKBOOK | Answer)
def export_practitioners(
    actor: MayExport,
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    wanted: Annotated[PractitionerSearch, Query()],
) -> Response:
    """Download practitioners as a workbook: all, or those a list would show. The export is logged. 导出承办人员。"""
    return _exported(begin, read, seal, actor, now, "practitioners", wanted)


@router.get("/exports/institutions", response_class=Response, responses=AS_WORKBOOK | Answer)
def export_institutions(
    actor: MayExport,
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    wanted: Annotated[InstitutionSearch, Query()],
) -> Response:
    """Download institutions as a workbook: all, or those a list would show. The export is logged. 导出承办机构。"""
    return _exported(begin, read, seal, actor, now, "institutions", wanted)


@router.get("/exports/{what}", response_class=Response, responses=AS_WORKBOOK | responses(InvalidFieldError))
def export_records(what: str, actor: MayExport, begin: BeginDep, read: ReadDep, seal: SealDep, now: Now) -> Response:
    """Download all records of one kind as a workbook. The export is logged. 导出。"""
    return _exported(begin, read, seal, actor, now, what)


def _exported(
    begin: Begin, read: Read, seal: Seal, actor: Actor, now: datetime, what: str, wanted: Search | None = None
) -> Response:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.xlsx"
        exports.export_records(begin, read, seal, actor, now, what, path, wanted=wanted)
        return _workbook(path, f"{what}.xlsx")


def _workbook(path: Path, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(path.read_bytes(), media_type=WORKBOOK, headers=headers)


def _text(mapping: UploadFile | None) -> str | None:
    if mapping is None:
        return None
    try:
        return mapping.file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MappingInvalidError(
            field="mapping", expected=stated("UTF-8 编码的 TOML 文件", "a TOML file in UTF-8")
        ) from None
