"""Lists of documents: assignments that still lack one, and those that nobody has taken to print."""

from typing import Any

from sqlmodel import Session, col, select

from dispatch.domain.documents import CAPACITY, DocumentKind
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.tables import ArrangementRow, AssignmentRow, CaseRow, DocumentRow


def assignments_lacking(
    session: Session, centre_id: str, part: Slice, kind: DocumentKind, run_id: str | None = None
) -> Rows:
    """Return live assignments without a document of a kind in force, those of one practitioner together.

    A letter is lacking only where somebody acts before a case organ; a notice that gave the case to the institution
    is the notice of whom it named.
    """
    lacking = [col(AssignmentRow.ended_at).is_(None), ~_issued(kind, AssignmentRow.id)]
    if run_id is not None:
        lacking.append(AssignmentRow.run_id == run_id)
    if kind is DocumentKind.LETTER:
        pleaded = (CaseRow.id == AssignmentRow.case_id, col(CaseRow.service).in_(CAPACITY))
        lacking.append(select(CaseRow.id).where(*pleaded).exists())
    else:
        given = (ArrangementRow.assignment_id == AssignmentRow.id, _issued(kind, ArrangementRow.id))
        lacking.append(
            ~select(ArrangementRow.id).where(ArrangementRow.case_id == AssignmentRow.case_id, *given).exists()
        )
    # In the order of the index of live ones: those that have ended are many, and not looked at.
    return page(session, AssignmentRow, centre_id, part, *lacking, by="practitioner_id")


def unprinted(session: Session, centre_id: str, part: Slice, run_id: str | None = None) -> Rows:
    """Return documents in force that no officer has taken yet, as they were issued."""
    waiting = [col(DocumentRow.printed_at).is_(None), col(DocumentRow.voided_at).is_(None)]
    if run_id is not None:
        of_run = select(AssignmentRow.id).where(AssignmentRow.run_id == run_id)
        waiting.append(col(DocumentRow.about_id).in_(of_run))
    return page(session, DocumentRow, centre_id, part, *waiting, by="issued_at")


def _issued(kind: DocumentKind, about_id: Any) -> Any:
    """Whether a document of a kind about something is in force."""
    held = (DocumentRow.kind == kind, DocumentRow.about_id == about_id, col(DocumentRow.voided_at).is_(None))
    return select(DocumentRow.id).where(*held).exists()
