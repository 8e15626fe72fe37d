"""Spreadsheets in: every row's fate before anything is kept, then the job that brings it in, with its report."""

import base64
import binascii
import tempfile
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.responses import Response

from dispatch.api.routes.imports import WORKBOOK, get_template
from dispatch.api.routes.jobs import get_job
from dispatch.commands.imports.files import Upload
from dispatch.commands.imports.preview import give_back_refused, import_as_previewed, preview_import
from dispatch.commands.jobs import cancel_job
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit, attached
from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import JobKind, JobStatus
from dispatch.exchange.columns import Kind
from dispatch.exchange.tables import TABLES

HEADERS = {kind.value: {each.field: (each.zh, each.en) for each in table.columns} for kind, table in TABLES.items()}
"""What a column is called, by the kind of records and the field a report names."""

FATES = (
    ("created", ("新登记", "New"), "good"),
    ("updated", ("有修改", "Changed"), "warn"),
    ("unchanged", ("无变化", "Unchanged"), "quiet"),
    ("refused", ("不符合要求", "Refused"), "bad"),
)  # fmt: skip
TO_PUT_RIGHT = {"zh": "待更正", "en": "to-put-right"}
UNDERWAY = (JobStatus.QUEUED, JobStatus.RUNNING)


def import_page(visit: Visit) -> Context:
    """Return what the form for a file shows; kinds in the order they build on each other."""
    if visit.problem and visit.problem.status == HTTPStatus.PRECONDITION_FAILED:
        # The register has changed since: what would become of each row now, without choosing the file again.
        return _foreseen(visit, _carried(lambda name: next(iter(visit.typed.get(name, ())), "")))
    return {"kinds": list(Kind), "what": Kind.CASES, "report": None, "fates": FATES, "headers": HEADERS}


def preview(visit: Visit, form: FilledForm) -> Response:
    """Show what would become of each row; nothing is kept."""
    file = form.file("file")
    upload = Upload(form.text("what"), file.filename or "file", file.file.read())
    return visit.show(_foreseen(visit, upload))


def bring_in(visit: Visit, form: FilledForm) -> str:
    """Ask a worker to bring the file in, as it was shown."""
    who = (visit.begin, visit.read, visit.seal, visit.actor, visit.now)
    return f"/imports/{import_as_previewed(*who, _carried(form.text), form.text('digest')).id}"


def refused_rows(visit: Visit, form: FilledForm) -> Response:
    """Download the rows at fault, with what is wrong in words, to put right and bring in again."""
    upload = _carried(form.text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "refused.xlsx"
        who = (visit.begin, visit.read, visit.seal, visit.actor, visit.now)
        give_back_refused(*who, upload, path, visit.language)
        name = f"{Path(upload.file_name).stem}-{TO_PUT_RIGHT[visit.language]}.xlsx"
        return attached(path.read_bytes(), WORKBOOK, name)


def job_page(visit: Visit) -> Context:
    """Return how far an import is, and its report once it is over."""
    job = get_job(visit.part("job_id"), visit.actor, visit.read)
    if job.kind is not JobKind.IMPORT:
        raise NotFoundError(what="import", id=job.id)
    facts: dict[str, Any] = (job.problem or {}).get("facts", {})
    return {
        "job": job,
        "underway": job.status in UNDERWAY,
        "report": job.result or facts.get("report"),
        "fates": FATES,
        "headers": HEADERS,
        "job_id": job.id,
    }


def cancel(visit: Visit, form: FilledForm) -> None:
    """Cancel the import while nothing of it is kept yet."""
    cancel_job(visit.begin, visit.actor, visit.now, visit.part("job_id"))


def template(visit: Visit) -> Response:
    """Return an empty workbook with every column explained."""
    return get_template(visit.part("what"), visit.actor, visit.read)


def _carried(text: Callable[[str], str]) -> Upload:
    """Return the file that the page carries along."""
    try:
        content = base64.b64decode(text("content"), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidFieldError(field="file", value=None, expected=stated("请重新选择文件", "the file again")) from None
    return Upload(text("what"), text("file_name") or "file", content, partial=bool(text("partial")))


def _foreseen(visit: Visit, upload: Upload) -> Context:
    # A file with faults comes in without its faulty rows, or not at all: the reader says which.
    whole = preview_import(visit.begin, visit.read, visit.seal, visit.actor, visit.now, upload)
    return {
        "kinds": list(Kind),
        "what": upload.what,
        "report": whole,
        "fates": FATES,
        "headers": HEADERS,
        "file_name": upload.file_name,
        "content": base64.b64encode(upload.content).decode(),
    }


# fmt: off
PAGES = (
    ConsolePage(
        "/imports/new", "import_page", (Verb.IMPORT,), ("导入表格", "Import a spreadsheet"),
        ("先看每一行的处理结果，再决定是否导入；在此之前不改变任何登记。",
         "See what would become of each row, then decide; nothing is changed before."),
        import_page, "imports/new.html",
        acts={
            "preview": PageAct(preview, ("", ""), upload=True, once=False),
            "refused-rows": PageAct(refused_rows, ("", ""), once=False, upload=True),
            "bring-in": PageAct(bring_in, ("已交后台导入。", "It is being brought in."), upload=True),
        },
    ),
    ConsolePage(
        "/imports/{job_id}", "import_job_page", (Verb.READ_JOB,), ("导入结果", "Import"),
        ("后台正在导入，完成后这里列出每一行的结果；全部导入，或者全部不导入。",
         "A worker brings it in, wholly or not at all, and each row's fate is listed here."),
        job_page, "imports/job.html",
        acts={"cancel": PageAct(cancel, ("已取消。", "It is cancelled."), verbs=(Verb.CANCEL_JOB,))},
    ),
    ConsolePage(
        "/imports/templates/{what}", "import_template", (Verb.IMPORT,), ("表格模板", "Template"),
        ("空白模板，每一列都有说明。", "An empty workbook with every column explained."),
        template,
    ),
)
# fmt: on
