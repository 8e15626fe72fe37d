"""The work on a case: the agreement is signed, work begins, progress is reported, and the case is closed."""

from datetime import date, datetime
from typing import Any

from dispatch.casework import undertaking
from dispatch.casework.records import Facts
from dispatch.commands.life.papers import decision_context, own_assignment, require_at_work
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError, ReasonRequiredError
from dispatch.domain.funds.subsidy import NOTHING_SPENT, Spent
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import CaseOutcome, Effect, EndReason, MajorGround, PaperKind
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, PaperRow
from dispatch.registry.transaction import Begin


def sign(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, assignment_id: str, signed_on: date | None = None
) -> AssignmentRow:
    """Record the signed agreement and power of attorney, which meets their time limit. Idempotent.

    The day of signing counts for the time limit, not the day on which it is written down.
    """
    with decision_context(begin, seal, actor, now) as context:
        assignment = own_assignment(context.host, actor, Verb.REPORT_PROGRESS, assignment_id)
        if assignment.signed_at:
            return assignment
        case = context.host.case(assignment.case_id)
        require_at_work(case, assignment, Event.SIGN)
        if assignment.begun_at:
            raise IllegalTransitionError(status=case.status.value, event=Event.SIGN.value)
        at = context.moment_of(signed_on, "signed_on", assignment.assigned_at)
        undertaking.sign(context.host, case, assignment, at)
        context.file(PaperKind.AGREEMENT, case, assignment, signed_on=context.day_of(at).isoformat())
        return assignment


def begin_work(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, assignment_id: str, obstacle: str | None = None
) -> AssignmentRow:
    """Let the work begin. Idempotent.

    Without a signed agreement, the obstacle on the recipient's side must be stated.
    """
    with decision_context(begin, seal, actor, now) as context:
        assignment = own_assignment(context.host, actor, Verb.REPORT_PROGRESS, assignment_id)
        if assignment.begun_at:
            return assignment
        case = context.host.case(assignment.case_id)
        require_at_work(case, assignment, Event.UNDERTAKE)
        if not assignment.signed_at:
            if not obstacle:
                raise ReasonRequiredError(field="obstacle")
            context.file(PaperKind.OBSTACLE, case, assignment, {"text": obstacle})
        undertaking.begin_work(context.host, case, assignment)
        return assignment


def report_progress(begin: Begin, seal: Seal, actor: Actor, now: datetime, assignment_id: str, text: str) -> PaperRow:
    """Put a progress report into the file of the case."""
    with decision_context(begin, seal, actor, now) as context:
        assignment = own_assignment(context.host, actor, Verb.REPORT_PROGRESS, assignment_id)
        case = context.host.case(assignment.case_id)
        require_at_work(case, assignment, Event.UNDERTAKE)
        paper = context.file(PaperKind.PROGRESS, case, assignment, {"text": text})
        context.host.note(case, Mark.REPORT, None, {"assignment_id": assignment.id, "paper_id": paper.id})
        return paper


def report_major(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, assignment_id: str, ground: MajorGround, text: str
) -> PaperRow:
    """Report the case as major, on one of the grounds the rules name; from now on it counts as one."""
    with decision_context(begin, seal, actor, now) as context:
        assignment = own_assignment(context.host, actor, Verb.REPORT_PROGRESS, assignment_id)
        case = context.host.case(assignment.case_id)
        require_at_work(case, assignment, Event.UNDERTAKE)
        paper = context.file(PaperKind.MAJOR, case, assignment, {"text": text}, ground=ground.value)
        case.major = True
        context.host.touch(case)
        facts: Facts = {"assignment_id": assignment.id, "paper_id": paper.id, "ground": ground.value}
        context.host.note(case, Mark.MAJOR, None, facts)
        return paper


def close(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    assignment_id: str,
    outcome: CaseOutcome,
    text: str,
    finished_on: date | None = None,
    effect: Effect | None = None,
    spent: Spent = NOTHING_SPENT,
) -> AssignmentRow:
    """Hand in the closing report, which frees the practitioner; the case is closed once that of every seat is in.

    Service days and direct costs are what the subsidy is reckoned by.
    Idempotent: a closing report is not exchanged for another one; a mistake is corrected by the manager.
    """
    with decision_context(begin, seal, actor, now) as context:
        assignment = own_assignment(context.host, actor, Verb.CLOSE, assignment_id)
        if assignment.end_reason is EndReason.CLOSED:
            return assignment
        case = context.host.case(assignment.case_id)
        require_at_work(case, assignment, Event.CLOSE)
        if not assignment.begun_at or case.status not in undertaking.WORKING:
            raise IllegalTransitionError(status=case.status.value, event=Event.CLOSE.value)
        at = context.moment_of(finished_on, "finished_on", assignment.assigned_at)
        day = context.day_of(at)
        assignment.finished_on, assignment.outcome = day, outcome
        coded = {"outcome": outcome.value, "finished_on": day.isoformat(), "effect": effect and effect.value}
        costs = [cost.model_dump(mode="json") for cost in spent.costs] or None
        taken: dict[str, Any] = {"service_days": spent.days, "costs": costs}
        paper = context.file(PaperKind.CLOSING, case, assignment, {"text": text}, **coded, **taken)
        facts: Facts = {"paper_id": paper.id, "outcome": outcome.value, "finished_on": day.isoformat()}
        undertaking.close(context.host, case, assignment, at, facts)
        return assignment
