"""After the assignment: the practitioner accepts it, declines it, or later gives the case back."""

from datetime import datetime

from sqlmodel import select

from dispatch.casework import undertaking
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError, NotFoundError, ReasonRequiredError
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.states import EndReason, GivingBack, Review
from dispatch.registry.host import RegisterHost
from dispatch.registry.offers import UNANSWERED, due
from dispatch.registry.tables import AbandonmentRow, AssignmentRow
from dispatch.registry.transaction import Begin, Read


def answer_assignment(
    begin: Begin, actor: Actor, now: datetime, assignment_id: str, accept: bool, reason: GivingBack | None = None
) -> AssignmentRow:
    """Accept an assignment, which opens the file, or decline it, which queues the case again with its age.

    Who had won it on the board claims nothing for a while, unless a manager finds good reason.
    Idempotent.
    """
    if reason is None and not accept:
        raise ReasonRequiredError(field="reason", known=[each.value for each in GivingBack])
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        assignment = _own(host, actor, assignment_id)
        declined = assignment.end_reason is EndReason.DECLINED
        if (assignment.accepted_at is not None and accept) or (declined and not accept):
            return assignment
        case = host.case(assignment.case_id)
        if assignment.ended_at or assignment.accepted_at:
            event = Event.ACCEPT if accept else Event.DECLINE
            raise IllegalTransitionError(status=case.status.value, event=event.value)
        if accept:
            undertaking.accept(host, case, assignment)
        else:
            own = actor.practitioner_id == assignment.practitioner_id
            undertaking.decline(host, case, assignment, reason or GivingBack.OTHER, own=own)
        return assignment


def expire_assignments(begin: Begin, read: Read, now: datetime) -> int:
    """Take back what nobody answered until its agreement was due; return how many seats are open again."""
    with read() as session:
        found = due(session, UNANSWERED, now)
    moved = 0
    for centre_id, case_ids in found.items():
        for case_id in case_ids:
            with begin() as tx:
                moved += undertaking.expire_assignments(RegisterHost(tx, centre_id, None, now), case_id)
    return moved


def abandon(begin: Begin, actor: Actor, now: datetime, assignment_id: str, reason: GivingBack) -> AbandonmentRow:
    """Give a case back after accepting it: an event with a reason that a manager reviews; again is the same one.

    What an officer writes down is not the practitioner's own: it counts in no quota and cools nobody down.
    """
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        assignment = _own(host, actor, assignment_id)
        same = select(AbandonmentRow).where(AbandonmentRow.assignment_id == assignment_id)
        if kept := tx.session.exec(same).one_or_none():
            return kept
        case = host.case(assignment.case_id)
        if assignment.ended_at or not assignment.accepted_at:
            raise IllegalTransitionError(status=case.status.value, event=Event.REPLACE.value)
        own = actor.practitioner_id == assignment.practitioner_id
        undertaking.give_back(host, case, assignment, reason, own=own)
        return tx.session.exec(same).one()


def review_abandonment(begin: Begin, actor: Actor, now: datetime, abandonment_id: str, approve: bool) -> AbandonmentRow:
    """Say whether a case was given back with good reason; then it cools nobody down."""
    require(actor, Verb.REPLACE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        row = tx.lock(AbandonmentRow, abandonment_id, actor.centre_id)
        verdict = Review.APPROVED if approve else Review.REJECTED
        if row.review is not verdict:
            row.review, row.reviewed_by, row.reviewed_at = verdict, actor.user_id, now
            facts: dict[str, object] = {"assignment_id": row.assignment_id, "review": verdict.value}
            host.note(host.case(row.case_id), Mark.REVIEW, None, facts)
        return row


def _own(host: RegisterHost, actor: Actor, assignment_id: str) -> AssignmentRow:
    assignment = host.tx.lock(AssignmentRow, assignment_id, actor.centre_id)
    if Verb.OFFER in PERMISSIONS[actor.role]:
        return assignment
    require(actor, Verb.ANSWER_OFFER)
    if assignment.practitioner_id != actor.practitioner_id:
        raise NotFoundError(what="assignment", id=assignment_id)
    return assignment
