"""Documents of a case: issued under a number that is never given twice, and voided with a reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import col, select

from dispatch.casework import clocks
from dispatch.commands.documents.facts import Sources, Values, values_of
from dispatch.commands.documents.subjects import addressees_of, subject_of
from dispatch.domain.documents import (
    BLANKS,
    FORMS,
    LETTERS,
    DocumentKind,
    DocumentSubject,
    blanks_left,
    number_of,
    require_fillable,
)
from dispatch.domain.errors import DocumentIncompleteError, DocumentIssuedError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.vocabulary import Status
from dispatch.exchange.documents.forms import fields_of
from dispatch.registry.audit import note
from dispatch.registry.host import RegisterHost
from dispatch.registry.reads import get, next_serial
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow, DocumentRow, LetterheadRow
from dispatch.registry.transaction import Begin, Transaction

DUE = {
    DocumentSubject.ASSIGNMENT: clocks.NAMED,
    DocumentSubject.ENDING: (Status.TERMINATED, Status.RETAINED),
}
"""In which states those whom a document told are still to be told, if it was void."""


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
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = get(tx.session, CaseRow, actor.centre_id, case_id)
        subject = subject_of(tx.session, case, kind, about_id)
        note(tx, actor, Verb.ISSUE_DOCUMENT, kind.value, case.id, now)
        if existing := _in_force(tx, kind, subject.id):
            _require_same(seal, existing, given)
            return existing
        assert tx.centre is not None
        sources = Sources(tx.session, seal, tx.centre, now)
        number = _next_number(tx, sources, case, kind)
        filled: Values = {name: blank.default for name, blank in BLANKS.items()}
        filled |= values_of(sources, case, kind, subject) | given | {"number": number.printed}
        if left := blanks_left(FORMS[kind], form_fields, filled):
            raise DocumentIncompleteError(kind=kind.value, blanks=left)
        sealed = seal.seal({name: filled[name] or "" for name in sorted(form_fields)})
        for told in FORMS[kind].notifies:
            clocks.follow(host, case, told)
        return tx.add(_row(sources, actor, case, kind, subject, number, sealed))


def _row(
    sources: Sources, actor: Actor, case: CaseRow, kind: DocumentKind, subject: Any, number: Number, sealed: bytes
) -> DocumentRow:
    return DocumentRow(
        centre_id=case.centre_id,
        case_id=case.id,
        kind=kind,
        about_id=subject.id,
        addressees=addressees_of(sources.session, kind, subject),
        organ=case.organ if kind in LETTERS else None,
        series=number.series,
        year=number.year,
        serial=number.serial,
        number=number.printed,
        sealed=sealed,
        issued_by=actor.user_id,
        issued_at=sources.now,
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
    serial = next_serial(tx.session, DocumentRow, case.centre_id, series, year)
    head = tx.session.get(LetterheadRow, case.centre_id)
    return Number(series, year, serial, number_of(head.mark, series, year, serial) if head else "")


def void(begin: Begin, actor: Actor, now: datetime, document_id: str, reason: str) -> DocumentRow:
    """Void a document: its number stays used, and another may be issued in its place. Idempotent.

    Whom it told is to be told again, by the moment at which that was due.
    """
    require(actor, Verb.ISSUE_DOCUMENT)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        row = tx.lock(DocumentRow, document_id, actor.centre_id)
        if row.voided_at is None:
            row.voided_at, row.void_reason = now, reason
            _reopen_notices(host, row)
            note(tx, actor, Verb.ISSUE_DOCUMENT, row.kind.value, row.id, now)
        return row


def _reopen_notices(host: RegisterHost, row: DocumentRow) -> None:
    form, case = FORMS[row.kind], host.case(row.case_id)
    met = {rule.code for rule in clocks.RULES if not {*rule.met}.isdisjoint(form.notifies)}
    told = [clock.id for clock in host.clocks(case) if clock.code in met and clock.stopped_at == row.issued_at]
    if case.status in DUE.get(form.about, ()):
        clocks.resume(host, case, told)
