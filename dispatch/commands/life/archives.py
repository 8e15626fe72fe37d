"""The file of a case that is over goes to the archive under a number of its year, never given twice."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from dispatch.casework import clocks
from dispatch.commands.life.papers import decision_context
from dispatch.domain.chain import Mark
from dispatch.domain.documents import BLANKS, number_of
from dispatch.domain.errors import DocumentIncompleteError, StepOutOfOrderError, stated
from dispatch.domain.next_acts import OVER
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import PaperKind
from dispatch.domain.texts import case_number_key
from dispatch.registry.reads import next_serial
from dispatch.registry.seal import Seal
from dispatch.registry.tables import ArchiveRow, CaseRow, LetterheadRow
from dispatch.registry.transaction import Begin

SERIES = "援卷"
HAND_IN_BY = "T18a"
"""From the closing day to the file that is handed in."""


def archive(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, on: date | None = None) -> ArchiveRow:
    """Archive the file of a case, on a day up to today, under the next number of that year. Idempotent.

    Raises
    ------
    StepOutOfOrderError
        If the case goes on, or a practitioner's file was not handed in yet.
    DocumentIncompleteError
        If the centre has no mark to print before its numbers.
    """
    require(actor, Verb.ARCHIVE)
    with decision_context(begin, seal, actor, now) as context:
        session, case = context.host.session, context.host.case(case_id)
        if kept := in_force(session, case_id):
            return kept
        if case.status not in OVER:
            raise StepOutOfOrderError(state=case.status.value, step="archive")
        if awaited := clocks.running(context.host, case, HAND_IN_BY):
            seats = [clock.assignment_id for clock in awaited]
            raise StepOutOfOrderError(state="file_awaited", step="archive", assignment_ids=seats)
        day = context.day_of(context.moment_of(on, "on", case.received_at))
        row = context.host.tx.add(_row(session, actor, case, day, now))
        session.flush()
        case.archive_number, case.archive_key = row.number, case_number_key(row.number)
        context.host.touch(case)
        context.host.note(case, Mark.ARCHIVE, None, {"archive_id": row.id})
        return row


def correct(begin: Begin, seal: Seal, actor: Actor, now: datetime, archive_id: str, reason: str) -> ArchiveRow:
    """Take the file of a case out of the archive again, with the reason; its number stays used. Idempotent."""
    require(actor, Verb.CORRECT)
    with decision_context(begin, seal, actor, now) as context:
        row = context.host.tx.lock(ArchiveRow, archive_id, actor.centre_id)
        if row.voided_at is None:
            case = context.host.case(row.case_id)
            row.voided_at, row.void_reason = now, reason
            case.archive_number = case.archive_key = None
            context.host.touch(case)
            paper = context.file(PaperKind.CORRECTION, case, None, {"text": reason}, corrects=Mark.ARCHIVE.value)
            context.host.note(case, Mark.UNARCHIVE, None, {"archive_id": row.id, "paper_id": paper.id})
        return row


def require_not_archived(case: CaseRow) -> None:
    """Refuse to reopen a case whose file is in the archive: it is taken out first."""
    if case.archive_number:
        raise StepOutOfOrderError(state="archived", step="correct", archive_number=case.archive_number)


def _row(session: Session, actor: Actor, case: CaseRow, day: date, now: datetime) -> ArchiveRow:
    head = session.get(LetterheadRow, case.centre_id)
    if head is None:
        place = BLANKS["number"].place
        blank = {"field": "mark", **stated("编号", "number"), "where": stated(place.zh, place.en)}
        raise DocumentIncompleteError(kind="archive", blanks=[blank])
    serial = next_serial(session, ArchiveRow, case.centre_id, SERIES, day.year)
    return ArchiveRow(
        centre_id=case.centre_id,
        case_id=case.id,
        series=SERIES,
        year=day.year,
        serial=serial,
        number=number_of(head.mark, SERIES, day.year, serial),
        archived_on=day,
        archived_by=actor.user_id,
        archived_at=now,
    )


def in_force(session: Session, case_id: str) -> ArchiveRow | None:
    """Return the file of a case as it is in the archive now."""
    held = (ArchiveRow.case_id == case_id, col(ArchiveRow.voided_at).is_(None))
    return session.exec(select(ArchiveRow).where(*held)).one_or_none()
