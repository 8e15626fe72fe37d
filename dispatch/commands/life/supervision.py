"""Supervision of the work on a case: hearings attended, opinions asked of the organ, recipients called back.

Each is a record of its own; staff alone reads what was said of a practitioner. A mistake is struck out by a manager.
Source: 《法律援助法》第五十九条.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from dispatch.commands.life.papers import SUPERVISION, DecisionContext, answer_to, decision_context, struck_out
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError, NotFoundError, StepOutOfOrderError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import CallBackManner, PaperKind, Satisfaction
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, PaperRow
from dispatch.registry.transaction import Begin


def attend_hearing(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, assignment_id: str, observer: str, text: str,
    held_on: date | None = None,
) -> PaperRow:  # fmt: skip
    """Record a hearing that an officer attended, on a day since the assignment was accepted; today if left out."""
    with _supervised(begin, seal, actor, now) as context:
        assignment = _accepted(context, assignment_id)
        day = _day(context, held_on, "held_on", assignment)
        return _record(context, PaperKind.HEARING, assignment, {"text": text, "observer": observer}, held_on=day)


def inquire(begin: Begin, seal: Seal, actor: Actor, now: datetime, assignment_id: str, text: str) -> PaperRow:
    """Record what the case organ is asked about the work; the letter is issued about it."""
    with _supervised(begin, seal, actor, now) as context:
        assignment = _accepted(context, assignment_id)
        return _record(context, PaperKind.INQUIRY, assignment, {"text": text})


def record_answer(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, inquiry_id: str, satisfaction: Satisfaction,
    answered_by: str, text: str, answered_on: date | None = None,
) -> PaperRow:  # fmt: skip
    """Record what the organ answered to an inquiry. Idempotent; another answer needs the first struck out."""
    with _supervised(begin, seal, actor, now) as context:
        inquiry = _standing(context, inquiry_id, PaperKind.INQUIRY)
        assignment = context.host.assignment(inquiry.assignment_id or "")
        day = context.day_of(context.moment_of(answered_on, "answered_on", inquiry.filed_at)).isoformat()
        words = {"text": text, "answered_by": answered_by}
        facts = {"answers": inquiry.id, "satisfaction": satisfaction.value, "answered_on": day}
        if given := answer_to(context.host.session, inquiry):
            if (given.facts, seal.open(given.sealed or b"")) != (facts, words):
                raise StepOutOfOrderError(state="answered", step="answer")
            return given
        return _record(context, PaperKind.INQUIRY_ANSWER, assignment, words, **facts)


def call_back(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, assignment_id: str, manner: CallBackManner,
    satisfaction: Satisfaction, caller: str, text: str, suggestion: str | None = None, called_on: date | None = None,
) -> PaperRow:  # fmt: skip
    """Record what the recipient said of the work when called back, on a day since it was accepted."""
    with _supervised(begin, seal, actor, now) as context:
        assignment = _accepted(context, assignment_id)
        words = {"text": text, "caller": caller} | ({"suggestion": suggestion} if suggestion else {})
        coded = {"manner": manner.value, "satisfaction": satisfaction.value}
        day = _day(context, called_on, "called_on", assignment)
        return _record(context, PaperKind.CALL_BACK, assignment, words, called_on=day, **coded)


def strike_out(begin: Begin, seal: Seal, actor: Actor, now: datetime, paper_id: str, reason: str) -> PaperRow:
    """Strike out a record of supervision, with the reason: nothing is issued about it any more. Idempotent.

    Of an inquiry that was answered, the answer is struck out first.
    """
    require(actor, Verb.CORRECT)
    with decision_context(begin, seal, actor, now) as context:
        paper = _found(context, paper_id, *SUPERVISION)
        if note := struck_out(context.host.session, paper.case_id).get(paper.id):
            return note
        if paper.kind is PaperKind.INQUIRY and answer_to(context.host.session, paper):
            raise StepOutOfOrderError(state="answered", step="strike_out")
        case = context.host.case(paper.case_id)
        facts = {"corrects": paper.kind.value, "struck_out": paper.id}
        note = context.file(PaperKind.CORRECTION, case, None, {"text": reason}, **facts)
        context.host.note(case, Mark.STRIKE, None, {"paper_id": paper.id, "corrects": paper.kind.value})
        return note


def _supervised(begin: Begin, seal: Seal, actor: Actor, now: datetime) -> Any:
    require(actor, Verb.SUPERVISE)
    return decision_context(begin, seal, actor, now)


def _accepted(context: DecisionContext, assignment_id: str) -> AssignmentRow:
    """Return an assignment on which somebody works or worked."""
    assignment = context.host.assignment(assignment_id)
    if assignment.accepted_at is None:
        case = context.host.case(assignment.case_id)
        raise IllegalTransitionError(status=case.status.value, event=Mark.SUPERVISE.value)
    return assignment


def _day(context: DecisionContext, on: date | None, field: str, assignment: AssignmentRow) -> str:
    since = assignment.accepted_at or assignment.assigned_at
    return context.day_of(context.moment_of(on, field, since)).isoformat()


def _found(context: DecisionContext, paper_id: str, *kinds: PaperKind) -> PaperRow:
    paper = context.host.tx.lock(PaperRow, paper_id, context.host.centre_id)
    if paper.kind not in kinds:
        raise NotFoundError(what="paper", id=paper_id)
    return paper


def _standing(context: DecisionContext, paper_id: str, kind: PaperKind) -> PaperRow:
    """Return a record that was not struck out."""
    paper = _found(context, paper_id, kind)
    if paper.id in struck_out(context.host.session, paper.case_id):
        raise NotFoundError(what="paper", id=paper_id)
    return paper


def _record(
    context: DecisionContext, kind: PaperKind, assignment: AssignmentRow, words: Mapping[str, str], **coded: str
) -> PaperRow:
    case = context.host.case(assignment.case_id)
    paper = context.file(kind, case, assignment, words, **coded)
    context.host.note(case, Mark.SUPERVISE, None, {"paper_id": paper.id, "assignment_id": assignment.id})
    return paper
