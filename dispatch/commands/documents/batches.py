"""Documents of many cases at once: which are lacking, issued in one act, and taken together to print."""

import zipfile
from collections.abc import Collection, Sequence
from datetime import datetime
from io import BytesIO
from typing import NamedTuple

from markupsafe import Markup
from sqlmodel import Session, col, select

from dispatch.commands.documents.issuing import issue
from dispatch.commands.documents.reading import Issued, taken
from dispatch.domain.documents import BY_BATCH, DocumentKind
from dispatch.domain.errors import DispatchError, InvalidFieldError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.exchange.documents.page import write_body, write_pages
from dispatch.exchange.documents.word import write_word
from dispatch.registry.lists.documents import assignments_lacking, unprinted
from dispatch.registry.own import people
from dispatch.registry.reads import Rows, Slice, get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, DocumentRow, RunRow
from dispatch.registry.transaction import Begin, Read

MAX_AT_ONCE = 200


class Lacking(NamedTuple):
    """An assignment without a document, with the number of its case and who has it."""

    assignment: AssignmentRow
    case_number: str
    practitioner: str


class UnprintedDocument(NamedTuple):
    """A document that nobody has taken to print, and the number of its case."""

    row: DocumentRow
    case_number: str


class BatchIssue(NamedTuple):
    """What became of a document of a batch: it is issued, or why it could not be."""

    assignment_id: str
    row: DocumentRow | None
    error: DispatchError | None = None


def list_lacking(read: Read, actor: Actor, part: Slice, kind: DocumentKind, run_id: str | None = None) -> Rows:
    """Return the live assignments, perhaps those of a run, that lack a document; those of one person together."""
    require(actor, Verb.ISSUE_DOCUMENT)
    _require_batch(kind)
    with read() as session:
        _require_run(session, actor, run_id)
        found = assignments_lacking(session, actor.centre_id, part, kind, run_id)
        numbers = _numbers(session, {row.case_id for row in found.rows})
        named = people(session, {row.practitioner_id for row in found.rows})
        lines = [Lacking(row, numbers[row.case_id], named[row.practitioner_id].name) for row in found.rows]
    return found._replace(rows=lines)


def list_unprinted(read: Read, actor: Actor, part: Slice, run_id: str | None = None) -> Rows:
    """Return the documents that no officer has taken yet, perhaps those of a run, as they were issued."""
    require(actor, Verb.ISSUE_DOCUMENT)
    with read() as session:
        _require_run(session, actor, run_id)
        found = unprinted(session, actor.centre_id, part, run_id)
        numbers = _numbers(session, {row.case_id for row in found.rows})
        # Those of one moment by their numbers.
        rows = sorted(found.rows, key=lambda row: (row.issued_at, row.series, row.year, row.serial))
        return found._replace(rows=[UnprintedDocument(row, numbers[row.case_id]) for row in rows])


def issue_many(
    begin: Begin, read: Read, seal: Seal, actor: Actor, now: datetime, kind: DocumentKind, assignment_ids: Sequence[str]
) -> list[BatchIssue]:
    """Issue a document of each assignment separately: one that lacks something does not stop the others. Idempotent."""
    require(actor, Verb.ISSUE_DOCUMENT)
    _require_batch(kind)
    _require_few("assignment_ids", assignment_ids)
    with read() as session:
        rows = [get(session, AssignmentRow, actor.centre_id, id) for id in assignment_ids]
        about = [(row.case_id, row.id) for row in rows]
    return [_issued(begin, seal, actor, now, kind, *each) for each in about]


def take_many(begin: Begin, seal: Seal, actor: Actor, now: datetime, document_ids: Sequence[str]) -> list[Issued]:
    """Return documents with their contents; each access is logged before any is shown."""
    require(actor, Verb.ISSUE_DOCUMENT)
    _require_few("document_ids", document_ids)
    with begin() as tx:
        return [taken(tx, seal, actor, now, id) for id in document_ids]


def pages_of(documents: Sequence[Issued]) -> list[Markup]:
    """Return the lines of each document, to be put in a page."""
    return [write_body(each.row.kind, each.values) for each in documents]


def sheets_of(documents: Sequence[Issued]) -> str:
    """Return documents as one page to print, each on a sheet of its own."""
    return write_pages([(each.row.kind, each.values) for each in documents])


def pack(documents: Sequence[Issued]) -> bytes:
    """Return documents as Word files in one zip, called by their kinds and numbers."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        for each in documents:
            # A Word file is packed already.
            folder.writestr(f"{each.row.kind.zh}-{each.row.number}.docx", write_word(each.template, each.values))
    return packed.getvalue()


def _issued(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, kind: DocumentKind, case_id: str, assignment_id: str
) -> BatchIssue:
    try:
        return BatchIssue(assignment_id, issue(begin, seal, actor, now, case_id, kind, None, assignment_id))
    except DispatchError as error:
        return BatchIssue(assignment_id, None, error)


def _numbers(session: Session, case_ids: Collection[str]) -> dict[str, str]:
    found = session.exec(select(CaseRow.id, CaseRow.number).where(col(CaseRow.id).in_(case_ids)))
    return dict(found.all())


def _require_run(session: Session, actor: Actor, run_id: str | None) -> None:
    if run_id is not None:
        get(session, RunRow, actor.centre_id, run_id)


def _require_batch(kind: DocumentKind) -> None:
    if kind not in BY_BATCH:
        raise InvalidFieldError(field="kind", value=kind.value, expected=[each.value for each in BY_BATCH])


def _require_few(field: str, ids: Sequence[str]) -> None:
    if not 1 <= len(set(ids)) == len(ids) <= MAX_AT_ONCE:
        expected = stated(f"1至{MAX_AT_ONCE}份，每份只列一次", f"1 to {MAX_AT_ONCE}, each of them once")
        raise InvalidFieldError(field=field, value=None, expected=expected)
