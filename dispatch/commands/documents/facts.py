"""What stands in the fields of a document, read from the register: the case, its people, and the act it is about."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from dispatch.domain.calendar import china
from dispatch.domain.documents import (
    CAPACITY,
    FORMS,
    OWN_COUNSEL,
    PAPERS_OF,
    DocumentKind,
    DocumentSubject,
    standing_of,
)
from dispatch.domain.errors import IllegalTransitionError, InvalidFieldError, NotFoundError, stated
from dispatch.domain.law.bases import basis_of
from dispatch.domain.law.citations import Citations, cited
from dispatch.domain.law.deadlines import DEADLINES, next_duty
from dispatch.domain.states import (
    ArrangementState,
    CaseOutcome,
    Effect,
    EndReason,
    PaperKind,
    Review,
    TerminationGround,
)
from dispatch.domain.vocabulary import PartyRole, Status, Term
from dispatch.registry.own import BY as OWN_COLUMN
from dispatch.registry.policies import load_in_force
from dispatch.registry.reads import parties
from dispatch.registry.seal import Seal
from dispatch.registry.tables import (
    ArrangementRow,
    AssignmentRow,
    AttributesRow,
    CaseRow,
    CentreRow,
    DocumentRow,
    InstitutionRow,
    LetterheadRow,
    PaperRow,
    PractitionerRow,
    ReplacementRow,
)

UNPRINTABLE = re.compile("[^\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no document can hold, written or printed."""

Values = dict[str, str | None]


class Sources(NamedTuple):
    """Where the values are read, and the centre they are printed for."""

    session: Session
    seal: Seal
    centre: CentreRow
    now: datetime

    @property
    def today(self) -> date:
        """Return the day of issue."""
        return self.centre.day_of(self.now)


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


def _changes(session: Session, case: CaseRow) -> Sequence[ReplacementRow]:
    agreed = (ReplacementRow.case_id == case.id, ReplacementRow.state == Review.APPROVED)
    return session.exec(select(ReplacementRow).where(*agreed).order_by(col(ReplacementRow.asked_at))).all()


def _endings(session: Session, case: CaseRow) -> Sequence[PaperRow]:
    """Return what ended the aid; an end that was corrected counts no more."""
    ended = case.status in (Status.TERMINATED, Status.RETAINED)
    return _papers(session, case, DocumentSubject.ENDING)[-1:] if ended else []


CANDIDATES: Mapping[DocumentSubject, Callable[[Session, CaseRow], Sequence[Any]]] = {
    DocumentSubject.COMMISSION: _commissions,
    DocumentSubject.ASSIGNMENT: _assignments,
    DocumentSubject.CHANGE: _changes,
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


def values_of(sources: Sources, case: CaseRow, kind: DocumentKind, subject: Any) -> Values:
    """Return what the register knows for the fields of a document; what it does not know is None."""
    found = _of_centre(sources, case, kind) | _of_case(sources, case) | READ[type(subject)](sources, subject)
    return {name: value and UNPRINTABLE.sub("", value) for name, value in found.items()}


def _of_centre(sources: Sources, case: CaseRow, kind: DocumentKind) -> Values:
    head = sources.session.get(LetterheadRow, sources.centre.id)
    basis = FORMS[kind].basis or DEADLINES[next_duty(case.source, granted=True)].source
    return {
        "centre": sources.centre.name,
        "contact": head.contact if head else None,
        "phone": head.phone if head else None,
        "issued_on": _written(sources.today),
        "basis": _in_sentence(basis),
    }


def _of_case(sources: Sources, case: CaseRow) -> Values:
    policy = load_in_force(sources.session, case.centre_id).policy
    people = {row.role: sources.seal.open(row.sealed) for row in parties(sources.session, case.id)}
    recipient = people.get(PartyRole.RECIPIENT, {})
    return {
        "case_number": case.number,
        "matter": case.matter.zh,
        "cause": next((cause.zh for cause in policy.causes if cause.code == case.cause), None),
        "service": case.service.zh,
        "stage": case.stage.zh,
        "organ": case.organ,
        "recipient": recipient.get("name"),
        "recipient_contact": recipient.get("contact"),
        "standing": standing_of(case.service, case.stage),
        "capacity": CAPACITY.get(case.service),
    }


def _of_assignment(sources: Sources, assignment: AssignmentRow) -> Values:
    practitioner = sources.session.get_one(PractitionerRow, assignment.practitioner_id)
    own = (AttributesRow.practitioner_id == practitioner.id, col(AttributesRow.until_on).is_(None))
    known = sources.session.exec(select(AttributesRow).where(*own)).one_or_none()
    return {
        "institution": sources.session.get_one(InstitutionRow, assignment.institution_id).name,
        "practitioner": practitioner.name,
        "practitioner_code": practitioner.code,
        "practitioner_kind": known.kind.zh if known and known.kind else None,
        "assigned_on": _written(sources.centre.day_of(assignment.assigned_at)),
    }


def _of_arrangement(sources: Sources, arrangement: ArrangementRow) -> Values:
    """Return its institution and the working days it was given, begun ones included."""
    first, last = sources.centre.day_of(arrangement.entrusted_at), sources.centre.day_of(arrangement.due_at)
    days = sum(china().is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    return {
        "institution": sources.session.get_one(InstitutionRow, arrangement.institution_id).name,
        "days_to_arrange": str(max(days, 1)),
    }


def _of_change(sources: Sources, change: ReplacementRow) -> Values:
    """Return who was replaced, why, and whether the institution names another person or loses the case."""
    return _of_assignment(sources, sources.session.get_one(AssignmentRow, change.assignment_id)) | {
        "asker": change.asker.zh,
        "asked_on": _written(sources.centre.day_of(change.asked_at)),
        "ground": change.ground.zh,
        "stays": "是" if change.same_institution else None,
    }


def _of_paper(sources: Sources, paper: PaperRow) -> Values:
    return _of_closing(sources, paper) if paper.kind is PaperKind.CLOSING else _of_ending(sources, paper)


def _of_closing(sources: Sources, paper: PaperRow) -> Values:
    coded = paper.facts
    return _of_assignment(sources, sources.session.get_one(AssignmentRow, paper.assignment_id)) | {
        "outcome": _label(CaseOutcome, coded.get("outcome")),
        "effect": _label(Effect, coded.get("effect")),
        "finished_on": _written(date.fromisoformat(coded["finished_on"])),
        "report": _words(sources, paper),
    }


def _of_ending(sources: Sources, paper: PaperRow) -> Values:
    """Return why aid ended, by which item of the law, and the newest letter in force that ends with it."""
    sent = (
        DocumentRow.case_id == paper.case_id,
        DocumentRow.kind == DocumentKind.LETTER,
        col(DocumentRow.voided_at).is_(None),
    )
    letters = select(DocumentRow).where(*sent).order_by(col(DocumentRow.issued_at).desc(), col(DocumentRow.id))
    letter = sources.session.exec(letters).first()
    own = OWN_COUNSEL if paper.kind is PaperKind.OWN_COUNSEL else None
    return {
        "basis": _in_sentence(basis_of(paper.kind, paper.facts)),
        "ground": own or _label(TerminationGround, paper.facts.get("ground")),
        "reason": _words(sources, paper),
        "letter_number": letter.number if letter else None,
    }


def _words(sources: Sources, paper: PaperRow) -> str | None:
    return sources.seal.open(paper.sealed).get("text") if paper.sealed else None


def _in_sentence(basis: Citations) -> str:
    # Within a sentence, laws are set apart as its other parts are.
    return cited(basis, "zh").replace("；", "、")


READ: Mapping[type, Callable[[Sources, Any], Values]] = {
    AssignmentRow: _of_assignment,
    ArrangementRow: _of_arrangement,
    PaperRow: _of_paper,
    ReplacementRow: _of_change,
}


def _label(words: type[Term], value: str | None) -> str | None:
    return next((word.zh for word in words if word == value), None)


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
