"""Documents of many cases at once: which are lacking, issued together, and taken to print together."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, cursor_of
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.life.documents import PAGE, DocumentOut
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.documents import batches
from dispatch.domain.documents import DocumentKind
from dispatch.domain.errors import InvalidFieldError, NotFoundError, SealBrokenError
from dispatch.domain.permissions import Actor, Verb

ZIP = "application/zip"
IN_ONE: dict[int | str, dict[str, object]] = {200: {"content": {"text/html": {}, ZIP: {}}}}

BatchKind = Annotated[
    DocumentKind,
    Field(description="assignment_notice or letter. 指派通知书或者法律援助公函。", examples=["assignment_notice"]),
]
RunQuery = Annotated[Id | None, Query(description="Only what this run assigned. 仅限该匹配批次的指派。")]


class Together(StrEnum):
    """In which form many documents are handed out."""

    PAGE = "page"
    DOCX = "docx"


class LackingOut(Out):
    """An assignment without such a document in force."""

    assignment_id: Id
    case_id: Id
    case_number: Annotated[str, Field(examples=["2026-0001"])]
    practitioner_id: Id
    practitioner: Annotated[str, Field(examples=["王芳"])]
    assigned_at: datetime


class UnprintedOut(DocumentOut):
    """A document that no officer has opened or downloaded yet."""

    case_number: Annotated[str, Field(examples=["2026-0001"])]


class BatchIn(In):
    """Which document, for which assignments."""

    kind: BatchKind
    assignment_ids: Annotated[
        list[Id], Field(min_length=1, max_length=batches.MAX_AT_ONCE, description="The assignments. 指派。")
    ]


class UnissuedOut(Out):
    """Why a document of a batch was not issued."""

    code: Annotated[str, Field(examples=["document-incomplete"])]
    title: str
    facts: dict[str, Any]


class BatchIssueOut(Out):
    """What became of the document of an assignment."""

    assignment_id: Id
    document: Annotated[DocumentOut | None, Field(description="As it was issued. 已出具的文书。")]
    refused: Annotated[UnissuedOut | None, Field(description="Null if it was issued. 未能出具的原因。")]


class BundleIn(In):
    """Which documents, and in which form."""

    document_ids: Annotated[
        list[Id], Field(min_length=1, max_length=batches.MAX_AT_ONCE, description="The documents. 文书。")
    ]
    written: Annotated[Together, Field(description="One page to print, or Word files in a zip. 网页或者Word文件。")]


router = APIRouter(prefix="/documents", tags=["documents 文书"], route_class=IdempotentRoute)

MayIssue = Annotated[Actor, Depends(Permit(Verb.ISSUE_DOCUMENT))]


@router.get("/lacking", responses=responses(NotFoundError, InvalidFieldError))
def list_lacking_documents(
    actor: MayIssue, read: ReadDep, paging: PagingQuery, kind: BatchKind, run_id: RunQuery = None
) -> Page[LackingOut]:
    """List assignments that still lack a document. Grouped by practitioner. 待出具的文书。"""
    found = batches.list_lacking(read, actor, paging.part, kind, run_id)
    items = [_lacking(each) for each in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


@router.get("/unprinted", responses=responses(NotFoundError, InvalidFieldError))
def list_unprinted_documents(
    actor: MayIssue, read: ReadDep, paging: PagingQuery, run_id: RunQuery = None
) -> Page[UnprintedOut]:
    """List issued documents that no officer has opened or downloaded yet. 已出具、尚未印制的文书。"""
    found = batches.list_unprinted(read, actor, paging.part, run_id)
    items = [UnprintedOut(**DocumentOut.model_validate(row).model_dump(), case_number=n) for row, n in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


@router.post("/batches", responses=responses(NotFoundError, InvalidFieldError))
def issue_documents(
    given: BatchIn, request: Request, actor: MayIssue, begin: BeginDep, read: ReadDep, seal: SealDep, now: Now
) -> list[BatchIssueOut]:
    """Issue a document for each of several assignments.

    Each is issued separately. If one lacks something, the answer says so, and the others are still issued.
    批量出具文书。
    """
    done = batches.issue_many(begin, read, seal, actor, now, given.kind, given.assignment_ids)
    return [_outcome(each, language_of(request)) for each in done]


@router.post(
    "/bundles", response_class=Response, responses=IN_ONE | responses(NotFoundError, InvalidFieldError, SealBrokenError)
)
def take_documents(given: BundleIn, actor: MayIssue, begin: BeginDep, seal: SealDep, now: Now) -> Response:
    """Download many documents together, as one page to print or as Word files.

    Each access is logged. 批量印制文书（查阅留痕）。
    """
    taken = batches.take_many(begin, seal, actor, now, given.document_ids)
    if given.written is Together.PAGE:
        return Response(batches.sheets_of(taken), media_type=PAGE)
    headers = {"Content-Disposition": 'attachment; filename="documents.zip"'}
    return Response(batches.pack(taken), media_type=ZIP, headers=headers)


def _lacking(each: batches.Lacking) -> LackingOut:
    row = each.assignment
    return LackingOut(
        assignment_id=row.id,
        case_id=row.case_id,
        case_number=each.case_number,
        practitioner_id=row.practitioner_id,
        practitioner=each.practitioner,
        assigned_at=row.assigned_at,
    )


def _outcome(each: batches.BatchIssue, language: str) -> BatchIssueOut:
    error = each.error
    refused = error and UnissuedOut(code=error.code, title=error.title(language), facts=dict(error.facts))
    document = each.row and DocumentOut.model_validate(each.row)
    return BatchIssueOut(assignment_id=each.assignment_id, document=document, refused=refused)
