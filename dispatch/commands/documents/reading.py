"""Who reads which document: staff all of the centre's, everybody else what is addressed or handed to them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.domain.documents import FORMS, LETTERS, DocumentSubject
from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.vocabulary import Role
from dispatch.exchange.documents.word import default_template
from dispatch.registry import reads
from dispatch.registry.audit import note
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.own import ties
from dispatch.registry.reads import get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow, CentreRow, DocumentRow, TemplateRow
from dispatch.registry.transaction import Begin, Read, Transaction


class Issued(NamedTuple):
    """A document as it was issued: what its fields say, and the template it is written with."""

    row: DocumentRow
    values: dict[str, str]
    template: bytes


class Letter(NamedTuple):
    """A letter to a case organ, and the number of its case."""

    row: DocumentRow
    case_number: str


PARTING = (DocumentSubject.CHANGE, DocumentSubject.ENDING)
"""What tells someone that the case is theirs no longer is read by who has it no more."""


def list_documents(begin: Begin, actor: Actor, case_id: str) -> Sequence[DocumentRow]:
    """Return the documents of a case in the order they were issued, without their contents.

    Others than staff find those addressed to them; a case that is not theirs, and never was, they do not find.
    """
    with begin() as tx:
        case = get(tx.session, CaseRow, actor.centre_id, case_id)
        issued = select(DocumentRow).where(DocumentRow.case_id == case.id)
        rows = tx.session.exec(issued.order_by(col(DocumentRow.issued_at), col(DocumentRow.id))).all()
        own = [row for row in rows if _readable(tx.session, actor, row)]
        if not own and not _concerned(tx.session, actor, case_id):
            raise NotFoundError(what="legal_case", id=case_id)
        return own


def read_document(begin: Begin, seal: Seal, actor: Actor, now: datetime, document_id: str) -> Issued:
    """Return a document with its contents; the access is logged before it is shown.

    One that an officer takes is not among those to be printed any more.
    """
    with begin() as tx:
        return taken(tx, seal, actor, now, document_id)


def taken(tx: Transaction, seal: Seal, actor: Actor, now: datetime, document_id: str) -> Issued:
    """Return a document with its contents, the access noted."""
    row = get(tx.session, DocumentRow, actor.centre_id, document_id)
    if not _readable(tx.session, actor, row):
        raise NotFoundError(what="document", id=document_id)
    note(tx, actor, _verb_of(actor), row.kind.value, row.id, now)
    if row.printed_at is None and Verb.ISSUE_DOCUMENT in PERMISSIONS[actor.role]:
        row.printed_at = now
    own = tx.session.get(TemplateRow, (row.centre_id, row.kind))
    return Issued(row, seal.open(row.sealed), own.content if own else default_template(row.kind))


def letters(
    read: Read,
    actor: Actor,
    part: reads.Slice,
    organ: str | None = None,
    *,
    awaited: bool = False,
    newest: bool = False,
) -> tuple[list[Letter], reads.Rows]:
    """Return letters to case organs as they were issued, or the newest first: to an organ its own, to staff all.

    Void ones are among them, for their organ may hold them; awaited are those in force whose receipt is not recorded.
    """
    require(actor, Verb.READ_LETTER)
    with read() as session:
        organ, how = actor.organ or organ, {"awaited": awaited, "newest_first": newest}
        found = reads.letters(session, actor.centre_id, part, LETTERS, organ, **how)
        cases = session.exec(select(CaseRow).where(col(CaseRow.id).in_({row.case_id for row in found.rows})))
        numbers = {case.id: case.number for case in cases}
    return [Letter(row, numbers[row.case_id]) for row in found.rows], found


def receive_letter(begin: Begin, actor: Actor, now: datetime, document_id: str, on: date | None = None) -> Letter:
    """Record the day on which a letter was received: by the organ it is sent to, or by an officer who was told.

    Idempotent: a day that was recorded stays, and another one is refused.
    """
    require(actor, Verb.CONFIRM_LETTER)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        row = tx.lock(DocumentRow, document_id, actor.centre_id)
        if row.kind not in LETTERS or not _readable(tx.session, actor, row):
            raise NotFoundError(what="letter", id=document_id)
        day = _day_of_receipt(tx.session.get_one(CentreRow, row.centre_id), row, now, on)
        if row.received_on is None:
            row.received_on, row.received_by = day, actor.user_id
            note(tx, actor, Verb.CONFIRM_LETTER, row.kind.value, row.id, now)
        return Letter(row, tx.session.get_one(CaseRow, row.case_id).number)


def _day_of_receipt(centre: CentreRow, row: DocumentRow, now: datetime, on: date | None) -> date:
    issued, today = (centre.day_of(at) for at in (row.issued_at, now))
    first, last = (row.received_on, row.received_on) if row.received_on else (issued, today)
    day = on or last
    if not first <= day <= last:
        expected = stated(f"{first}至{last}", f"{first} to {last}")
        raise InvalidFieldError(field="received_on", value=day.isoformat(), expected=expected)
    return day


def _readable(session: Session, actor: Actor, row: DocumentRow) -> bool:
    if Verb.READ_CASE in PERMISSIONS[actor.role]:
        return True
    return actor.role in FORMS[row.kind].readers and ADDRESSED[actor.role](session, actor, row)


def _to_recipient(_: Session, actor: Actor, row: DocumentRow) -> bool:
    return actor.case_id == row.case_id


def _to_organ(session: Session, actor: Actor, row: DocumentRow) -> bool:
    if not row.organ or not actor.organ:
        return False
    organs = load_organs(session, row.centre_id)
    return organs.key(row.organ) == organs.key(actor.organ)


def _to_practitioner(session: Session, actor: Actor, row: DocumentRow) -> bool:
    """Tell whether it is theirs, and the file is open to them; before the acceptance it is not."""
    held = FORMS[row.kind].about in PARTING or ties(session, row.case_id, actor).accepted
    return actor.practitioner_id in row.addressees and held


def _to_institution(session: Session, actor: Actor, row: DocumentRow) -> bool:
    held = FORMS[row.kind].about in PARTING or ties(session, row.case_id, actor).concerned
    return actor.institution_id in row.addressees and held


ADDRESSED: Mapping[Role, Callable[[Session, Actor, DocumentRow], bool]] = {
    Role.RECIPIENT: _to_recipient,
    Role.ORGAN: _to_organ,
    Role.PRACTITIONER: _to_practitioner,
    Role.INSTITUTION: _to_institution,
}


def _concerned(session: Session, actor: Actor, case_id: str) -> bool:
    if Verb.READ_CASE in PERMISSIONS[actor.role]:
        return True
    return actor.case_id == case_id if actor.role is Role.RECIPIENT else ties(session, case_id, actor).concerned


def _verb_of(actor: Actor) -> Verb:
    verbs = (Verb.READ_CASE, Verb.READ_OWN_CASE, Verb.READ_LETTER)
    return next(verb for verb in verbs if verb in PERMISSIONS[actor.role])
