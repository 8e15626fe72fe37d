"""What a document is about, as far as it has happened, and to whom it is handed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from dispatch.commands.life.papers import struck_out
from dispatch.domain.documents import FORMS, PAPERS_OF, DocumentKind, DocumentSubject
from dispatch.domain.errors import IllegalTransitionError, InvalidFieldError, NotFoundError, stated
from dispatch.domain.states import ArrangementState, EndReason, Review
from dispatch.domain.vocabulary import Status
from dispatch.registry.own import BY as OWN_COLUMN
from dispatch.registry.tables import ArrangementRow, AssignmentRow, CaseRow, PaperRow, ReplacementRow


def subject_of(session: Session, case: CaseRow, kind: DocumentKind, about_id: str | None) -> Any:
    """
    Return what the document is about: the row named, or the only one there is.

    Raises
    ------
    NotFoundError
        If the case has no such row.
    IllegalTransitionError
        If what the document is about has not happened yet.
    InvalidFieldError
        If there are several and none is named.
    """
    about = FORMS[kind].about
    rows = CANDIDATES[about](session, case)
    if about_id is not None:
        named = [row for row in rows if row.id == about_id]
        if not named:
            raise NotFoundError(what=about.value, id=about_id)
        return named[0]
    current = [row for row in rows if getattr(row, "ended_at", None) is None]
    if not current:
        raise IllegalTransitionError(status=case.status.value, document=kind.value, lacks=stated(about.zh, about.en))
    if len(current) > 1:
        listed = ", ".join(row.id for row in current)
        raise InvalidFieldError(field="about_id", expected=stated(f"下列之一：{listed}", f"one of these: {listed}"))
    return current[0]


def _assignments(session: Session, case: CaseRow) -> Sequence[Any]:
    held = select(AssignmentRow).where(AssignmentRow.case_id == case.id)
    return session.exec(held.order_by(col(AssignmentRow.assigned_at), col(AssignmentRow.seat))).all()


def _commissions(session: Session, case: CaseRow) -> Sequence[Any]:
    given = (ArrangementRow.case_id == case.id, ArrangementRow.state == ArrangementState.OPEN)
    return [*_assignments(session, case), *session.exec(select(ArrangementRow).where(*given)).all()]


def _papers(session: Session, case: CaseRow, about: DocumentSubject) -> Sequence[PaperRow]:
    filed = (PaperRow.case_id == case.id, col(PaperRow.kind).in_(PAPERS_OF[about]))
    return session.exec(select(PaperRow).where(*filed).order_by(col(PaperRow.filed_at), col(PaperRow.id))).all()


def _closings(session: Session, case: CaseRow) -> Sequence[PaperRow]:
    """Return the closing report of each assignment that is closed by it; one that was corrected counts no more."""
    closed = {row.id for row in _assignments(session, case) if row.outcome is not None}
    papers = _papers(session, case, DocumentSubject.CLOSING)
    newest = {paper.assignment_id: paper for paper in papers if paper.assignment_id in closed}
    return list(newest.values())


def _requests(session: Session, case: CaseRow) -> Sequence[ReplacementRow]:
    asked = select(ReplacementRow).where(ReplacementRow.case_id == case.id)
    return session.exec(asked.order_by(col(ReplacementRow.asked_at), col(ReplacementRow.id))).all()


def _changes(session: Session, case: CaseRow) -> Sequence[ReplacementRow | PaperRow]:
    """Return the requests that were agreed to, and the newest decision on each other seat that was handed over."""
    agreed = [row for row in _requests(session, case) if row.state is Review.APPROVED]
    gone = {row.id for row in _assignments(session, case) if row.end_reason is EndReason.REPLACED}
    unasked = gone - {row.assignment_id for row in agreed}
    decisions = _papers(session, case, DocumentSubject.CHANGE)
    return [*agreed, *{each.assignment_id: each for each in decisions if each.assignment_id in unasked}.values()]


def _records(about: DocumentSubject) -> Callable[[Session, CaseRow], Sequence[PaperRow]]:
    """Return how the records of one kind are found; one that was struck out counts no more."""

    def standing(session: Session, case: CaseRow) -> Sequence[PaperRow]:
        gone = struck_out(session, case.id)
        return [paper for paper in _papers(session, case, about) if paper.id not in gone]

    return standing


def _endings(session: Session, case: CaseRow) -> Sequence[PaperRow]:
    """Return what ended the aid; an end that was corrected counts no more."""
    ended = case.status in (Status.TERMINATED, Status.RETAINED)
    return _papers(session, case, DocumentSubject.ENDING)[-1:] if ended else []


CANDIDATES: Mapping[DocumentSubject, Callable[[Session, CaseRow], Sequence[Any]]] = {
    DocumentSubject.COMMISSION: _commissions,
    DocumentSubject.ASSIGNMENT: _assignments,
    DocumentSubject.REQUEST: _requests,
    DocumentSubject.CHANGE: _changes,
    DocumentSubject.HEARING: _records(DocumentSubject.HEARING),
    DocumentSubject.INQUIRY: _records(DocumentSubject.INQUIRY),
    DocumentSubject.CALL_BACK: _records(DocumentSubject.CALL_BACK),
    DocumentSubject.CLOSING: _closings,
    DocumentSubject.ENDING: _endings,
}


def addressees_of(session: Session, kind: DocumentKind, subject: Any) -> list[str]:
    """Return the ids of the practitioners and institutions a document is handed to, if its form is for them."""
    held = HOLDERS[type(subject)](session, subject)
    return sorted({id for row in held for name in _named_in(kind) if (id := getattr(row, name, None))})


def _named_in(kind: DocumentKind) -> list[str]:
    return [OWN_COLUMN[role] for role in sorted(FORMS[kind].readers & OWN_COLUMN.keys())]


def _holders_of_paper(session: Session, paper: PaperRow) -> Sequence[Any]:
    """Return whose paper it is; an end of the aid concerns everyone whose assignment ended with it."""
    if paper.assignment_id is not None:
        return [session.get_one(AssignmentRow, paper.assignment_id)]
    ended = (
        AssignmentRow.case_id == paper.case_id,
        col(AssignmentRow.end_reason).in_((EndReason.TERMINATED, EndReason.RETAINED)),
    )
    return session.exec(select(AssignmentRow).where(*ended)).all()


HOLDERS: Mapping[type, Callable[[Session, Any], Sequence[Any]]] = {
    AssignmentRow: lambda _, row: [row],
    ArrangementRow: lambda _, row: [row],
    ReplacementRow: lambda session, row: [session.get_one(AssignmentRow, row.assignment_id)],
    PaperRow: _holders_of_paper,
}
