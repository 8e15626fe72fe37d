"""What the fields of a document say, read from the register: the case, its people, and the act it is about."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from dispatch.commands.life.papers import answer_to
from dispatch.commands.roster.contacts import contact_of
from dispatch.domain.documents import (
    CAPACITY,
    FORMS,
    OWN_COUNSEL,
    DocumentKind,
    standing_of,
)
from dispatch.domain.law.bases import basis_of
from dispatch.domain.law.citations import Citations, cited
from dispatch.domain.law.deadlines import DEADLINES, next_duty
from dispatch.domain.states import (
    CallBackManner,
    CaseOutcome,
    Effect,
    PaperKind,
    ReplacementGround,
    Review,
    Satisfaction,
    TerminationGround,
)
from dispatch.domain.vocabulary import PartyRole, Term
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.due.calendar import load_days
from dispatch.registry.policies import load_in_force
from dispatch.registry.reads import attributes, parties
from dispatch.registry.seal import Seal
from dispatch.registry.tables import (
    ArrangementRow,
    AssignmentRow,
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
        "organ": case.organ and load_organs(sources.session, case.centre_id).official(case.organ),
        "recipient": recipient.get("name"),
        "recipient_contact": recipient.get("contact"),
        "standing": standing_of(case.service, case.stage),
        "capacity": CAPACITY.get(case.service),
    }


def _of_assignment(sources: Sources, assignment: AssignmentRow) -> Values:
    practitioner = sources.session.get_one(PractitionerRow, assignment.practitioner_id)
    known = attributes(sources.session, [practitioner.id], sources.today).get(practitioner.id)
    institution = sources.session.get_one(InstitutionRow, assignment.institution_id)
    return {
        "institution": institution.name,
        "practitioner": practitioner.name,
        "practitioner_phone": contact_of(sources.seal, practitioner.sealed, institution.contact),
        "practitioner_code": practitioner.code,
        "practitioner_kind": known.kind.zh if known and known.kind else None,
        "assigned_on": _written(sources.centre.day_of(assignment.assigned_at)),
    }


def _of_arrangement(sources: Sources, arrangement: ArrangementRow) -> Values:
    """Return its institution and the working days it was given, begun ones included."""
    first, last = sources.centre.day_of(arrangement.entrusted_at), sources.centre.day_of(arrangement.due_at)
    calendar = load_days(sources.session, arrangement.centre_id)
    days = sum(calendar.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
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
        **_of_request(sources, change),
        **_of_decision(sources, change),
    }


def _of_request(sources: Sources, change: ReplacementRow) -> Values:
    words = sources.seal.open(sources.session.get_one(PaperRow, change.paper_id).sealed or b"")
    return {"reason": words.get("text"), "evidence": "；".join(words.get("evidence", ()))}


def _of_hand_over(sources: Sources, paper: PaperRow) -> Values:
    """Return who was replaced without a request, why, and whether a colleague of theirs has the case now."""
    replaced = sources.session.get_one(AssignmentRow, paper.assignment_id)
    followed = select(AssignmentRow).where(
        AssignmentRow.case_id == paper.case_id,
        AssignmentRow.institution_id == replaced.institution_id,
        col(AssignmentRow.assigned_at) >= paper.filed_at,
        AssignmentRow.id != replaced.id,
    )
    return _of_assignment(sources, replaced) | {
        "ground": _label(ReplacementGround, paper.facts.get("ground")),
        "reason": _words(sources, paper),
        "stays": "是" if sources.session.exec(followed).first() else None,
    }


def _of_decision(sources: Sources, change: ReplacementRow) -> Values:
    """Return how the request was decided; of one that waits, nothing."""
    if change.decided_at is None:
        return {}
    decided = (
        PaperRow.assignment_id == change.assignment_id,
        PaperRow.kind == PaperKind.REPLACEMENT_DECISION,
        PaperRow.filed_at == change.decided_at,
    )
    paper = sources.session.exec(select(PaperRow).where(*decided)).first()
    return {
        "verdict": VERDICTS[change.state, change.same_institution or False],
        "decision": _words(sources, paper) if paper else None,
        "decided_on": _written(sources.centre.day_of(change.decided_at)),
    }


def _of_paper(sources: Sources, paper: PaperRow) -> Values:
    return OF_PAPER[paper.kind](sources, paper)


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


def _of_record(sources: Sources, paper: PaperRow) -> Values:
    """Return a record of supervision: whose work it is about, its days, and its words."""
    words, coded = sources.seal.open(paper.sealed or b""), paper.facts
    return _of_assignment(sources, sources.session.get_one(AssignmentRow, paper.assignment_id)) | {
        "report": words.get("text"),
        "question": words.get("text"),
        "observer": words.get("observer"),
        "caller": words.get("caller"),
        "suggestion": words.get("suggestion"),
        "manner": _label(CallBackManner, coded.get("manner")),
        "satisfaction": _label(Satisfaction, coded.get("satisfaction")),
        **{name: _written(date.fromisoformat(coded[key])) for name, key in RECORDED_ON.items() if key in coded},
    }


def _of_inquiry(sources: Sources, paper: PaperRow) -> Values:
    """Return an inquiry, with what the organ answered if it did."""
    answer = answer_to(sources.session, paper)
    if answer is None:
        return _of_record(sources, paper)
    words = sources.seal.open(answer.sealed or b"")
    answered = {"question": _words(sources, paper), "answer": words["text"], "answered_by": words["answered_by"]}
    return _of_record(sources, answer) | answered


def _words(sources: Sources, paper: PaperRow) -> str | None:
    return sources.seal.open(paper.sealed).get("text") if paper.sealed else None


def _in_sentence(basis: Citations) -> str:
    # Within a sentence, laws are set apart as its other parts are.
    return cited(basis, "zh").replace("；", "、")


# fmt: off
VERDICTS = {
    # decision, and whether the institution keeps the case
    (Review.APPROVED, True):  "同意更换，由原承办机构另行安排",
    (Review.APPROVED, False): "同意更换，原承办机构不再承办",
    (Review.REJECTED, False): "不同意更换",
}

RECORDED_ON = {"heard_on": "held_on", "called_on": "called_on", "answered_on": "answered_on"}
"""Days of a record, by field."""

OF_PAPER: Mapping[PaperKind, Callable[[Sources, PaperRow], Values]] = {
    PaperKind.CLOSING:     _of_closing,
    PaperKind.REPLACEMENT_DECISION: _of_hand_over,
    PaperKind.TERMINATION: _of_ending,
    PaperKind.OWN_COUNSEL: _of_ending,
    PaperKind.HEARING:     _of_record,
    PaperKind.INQUIRY:     _of_inquiry,
    PaperKind.CALL_BACK:   _of_record,
}
# fmt: on

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
