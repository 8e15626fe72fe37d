"""Which documents of a case can be issued now, about what, and what is still to be filled in for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlmodel import Session

from dispatch.commands.documents.reading import Issued
from dispatch.commands.documents.subjects import CANDIDATES
from dispatch.domain.documents import BLANKS, FORMS, Blank, BlankSource, DocumentKind
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.exchange.documents.forms import fields_of
from dispatch.exchange.documents.page import write_body
from dispatch.exchange.documents.word import write_pdf, write_word
from dispatch.registry.reads import get
from dispatch.registry.tables import (
    ArrangementRow,
    AssignmentRow,
    CaseRow,
    InstitutionRow,
    PractitionerRow,
    ReplacementRow,
)
from dispatch.registry.transaction import Read

SINCE: dict[Any, str] = {AssignmentRow: "assigned_at", ReplacementRow: "asked_at"}
"""Since when a document may be about a row; a paper since it was filed."""


class PossibleSubject(NamedTuple):
    """What a document may be about: its id, whom it concerns, and since when it is so."""

    id: str
    name: str
    at: datetime


class PossibleDocument(NamedTuple):
    """A kind of document that can be issued, what it may be about, and the fields no register holds."""

    kind: DocumentKind
    subjects: list[PossibleSubject]
    blanks: list[tuple[str, Blank, bool]]
    """Name, field, and whether it must be filled in."""


def possible_documents(read: Read, actor: Actor, case_id: str) -> list[PossibleDocument]:
    """Return every kind of document whose occasion has come in a case."""
    require(actor, Verb.ISSUE_DOCUMENT)
    with read() as session:
        case = get(session, CaseRow, actor.centre_id, case_id)
        every = [(kind, _current(CANDIDATES[form.about](session, case))) for kind, form in FORMS.items()]
        return [
            PossibleDocument(kind, [_subject(session, row) for row in rows], _blanks(kind))
            for kind, rows in every if rows
        ]  # fmt: skip


def possible_document(read: Read, actor: Actor, case_id: str, kind: DocumentKind) -> PossibleDocument:
    """Return what one kind of document of a case needs; where its occasion has not come, it is not found."""
    for each in possible_documents(read, actor, case_id):
        if each.kind is kind:
            return each
    raise NotFoundError(what="document", id=kind.value)


def _current(rows: Sequence[Any]) -> list[Any]:
    return [row for row in rows if getattr(row, "ended_at", None) is None]


def _blanks(kind: DocumentKind) -> list[tuple[str, Blank, bool]]:
    asked = [name for name in BLANKS if name in fields_of(kind) and BLANKS[name].place is BlankSource.REQUEST]
    lacks = FORMS[kind].may_lack
    return [(name, BLANKS[name], name not in lacks and BLANKS[name].default is None) for name in asked]


def _subject(session: Session, row: Any) -> PossibleSubject:
    if isinstance(row, ArrangementRow):
        return PossibleSubject(row.id, session.get_one(InstitutionRow, row.institution_id).name, row.entrusted_at)
    held = row if isinstance(row, AssignmentRow) else None
    if held is None and row.assignment_id:
        held = session.get_one(AssignmentRow, row.assignment_id)
    name = session.get_one(PractitionerRow, held.practitioner_id).name if held else ""
    return PossibleSubject(row.id, name, getattr(row, SINCE.get(type(row), "filed_at")))


def page_of(issued: Issued) -> Markup:
    """Return the lines of a document, to be put in a page."""
    return write_body(issued.row.kind, issued.values)


def word_of(issued: Issued) -> bytes:
    """Return a document as a Word file."""
    return write_word(issued.template, issued.values)


def pdf_of(issued: Issued) -> bytes:
    """Return a document as a PDF."""
    [content] = write_pdf(word_of(issued))
    return content
