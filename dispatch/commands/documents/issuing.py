"""Documents of a case: issued under a number that is never given twice, read as issued, voided with a reason."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import col, func, select

from dispatch.commands.cases.disclosure import Extent, extent_of
from dispatch.commands.documents.facts import Sources, Values, subject_of, values_of
from dispatch.domain.documents import BLANKS, FORMS, DocumentKind, blanks_left, number_of, require_fillable
from dispatch.domain.errors import DocumentIncompleteError, DocumentIssuedError, NotFoundError
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.exchange.documents.forms import fields_of
from dispatch.exchange.documents.word import default_template
from dispatch.registry.audit import note
from dispatch.registry.reads import get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow, DocumentRow, LetterheadRow, TemplateRow
from dispatch.registry.transaction import Begin, Transaction


class Issued(NamedTuple):
    """A document as it was issued: what stands in its fields, and the template it is written with."""

    row: DocumentRow
    values: dict[str, str]
    template: bytes


class Number(NamedTuple):
    """The next number of a series of the centre, and as it is printed; empty without the letterhead's mark."""

    series: str
    year: int
    serial: int
    printed: str


def issue(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    case_id: str,
    kind: DocumentKind,
    values: dict[str, str] | None = None,
    about_id: str | None = None,
) -> DocumentRow:
    """Issue a document of a case under the next number of its series; ``values`` are what no register holds.

    Idempotent: what is in force is returned with its number, and refused if other values are asked for.
    """
    require(actor, Verb.ISSUE_DOCUMENT)
    form_fields, given = fields_of(kind), values or {}
    require_fillable(form_fields, given)
    with begin() as tx:
        # One decision at a time: nobody else reads the last number of a series before ours is committed.
        centre = tx.lock_centre(actor.centre_id)
        case = get(tx.session, CaseRow, actor.centre_id, case_id)
        subject = subject_of(tx.session, case, kind, about_id)
        note(tx, actor, Verb.ISSUE_DOCUMENT, kind.value, case.id, now)
        if existing := _in_force(tx, kind, subject.id):
            _require_same(seal, existing, given)
            return existing
        sources = Sources(tx.session, seal, centre, now)
        number = _next_number(tx, sources, case, kind)
        filled: Values = {name: blank.default for name, blank in BLANKS.items()}
        filled |= values_of(sources, case, kind, subject) | given | {"number": number.printed}
        if left := blanks_left(FORMS[kind], form_fields, filled):
            raise DocumentIncompleteError(kind=kind.value, blanks=left)
        sealed = seal.seal({name: filled[name] or "" for name in sorted(form_fields)})
        return tx.add(_row(actor, case, kind, subject.id, number, sealed, now))


def _row(
    actor: Actor, case: CaseRow, kind: DocumentKind, about_id: str, number: Number, sealed: bytes, now: datetime
) -> DocumentRow:
    return DocumentRow(
        centre_id=case.centre_id,
        case_id=case.id,
        kind=kind,
        about_id=about_id,
        series=number.series,
        year=number.year,
        serial=number.serial,
        number=number.printed,
        sealed=sealed,
        issued_by=actor.user_id,
        issued_at=now,
    )


def _in_force(tx: Transaction, kind: DocumentKind, about_id: str) -> DocumentRow | None:
    held = (DocumentRow.kind == kind, DocumentRow.about_id == about_id, col(DocumentRow.voided_at).is_(None))
    return tx.session.exec(select(DocumentRow).where(*held)).one_or_none()


def _require_same(seal: Seal, existing: DocumentRow, values: Mapping[str, str]) -> None:
    stands = seal.open(existing.sealed)
    if differing := sorted(name for name, value in values.items() if stands[name] != value):
        raise DocumentIssuedError(id=existing.id, number=existing.number, fields=differing)


def _next_number(tx: Transaction, sources: Sources, case: CaseRow, kind: DocumentKind) -> Number:
    series, year = FORMS[kind].series_of(case.matter), sources.today.year
    counted = (DocumentRow.centre_id == case.centre_id, DocumentRow.series == series, DocumentRow.year == year)
    serial = (tx.session.exec(select(func.max(DocumentRow.serial)).where(*counted)).one() or 0) + 1
    head = tx.session.get(LetterheadRow, case.centre_id)
    return Number(series, year, serial, number_of(head.mark, series, year, serial) if head else "")


def void(begin: Begin, actor: Actor, now: datetime, document_id: str, reason: str) -> DocumentRow:
    """Void a document: its number stays used, and another may be issued in its place. Idempotent."""
    require(actor, Verb.ISSUE_DOCUMENT)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        row = tx.lock(DocumentRow, document_id, actor.centre_id)
        if row.voided_at is None:
            row.voided_at, row.void_reason = now, reason
            note(tx, actor, Verb.ISSUE_DOCUMENT, row.kind.value, row.id, now)
        return row


def list_documents(begin: Begin, actor: Actor, case_id: str) -> Sequence[DocumentRow]:
    """Return the documents of a case in the order they were issued, without what stands in them."""
    with begin() as tx:
        case = _readable(tx, actor, case_id)
        issued = select(DocumentRow).where(DocumentRow.case_id == case.id)
        return tx.session.exec(issued.order_by(col(DocumentRow.issued_at), col(DocumentRow.id))).all()


def read_document(begin: Begin, seal: Seal, actor: Actor, now: datetime, document_id: str) -> Issued:
    """Return a document with what stands in it; the access is logged before it is shown."""
    with begin() as tx:
        row = get(tx.session, DocumentRow, actor.centre_id, document_id)
        _readable(tx, actor, row.case_id)
        verb = Verb.READ_CASE if Verb.READ_CASE in PERMISSIONS[actor.role] else Verb.READ_OWN_CASE
        note(tx, actor, verb, row.kind.value, row.id, now)
        own = tx.session.get(TemplateRow, (row.centre_id, row.kind))
        template = own.content if own else default_template(row.kind)
    return Issued(row, seal.open(row.sealed), template)


def _readable(tx: Transaction, actor: Actor, case_id: str) -> Any:
    """Return a case whose file is open to the actor; nobody else finds it."""
    case = get(tx.session, CaseRow, actor.centre_id, case_id)
    if extent_of(tx.session, actor, case) is not Extent.FILE:
        raise NotFoundError(what="legal_case", id=case_id)
    return case
