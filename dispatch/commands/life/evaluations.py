"""What the work was worth: the centre grades each closed assignment, and the recipient says how satisfied they are."""

from datetime import datetime

from dispatch.casework import undertaking
from dispatch.commands.life.ends import require_own_case
from dispatch.commands.life.papers import decision_context
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import PaperKind, QualityGrade
from dispatch.domain.vocabulary import Status
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, PaperRow
from dispatch.registry.transaction import Begin

OVER = (Status.CLOSED, Status.EVALUATED)


def grade(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    assignment_id: str,
    given: QualityGrade,
    text: str | None = None,
) -> AssignmentRow:
    """Grade the work on a closed case; the case is evaluated once that of everyone in it is graded. Idempotent.

    A grade that was given stays; another one needs a correction first.
    """
    require(actor, Verb.EVALUATE)
    with decision_context(begin, seal, actor, now) as context:
        assignment = context.host.assignment(assignment_id)
        case = context.host.case(assignment.case_id)
        if assignment.grade is given:
            return assignment
        if case.status is not Status.CLOSED or not assignment.outcome or assignment.grade:
            raise IllegalTransitionError(status=case.status.value, event=Event.EVALUATE.value)
        words = {"text": text} if text else None
        paper = context.file(PaperKind.ASSESSMENT, case, assignment, words, grade=given.value)
        undertaking.evaluate(context.host, case, assignment, given, {"paper_id": paper.id})
        return assignment


def rate(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, stars: int, text: str | None = None
) -> PaperRow:
    """Record how satisfied the recipient is, from one star to five; a later rating replaces the one before."""
    require(actor, Verb.RATE)
    require_own_case(actor, case_id)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        if case.status not in OVER:
            raise IllegalTransitionError(status=case.status.value, event=Mark.RATE.value)
        for assignment in context.host.carried(case_id):
            assignment.stars = stars
        paper = context.file(PaperKind.RATING, case, None, {"text": text} if text else None, stars=stars)
        context.host.note(case, Mark.RATE, None, {"paper_id": paper.id, "stars": stars})
        return paper
