"""After the assignment: the practitioner accepts it, declines it, or later gives the case back."""

from datetime import datetime

from sqlmodel import col, select

from dispatch.commands.desk import Desk
from dispatch.commands.offering import refuse
from dispatch.commands.plan import carry_on
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError, NotFoundError, ReasonRequiredError
from dispatch.domain.ledger import reversal_of
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.states import ClaimState, GivingBack, Review
from dispatch.domain.vocabulary import PairKind, Status
from dispatch.registry.tables import AbandonmentRow, AssignmentRow, CaseRow, ClaimRow, LedgerRow, OfferRow
from dispatch.registry.transaction import Begin

DECLINED, ABANDONED = "declined", "abandoned"
"""How an assignment ends that its practitioner does not carry through."""

WORKING = (Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN)


def answer_assignment(
    begin: Begin, actor: Actor, now: datetime, assignment_id: str, accept: bool, reason: GivingBack | None = None
) -> AssignmentRow:
    """Accept an assignment, which opens the file, or decline it, which queues the case again with its age.

    The same answer again changes nothing.
    """
    if reason is None and not accept:
        raise ReasonRequiredError(field="reason", known=[each.value for each in GivingBack])
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        assignment = _own(desk, actor, assignment_id)
        if (assignment.accepted_at is not None and accept) or (assignment.end_reason == DECLINED and not accept):
            return assignment
        event = Event.ACCEPT if accept else Event.DECLINE
        case = desk.case(assignment.case_id)
        if assignment.ended_at or assignment.accepted_at:
            raise IllegalTransitionError(status=case.status.value, event=event.value)
        facts: dict[str, object] = {"assignment_id": assignment.id, "practitioner_id": assignment.practitioner_id}
        if accept:
            assignment.accepted_at = now
            tx.session.flush()
            _tell(desk, case, event, facts, whole=not _unanswered(desk, case))
        else:
            _take_back(desk, case, assignment, DECLINED, reason or GivingBack.OTHER)
            facts["reason"] = (reason or GivingBack.OTHER).value
            _tell(desk, case, event, facts, whole=case.status is Status.ASSIGNED)
            carry_on(desk, case)
        return assignment


def abandon(begin: Begin, actor: Actor, now: datetime, assignment_id: str, reason: GivingBack) -> AbandonmentRow:
    """Give a case back after accepting it: an event with a reason that a manager reviews; again is the same one."""
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        assignment = _own(desk, actor, assignment_id)
        same = select(AbandonmentRow).where(AbandonmentRow.assignment_id == assignment_id)
        if there := tx.session.exec(same).one_or_none():
            return there
        case = desk.case(assignment.case_id)
        if assignment.ended_at or not assignment.accepted_at:
            raise IllegalTransitionError(status=case.status.value, event=Event.REPLACE.value)
        _take_back(desk, case, assignment, ABANDONED, reason)
        facts: dict[str, object] = {
            "assignment_id": assignment.id,
            "practitioner_id": assignment.practitioner_id,
            "reason": reason.value,
        }
        row = tx.add(
            AbandonmentRow(
                centre_id=case.centre_id,
                case_id=case.id,
                assignment_id=assignment.id,
                practitioner_id=assignment.practitioner_id,
                reason=reason,
                at=now,
                review=Review.WAITING,
            )
        )
        _tell(desk, case, Event.REPLACE, facts, whole=case.status in (*WORKING, Status.ASSIGNED))
        carry_on(desk, case)
        return row


def review_abandonment(begin: Begin, actor: Actor, now: datetime, abandonment_id: str, approve: bool) -> AbandonmentRow:
    """Say whether a case was given back with good reason; then it cools nobody down."""
    require(actor, Verb.REPLACE)
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        row = tx.lock(AbandonmentRow, abandonment_id, actor.centre_id)
        verdict = Review.APPROVED if approve else Review.REJECTED
        if row.review is not verdict:
            row.review, row.reviewed_by, row.reviewed_at = verdict, actor.user_id, now
            facts: dict[str, object] = {"assignment_id": row.assignment_id, "review": verdict.value}
            desk.note(desk.case(row.case_id), Mark.REVIEW, None, facts)
        return row


def _tell(desk: Desk, case: CaseRow, event: Event, facts: dict[str, object], *, whole: bool) -> None:
    if whole:
        desk.advance(case, event, None, facts)
        return
    case.revision += 1
    desk.note(case, event, None, facts)


def _unanswered(desk: Desk, case: CaseRow) -> bool:
    waiting = select(AssignmentRow.id).where(
        AssignmentRow.case_id == case.id,
        col(AssignmentRow.ended_at).is_(None),
        col(AssignmentRow.accepted_at).is_(None),
    )
    return case.status is not Status.ASSIGNED or desk.tx.session.exec(waiting).first() is not None


def _take_back(desk: Desk, case: CaseRow, assignment: AssignmentRow, how: str, reason: GivingBack) -> None:
    assignment.ended_at, assignment.end_reason = desk.now, how
    for entry in desk.tx.session.exec(select(LedgerRow).where(LedgerRow.assignment_id == assignment.id)).all():
        back = reversal_of(entry.turns, entry.effort)
        desk.tx.add(
            LedgerRow(
                centre_id=case.centre_id,
                practitioner_id=assignment.practitioner_id,
                assignment_id=assignment.id,
                kind=back.kind.value,
                turns=back.turns,
                effort=back.effort,
                share=entry.share,
                at=desk.now,
            )
        )
    refuse(desk, case, assignment.practitioner_id, *((PairKind.CONFLICT,) if reason is GivingBack.CONFLICT else ()))
    _release(desk, assignment)
    desk.tx.session.flush()


def _release(desk: Desk, assignment: AssignmentRow) -> None:
    for row in desk.tx.session.exec(select(OfferRow).where(OfferRow.assignment_id == assignment.id)):
        row.released_at = desk.now
    for claim in desk.tx.session.exec(select(ClaimRow).where(ClaimRow.assignment_id == assignment.id)):
        claim.state = ClaimState.ABANDONED


def _own(desk: Desk, actor: Actor, assignment_id: str) -> AssignmentRow:
    assignment = desk.tx.lock(AssignmentRow, assignment_id, actor.centre_id)
    if Verb.OFFER in PERMISSIONS[actor.role]:
        return assignment
    require(actor, Verb.ANSWER_OFFER)
    if assignment.practitioner_id != actor.practitioner_id:
        raise NotFoundError(what="assignment", id=assignment_id)
    return assignment
