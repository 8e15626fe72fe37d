"""Documents of a case by the ministry's formats: issued, read as page, Word file or PDF, voided; the stationery."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, File, Response, UploadFile
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out, Reason
from dispatch.commands.documents import issuing, reading, stationery
from dispatch.domain.documents import BLANKS, FORMS, BlankSource, DocumentKind
from dispatch.domain.errors import (
    DocumentIncompleteError,
    DocumentIssuedError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    PolicyMissingError,
    RendererMissingError,
    SealBrokenError,
    TemplateInvalidError,
    TooLargeError,
    UnavailableError,
    stated,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import Brief, Entry, Letter
from dispatch.exchange.documents import word
from dispatch.exchange.documents.forms import fields_of
from dispatch.exchange.documents.page import write_page

PAGE = "text/html; charset=utf-8"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
ANY_FORM: dict[int | str, dict[str, object]] = {200: {"content": {"text/html": {}, WORD: {}, PDF: {}}}}
AS_WORD: dict[int | str, dict[str, object]] = {200: {"content": {WORD: {}}}}


class Written(StrEnum):
    """In which form a document is handed out."""

    PAGE = "page"
    DOCX = "docx"
    PDF = "pdf"


class DocumentIn(In):
    """What the register does not hold; ``GET /v1/templates`` lists the fields of each document."""

    about_id: Annotated[
        Id | None,
        Field(
            description="What it is about, where there are several: an assignment, say. 有多项时注明。", examples=[None]
        ),
    ] = None
    values: Annotated[
        dict[str, Entry],
        Field(description="By field. 请求中填写的字段。", max_length=20, examples=[{"days_to_arrange": "3"}]),
    ] = Field(default_factory=dict)


class VoidIn(In):
    """Why a document is void."""

    reason: Reason


class DocumentOut(Out):
    """A document that was issued; its contents are read separately, and that is logged."""

    id: Id
    case_id: str
    kind: DocumentKind
    about_id: str
    number: Annotated[str, Field(examples=["商援指字〔2026〕第7号"])]
    issued_by: str
    issued_at: datetime
    voided_at: datetime | None
    void_reason: str | None


class LetterheadIn(In):
    """The character of the place before each number, and whom to ask."""

    mark: Annotated[Letter, Field(examples=["商"])]
    contact: Annotated[Brief, Field(examples=["王主任"])]
    phone: Annotated[Brief, Field(examples=["0370-12348"])]


class LetterheadOut(Out):
    """The letterhead of the centre."""

    mark: str
    contact: str
    phone: str
    updated_at: datetime


class BlankOut(Out):
    """A field of a document: where it is filled in, and the value it has if none is given."""

    name: str
    zh: str
    en: str
    place: BlankSource
    default: str | None
    required: bool


class TemplateOut(Out):
    """A kind of document, its number in the ministry's formats, its fields, and whose template it is written with."""

    kind: DocumentKind
    zh: str
    en: str
    format: Annotated[int, Field(description="Number in the ministry's formats. 《法律援助文书格式》序号。")]
    fields: list[BlankOut]
    own_since: Annotated[datetime | None, Field(description="Null: ours is used. 空表示使用系统模板。")]


router = APIRouter(tags=["documents 文书"], route_class=IdempotentRoute)

MayIssue = Annotated[Actor, Depends(Permit(Verb.ISSUE_DOCUMENT))]
MayList = Annotated[Actor, Depends(Permit(Verb.READ_CASE, Verb.READ_OWN_CASE))]
MayRead = Annotated[Actor, Depends(Permit(Verb.READ_CASE, Verb.READ_OWN_CASE, Verb.READ_LETTER))]
MayManage = Annotated[Actor, Depends(Permit(Verb.MANAGE_TEMPLATES))]
MaySee = Annotated[Actor, Depends(Permit(Verb.ISSUE_DOCUMENT, Verb.MANAGE_TEMPLATES))]


@router.post(
    "/cases/{case_id}/documents/{kind}",
    status_code=201,
    responses=responses(
        NotFoundError, IllegalTransitionError, InvalidFieldError, DocumentIncompleteError, DocumentIssuedError,
        PolicyMissingError, SealBrokenError,
    ),
)  # fmt: skip
def issue_document(
    case_id: str, kind: DocumentKind, given: DocumentIn, actor: MayIssue, begin: BeginDep, seal: SealDep, now: Now
) -> DocumentOut:
    """Issue a document of a case under the next number of its series.

    If a required field is blank, it is refused and the field is named. Issuing the same document again returns it with
    its number. 出具法律援助文书。
    """
    row = issuing.issue(begin, seal, actor, now, case_id, kind, given.values, given.about_id)
    return DocumentOut.model_validate(row)


@router.get("/cases/{case_id}/documents", responses=responses(NotFoundError))
def list_documents(case_id: str, actor: MayList, begin: BeginDep) -> list[DocumentOut]:
    """List the documents issued in a case, void ones included.

    Readers other than staff see those addressed to them. 已出具的文书。
    """
    return [DocumentOut.model_validate(row) for row in reading.list_documents(begin, actor, case_id)]


@router.get(
    "/documents/{document_id}/{written}",
    response_class=Response,
    responses=ANY_FORM | responses(NotFoundError, RendererMissingError, SealBrokenError, UnavailableError),
)
def get_document(
    document_id: str, written: Written, actor: MayRead, begin: BeginDep, seal: SealDep, now: Now
) -> Response:
    """Return a document to print, as a page, a Word file or a PDF.

    For staff, and for the person or organ it is addressed to. Access is logged. 打印文书（查阅留痕）。
    """
    issued = reading.read_document(begin, seal, actor, now, document_id)
    if written is Written.PAGE:
        return Response(write_page(issued.row.kind, issued.values), media_type=PAGE)
    content = word.write_word(issued.template, issued.values)
    media = WORD
    if written is Written.PDF:
        [content], media = word.write_pdf(content), PDF
    return _attached(content, media, f"{document_id}.{written.value}")


@router.post("/documents/{document_id}/void", responses=responses(NotFoundError))
def void_document(document_id: str, given: VoidIn, actor: MayIssue, begin: BeginDep, now: Now) -> DocumentOut:
    """Void a document that was issued. Its number is not used again. 作废文书（文号不再使用）。"""
    return DocumentOut.model_validate(issuing.void(begin, actor, now, document_id, given.reason))


@router.get("/letterhead", responses=responses(NotFoundError))
def get_letterhead(actor: MaySee, read: ReadDep) -> LetterheadOut:
    """Return the centre's letterhead. 查看文书落款。"""
    return LetterheadOut.model_validate(stationery.letterhead(read, actor))


@router.put("/letterhead")
def set_letterhead(given: LetterheadIn, actor: MayManage, begin: BeginDep, now: Now) -> LetterheadOut:
    """Set the centre's letterhead for future documents. 设置文号代字和落款。"""
    row = stationery.set_letterhead(begin, actor, now, given.mark, given.contact, given.phone)
    return LetterheadOut.model_validate(row)


@router.get("/templates")
def list_document_templates(actor: MaySee, read: ReadDep) -> list[TemplateOut]:
    """List the kinds of documents, their fields and their templates. 文书种类、字段和模板。"""
    with read() as session:
        own = stationery.own_templates(session, actor.centre_id)
    return [
        TemplateOut(
            kind=kind, zh=kind.zh, en=kind.en, format=form.format, own_since=own.get(kind),
            fields=[_blank(name, required=name not in form.may_lack) for name in sorted(fields_of(kind))],
        )
        for kind, form in FORMS.items()
    ]  # fmt: skip


@router.get("/templates/{kind}", response_class=Response, responses=AS_WORD)
def get_document_template(kind: DocumentKind, actor: MaySee, read: ReadDep) -> Response:
    """Download the document template in use, to change it in Word. 下载模板。"""
    return _attached(stationery.template(read, actor, kind), WORD, f"{kind.value}.docx")


@router.put("/templates/{kind}", status_code=204, responses=responses(TemplateInvalidError, TooLargeError))
def replace_document_template(
    kind: DocumentKind,
    actor: MayManage,
    begin: BeginDep,
    now: Now,
    file: Annotated[
        UploadFile, File(description="A .docx with fields as {{ recipient }}. 模板文件。", examples=["template.docx"])
    ],
) -> None:
    """Replace the built-in document template by the centre's own. 更换模板。"""
    if (file.size or 0) > word.MAX_TEMPLATE_BYTES:
        raise TooLargeError(field="file", expected=stated("不超过2 MB", "at most 2 MB"))
    stationery.replace_template(begin, actor, now, kind, file.file.read())


@router.delete("/templates/{kind}", status_code=204)
def restore_document_template(kind: DocumentKind, actor: MayManage, begin: BeginDep, now: Now) -> None:
    """Restore the built-in document template. 恢复系统模板。"""
    stationery.restore_template(begin, actor, now, kind)


def _blank(name: str, *, required: bool) -> BlankOut:
    blank = BLANKS[name]
    return BlankOut(name=name, zh=blank.zh, en=blank.en, place=blank.place, default=blank.default, required=required)


def _attached(content: bytes, media: str, name: str) -> Response:
    return Response(content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
