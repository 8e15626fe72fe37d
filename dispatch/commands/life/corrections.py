"""Corrections: a manager undoes the newest act in the life of a case, with the reason, and learns what is restored."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import delete
from sqlmodel import col, or_, select

from dispatch.casework.correction import acts_of, is_replacement, last_act, undoable
from dispatch.casework.correction import correct as undo
from dispatch.commands.cases.entitlement import change, reckon_waiting
from dispatch.commands.funds.settlements import require_unsettled
from dispatch.commands.life.archives import require_not_archived
from dispatch.commands.life.papers import DecisionContext, decision_context
from dispatch.commands.life.transfers import sent_within
from dispatch.domain.errors import IllegalTransitionError, stated
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import PaperKind, Review
from dispatch.domain.vocabulary import PairKind, Status
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, PairRow, ReplacementRow
from dispatch.registry.transaction import Begin

BACK = stated("由接收的法律援助机构移送回来", "the centre that has the case now transfers it back")


class Correction(NamedTuple):
    """What was undone, the state the case is in again, and what is live again."""

    case_id: str
    paper_id: str
    corrects: str
    status: Status
    assignment_ids: list[str]
    clock_ids: list[str]


def correct(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, reason: str) -> Correction:
    """
    Undo the newest act of the case: its state, seats, turns and time limits are as they were before it.

    Raises
    ------
    IllegalTransitionError
        If there is no act that may be corrected, or the newest is the bureau's.
    StepOutOfOrderError
        If the subsidy of the work is settled by what would be undone: the settlement is corrected first.
    """
    require(actor, Verb.CORRECT)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        if sent_within(context.host, case):
            raise IllegalTransitionError(status=case.status.value, event=Event.CORRECT.value, expected=BACK)
        require_not_archived(case)
        _require_unsettled(context, case)
        paper = context.file(PaperKind.CORRECTION, case, words={"text": reason})
        replaced = _replaced(context, case)
        entry = undo(context.host, case, {"paper_id": paper.id})
        # What was handed in by mistake is owed again.
        case.materials_owed = list(entry.ids("materials_owed")) or case.materials_owed
        if "hearing_on_before" in entry.facts:
            before = entry.facts["hearing_on_before"]
            change(case, {"hearing_on": date.fromisoformat(str(before)) if before else None}, now)
            reckon_waiting(context.host, case)
        if replaced:
            _let_wait_again(context, case, *replaced)
        paper.facts = {"corrects": entry.event}
        alive = (entry.ids("assignment_ids"), entry.ids("clock_ids"))
        return Correction(case.id, paper.id, entry.event, case.status, *alive)


def _replaced(context: DecisionContext, case: CaseRow) -> tuple[AssignmentRow, datetime] | None:
    """Return whom a replacement took off that is corrected now, and when."""
    entry = undoable(acts_of(context.host.entries(case)))
    if entry is None or not is_replacement(entry):
        return None
    assignment = context.host.assignment(str(entry.facts["assignment_id"]))
    return (assignment, assignment.ended_at) if assignment.ended_at else None


def _let_wait_again(context: DecisionContext, case: CaseRow, assignment: AssignmentRow, since: datetime) -> None:
    """Let nobody be barred by a replacement that was corrected, and a request for it wait for its decision again.

    A successor who was named meanwhile is not asked again; a conflict that somebody else declared stays.
    """
    session, who = context.host.session, assignment.practitioner_id
    named = select(AssignmentRow.practitioner_id).where(
        AssignmentRow.case_id == case.id, col(AssignmentRow.assigned_at) >= since
    )
    session.exec(
        delete(PairRow)
        .where(col(PairRow.case_id) == case.id, col(PairRow.created_at) >= since)
        .where(or_(col(PairRow.practitioner_id) == who, col(PairRow.kind) == PairKind.REFUSED))
        .where(col(PairRow.practitioner_id).not_in(set(session.exec(named)) - {who}))
    )
    decided = (ReplacementRow.assignment_id == assignment.id, ReplacementRow.state == Review.APPROVED)
    for request in session.exec(select(ReplacementRow).where(*decided)):
        request.state = Review.WAITING
        request.same_institution = request.decided_by = request.decided_at = request.successor_id = None


def _require_unsettled(context: DecisionContext, case: CaseRow) -> None:
    newest = last_act(context.host.entries(case))
    if newest is not None and newest.event in (Event.CLOSE, Event.EVALUATE):
        require_unsettled(context.host.session, str(newest.facts["assignment_id"]))
