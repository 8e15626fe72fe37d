"""The work on a case: the agreement is signed, work begins, progress is reported, and the case is closed."""

from datetime import date, datetime

from dispatch.casework import undertaking
from dispatch.casework.records import Facts
from dispatch.commands.life.papers import desk_of, own_assignment, require_at_work
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError, ReasonRequiredError
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
    with desk_of(begin, seal, actor, now) as desk:
        assignment = own_assignment(desk.host, actor, Verb.REPORT_PROGRESS, assignment_id)
        if assignment.signed_at:
            return assignment
        case = desk.host.case(assignment.case_id)
        require_at_work(case, assignment, Event.SIGN)
        if assignment.begun_at:
            raise IllegalTransitionError(status=case.status.value, event=Event.SIGN.value)
        at = desk.moment_of(signed_on, "signed_on", assignment.assigned_at)
        undertaking.sign(desk.host, case, assignment, at)
        desk.file(PaperKind.AGREEMENT, case, assignment, signed_on=desk.day_of(at).isoformat())
        return assignment


def begin_work(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, assignment_id: str, obstacle: str | None = None
) -> AssignmentRow:
    """Let the work begin. Idempotent.

    Without a signed agreement, the obstacle on the recipient's side must be stated.
    """
    with desk_of(begin, seal, actor, now) as desk:
        assignment = own_assignment(desk.host, actor, Verb.REPORT_PROGRESS, assignment_id)
        if assignment.begun_at:
            return assignment
        case = desk.host.case(assignment.case_id)
        require_at_work(case, assignment, Event.UNDERTAKE)
        if not assignment.signed_at:
            if not obstacle:
                raise ReasonRequiredError(field="obstacle")
            desk.file(PaperKind.OBSTACLE, case, assignment, {"text": obstacle})
        undertaking.begin_work(desk.host, case, assignment)
        return assignment


def report_progress(begin: Begin, seal: Seal, actor: Actor, now: datetime, assignment_id: str, text: str) -> PaperRow:
    """Put a progress report into the file of the case."""
    with desk_of(begin, seal, actor, now) as desk:
        assignment = own_assignment(desk.host, actor, Verb.REPORT_PROGRESS, assignment_id)
        case = desk.host.case(assignment.case_id)
        require_at_work(case, assignment, Event.UNDERTAKE)
        paper = desk.file(PaperKind.PROGRESS, case, assignment, {"text": text})
        desk.host.note(case, Mark.REPORT, None, {"assignment_id": assignment.id, "paper_id": paper.id})
        return paper


def report_major(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, assignment_id: str, ground: MajorGround, text: str
) -> PaperRow:
    """Report the case as major, on one of the grounds the rules name; from now on it counts as one."""
    with desk_of(begin, seal, actor, now) as desk:
        assignment = own_assignment(desk.host, actor, Verb.REPORT_PROGRESS, assignment_id)
        case = desk.host.case(assignment.case_id)
        require_at_work(case, assignment, Event.UNDERTAKE)
        paper = desk.file(PaperKind.MAJOR, case, assignment, {"text": text}, ground=ground.value)
        case.major = True
        desk.host.touch(case)
        facts: Facts = {"assignment_id": assignment.id, "paper_id": paper.id, "ground": ground.value}
        desk.host.note(case, Mark.MAJOR, None, facts)
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
) -> AssignmentRow:
    """Hand in the closing report, which frees the practitioner; the case is closed once that of every seat is in.

    Idempotent: a closing report is not exchanged for another one; a mistake is corrected by the manager.
    """
    with desk_of(begin, seal, actor, now) as desk:
        assignment = own_assignment(desk.host, actor, Verb.CLOSE, assignment_id)
        if assignment.end_reason is EndReason.CLOSED:
            return assignment
        case = desk.host.case(assignment.case_id)
        require_at_work(case, assignment, Event.CLOSE)
        if not assignment.begun_at or case.status not in undertaking.WORKING:
            raise IllegalTransitionError(status=case.status.value, event=Event.CLOSE.value)
        day = (
            desk.moment_of(finished_on, "finished_on", assignment.assigned_at).astimezone(desk.host.office.zone).date()
        )
        assignment.finished_on, assignment.outcome = day, outcome
        coded = {"outcome": outcome.value, "finished_on": day.isoformat(), "effect": effect and effect.value}
        paper = desk.file(PaperKind.CLOSING, case, assignment, {"text": text}, **coded)
        facts: Facts = {"paper_id": paper.id, "outcome": outcome.value, "finished_on": day.isoformat()}
        undertaking.close(desk.host, case, assignment, facts)
        return assignment
