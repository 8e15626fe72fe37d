"""Complaints: recorded, accepted or not, concluded and answered, each step with its day and its time limit.

Only an upheld one bears on a practitioner; a mistake is undone by a correction, the newest step first.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import col, select

from dispatch.casework import clocks
from dispatch.casework.records import Facts
from dispatch.commands.life.ends import require_own_case
from dispatch.commands.life.papers import DecisionContext, decision_context
from dispatch.domain.chain import Mark
from dispatch.domain.errors import NotFoundError, StepOutOfOrderError
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.states import (
    ClockEnd,
    Complainant,
    ComplaintChannel,
    ComplaintGround,
    ComplaintState,
    PaperKind,
)
from dispatch.domain.vocabulary import Role, Term
from dispatch.registry.reads import counsel, get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, ClockRow, ComplaintRow
from dispatch.registry.transaction import Begin, Read


# fmt: off
class ComplaintStep(Term):
    """A step in the handling of a complaint."""

    ACCEPT  = "accept",  "受理",     "accept"
    REJECT  = "reject",  "不予受理", "do not accept"
    UPHOLD  = "uphold",  "认定属实", "uphold"
    DISMISS = "dismiss", "认定不属实", "do not uphold"


STEPS: Mapping[tuple[ComplaintState, ComplaintStep], ComplaintState] = {
    # from                    step            to
    (ComplaintState.RECEIVED, ComplaintStep.ACCEPT):  ComplaintState.ACCEPTED,
    (ComplaintState.RECEIVED, ComplaintStep.REJECT):  ComplaintState.REJECTED,
    (ComplaintState.ACCEPTED, ComplaintStep.UPHOLD):  ComplaintState.UPHELD,
    (ComplaintState.ACCEPTED, ComplaintStep.DISMISS): ComplaintState.NOT_UPHELD,
}

BEFORE = {after: before for (before, _), after in STEPS.items()} | {ComplaintState.RECEIVED: ComplaintState.VOID}
"""What a state is led back to by a correction."""

STARTS = {
    # state                    the limit that begins with it
    ComplaintState.RECEIVED:   "T19a",
    ComplaintState.ACCEPTED:   "T19b",
    ComplaintState.UPHELD:     "T19c",
    ComplaintState.NOT_UPHELD: "T19c",
}
# fmt: on


OF_PRACTITIONERS = frozenset({
    ComplaintGround.NEGLECT, ComplaintGround.ABANDONED, ComplaintGround.CHARGED, ComplaintGround.DISCLOSED,
})  # fmt: skip
"""Grounds that only who acts in a case can give (《法律援助法》第六十一条、第六十三条)."""


class ComplaintWords(NamedTuple):
    """What a complaint says, and how it was made; ``received_on`` is today if it is left out."""

    ground: ComplaintGround
    text: str
    channel: ComplaintChannel = ComplaintChannel.WRITTEN
    complainant: Complainant = Complainant.RECIPIENT
    received_on: date | None = None


def complain(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    case_id: str,
    words: ComplaintWords,
    assignment_id: str | None = None,
) -> ComplaintRow:
    """Record a complaint about the work of an assignment, or about the handling of the case by the centre.

    A recipient, who knows no ids, means who acts for them where it is about what a practitioner owes them.
    While one about the same work is under way, what is said more is put to it, and no time limit starts anew.
    """
    require(actor, Verb.COMPLAIN)
    require_own_case(actor, case_id)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        about = _about(context, actor, case, words.ground, assignment_id)
        row = _under_way(context, case, about) or _record(context, actor, case, about, words)
        paper = context.file(PaperKind.COMPLAINT, case, about, {"text": words.text}, complaint_id=row.id,
                             ground=words.ground.value, channel=words.channel.value)  # fmt: skip
        context.host.note(case, Mark.COMPLAIN, None, {"complaint_id": row.id, "paper_id": paper.id})
        return row


def decide(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    complaint_id: str,
    step: ComplaintStep,
    text: str,
    on: date | None = None,
) -> ComplaintRow:
    """Accept a complaint or not, or conclude an accepted one, on a day up to today. Idempotent."""
    with decision_context(begin, seal, actor, now) as context:
        row = _locked(context, actor, complaint_id, Verb.DECIDE_COMPLAINT)
        if row.state in {after for (_, taken), after in STEPS.items() if taken is step}:
            return row
        case, after = context.host.case(row.case_id), STEPS.get((row.state, step))
        if after is None:
            raise StepOutOfOrderError(state=row.state.value, step=step.value)
        concluded = step in (ComplaintStep.UPHOLD, ComplaintStep.DISMISS)
        at = context.moment_of(on, "on", row.decided_at if concluded and row.decided_at else row.received_at)
        row.state = after
        if concluded:
            row.concluded_at = at
        else:
            row.decided_at = at
        _take_step(context, case, row, step.value, text, at)
        return row


def answer(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, complaint_id: str, text: str, on: date | None = None
) -> ComplaintRow:
    """Answer a concluded complaint: the complainant is told the result. Idempotent."""
    with decision_context(begin, seal, actor, now) as context:
        row = _locked(context, actor, complaint_id, Verb.DECIDE_COMPLAINT)
        if row.answered_at:
            return row
        if row.concluded_at is None:
            raise StepOutOfOrderError(state=row.state.value, step="answer")
        row.answered_at = context.moment_of(on, "on", row.concluded_at)
        _take_step(context, context.host.case(row.case_id), row, "answer", text, row.answered_at)
        return row


def correct(begin: Begin, seal: Seal, actor: Actor, now: datetime, complaint_id: str, reason: str) -> ComplaintRow:
    """Undo the newest step of a complaint, its time limit included; of one just recorded, the record itself."""
    with decision_context(begin, seal, actor, now) as context:
        row = _locked(context, actor, complaint_id, Verb.CORRECT)
        case, undone = context.host.case(row.case_id), _undo(context, row)
        paper = context.file(PaperKind.CORRECTION, case, None, {"text": reason}, corrects=undone, complaint_id=row.id)
        facts: Facts = {"complaint_id": row.id, "paper_id": paper.id, "corrects": undone}
        context.host.note(case, Mark.CORRECT_COMPLAINT, None, facts)
        return row


def complaints_of(read: Read, actor: Actor, case_id: str) -> Sequence[ComplaintRow]:
    """Return the complaints about a case, the earliest first; those recorded in error only to officers."""
    if Verb.READ_CASE not in PERMISSIONS[actor.role]:
        require(actor, Verb.COMPLAIN)
    require_own_case(actor, case_id)
    with read() as session:
        get(session, CaseRow, actor.centre_id, case_id)
        made = select(ComplaintRow).where(ComplaintRow.case_id == case_id)
        if actor.role is Role.RECIPIENT:
            made = made.where(ComplaintRow.state != ComplaintState.VOID)
        return session.exec(made.order_by(col(ComplaintRow.received_at), col(ComplaintRow.id))).all()


def _about(
    context: DecisionContext, actor: Actor, case: CaseRow, ground: ComplaintGround, assignment_id: str | None
) -> AssignmentRow | None:
    if assignment_id is None:
        meant = actor.role is Role.RECIPIENT and ground in OF_PRACTITIONERS
        return next((acting.assignment for acting in counsel(context.host.session, case.id)), None) if meant else None
    assignment = context.host.assignment(assignment_id)
    if assignment.case_id != case.id:
        raise NotFoundError(what="assignment", id=assignment_id)
    return assignment


def _under_way(context: DecisionContext, case: CaseRow, about: AssignmentRow | None) -> ComplaintRow | None:
    found = (
        ComplaintRow.about_id == (about.id if about else case.id),
        col(ComplaintRow.state).in_((ComplaintState.RECEIVED, ComplaintState.ACCEPTED)),
    )
    return context.host.session.exec(select(ComplaintRow).where(*found)).one_or_none()


def _record(
    context: DecisionContext, actor: Actor, case: CaseRow, about: AssignmentRow | None, words: ComplaintWords
) -> ComplaintRow:
    row = context.host.tx.add(
        ComplaintRow(
            centre_id=case.centre_id,
            case_id=case.id,
            about_id=about.id if about else case.id,
            assignment_id=about.id if about else None,
            practitioner_id=about.practitioner_id if about else None,
            ground=words.ground,
            channel=words.channel,
            complainant=Complainant.RECIPIENT if actor.role is Role.RECIPIENT else words.complainant,
            state=ComplaintState.RECEIVED,
            received_at=context.moment_of(words.received_on, "received_on", case.received_at),
            recorded_by=actor.user_id,
        )
    )
    context.host.session.flush()
    _begin_limit(context, case, row, row.received_at)
    return row


def _locked(context: DecisionContext, actor: Actor, complaint_id: str, verb: Verb) -> ComplaintRow:
    require(actor, verb)
    return context.host.tx.lock(ComplaintRow, complaint_id, actor.centre_id)


def _take_step(context: DecisionContext, case: CaseRow, row: ComplaintRow, step: str, text: str, at: datetime) -> None:
    _end_limit(context, row, ClockEnd.MET, at)
    if step != "answer":
        _begin_limit(context, case, row, at)
    paper = context.file(PaperKind.COMPLAINT_DECISION, case, None, {"text": text}, complaint_id=row.id, step=step,
                         on=context.day_of(at).isoformat())  # fmt: skip
    context.host.note(case, Mark.DECIDE_COMPLAINT, None, {"complaint_id": row.id, "paper_id": paper.id, "step": step})


def _undo(context: DecisionContext, row: ComplaintRow) -> str:
    undone = row.state
    if undone not in BEFORE:
        raise StepOutOfOrderError(state=undone.value, step="correct")
    if row.answered_at:
        row.answered_at = None
        _run_on(context, row)
        return "answer"
    if undone in STARTS:
        _end_limit(context, row, ClockEnd.VOID, context.host.now)
        row.clock_ids = row.clock_ids[:-1]
    row.state = BEFORE[undone]
    if row.concluded_at:
        row.concluded_at = None
    else:
        row.decided_at = None
    if row.clock_ids:
        _run_on(context, row)
    return undone.value


def _begin_limit(context: DecisionContext, case: CaseRow, row: ComplaintRow, since: datetime) -> None:
    if code := STARTS.get(row.state):
        row.clock_ids = [*row.clock_ids, clocks.start(context.host, case, code, since=since).id]
        context.host.session.flush()


def _end_limit(context: DecisionContext, row: ComplaintRow, became: ClockEnd, at: datetime) -> None:
    clock = context.host.session.get_one(ClockRow, row.clock_ids[-1])
    clock.stopped_at, clock.became = at, became


def _run_on(context: DecisionContext, row: ComplaintRow) -> None:
    clock = context.host.session.get_one(ClockRow, row.clock_ids[-1])
    clock.stopped_at = clock.became = None
