"""Designation: an officer names one, with a reason; minors' and grave cases need a second officer to agree."""

from datetime import datetime

from sqlmodel import select

from dispatch.commands.assign import Seating
from dispatch.commands.desk import Desk
from dispatch.commands.plan import carry_on
from dispatch.commands.posting import unpost
from dispatch.domain.chain import Mark, guarded
from dispatch.domain.errors import (
    IllegalTransitionError,
    NotEligibleError,
    NotFoundError,
    ReasonRequiredError,
    SecondPersonError,
)
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import PostingState, Review
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.registry.offers import UNDECIDED, withdraw_offers
from dispatch.registry.tables import CaseRow, DesignationRow
from dispatch.registry.transaction import Begin


def designate(
    begin: Begin, actor: Actor, now: datetime, case_id: str, practitioner_id: str, reason: str
) -> DesignationRow:
    """Name a practitioner for the case's next open seat; whoever was being asked is not asked any more.

    A case that needs a second pair of eyes waits for it and stays where it is until then.
    """
    require(actor, Verb.DESIGNATE)
    if not reason.strip():
        raise ReasonRequiredError(field="reason")
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        case = desk.case(case_id)
        if case.status not in UNDECIDED:
            raise IllegalTransitionError(status=case.status.value, event=Event.ASSIGN.value)
        desk.require_eligible(case, [practitioner_id])
        waiting = _waiting(desk, case_id)
        if waiting is not None:
            raise SecondPersonError(case_id=case_id, designation_id=waiting.id)
        row = tx.add(
            DesignationRow(
                centre_id=case.centre_id,
                case_id=case.id,
                practitioner_id=practitioner_id,
                reason=reason.strip(),
                state=Review.WAITING,
                named_by=actor.user_id,
                named_at=now,
            )
        )
        if needs_second(case):
            desk.note(case, Mark.DESIGNATE, ModeName.DESIGNATION, _facts(row))
        else:
            row.state = Review.APPROVED
            _assign(desk, case, row)
        return row


def review_designation(begin: Begin, actor: Actor, now: datetime, case_id: str, approve: bool) -> DesignationRow:
    """Agree, which assigns the case, or object, which leaves it where it is; never by who named the person."""
    require(actor, Verb.DESIGNATE)
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        case = desk.case(case_id)
        row = _waiting(desk, case_id)
        if row is None:
            raise NotFoundError(what="designation", id=case_id)
        if row.named_by == actor.user_id:
            raise SecondPersonError(case_id=case_id, designation_id=row.id)
        row.state = Review.APPROVED if approve else Review.REJECTED
        row.reviewed_by, row.reviewed_at = actor.user_id, now
        if not approve:
            desk.note(case, Mark.OBJECT, ModeName.DESIGNATION, _facts(row))
        elif case.status not in UNDECIDED:
            raise IllegalTransitionError(status=case.status.value, event=Event.ASSIGN.value)
        else:
            _assign(desk, case, row)
        return row


def needs_second(case: CaseRow) -> bool:
    """Tell whether a second officer must agree: minors', sexual-assault, secret and grave cases, or where unknown."""
    return guarded(case) or case.grave is not False


def _assign(desk: Desk, case: CaseRow, row: DesignationRow) -> None:
    if case.status is Status.OFFERED:
        withdraw_offers(desk.tx, case.id, desk.now)
        desk.advance(case, Event.RECALL)
    elif case.status is Status.POSTED:
        unpost(desk, case, Event.UNPOST, PostingState.CLOSED)
    desk.tx.session.flush()
    seating = Seating(desk.tx, desk.decision(ModeName.DESIGNATION), desk.policy, [case.id])
    if obstacles := seating.give(case.id, row.practitioner_id, row.reason):
        raise NotEligibleError(case_id=case.id, practitioner_id=row.practitioner_id, rules=list(obstacles))
    seating.settle()
    row.assignment_id = seating.given[-1].id
    carry_on(desk, case)


def _waiting(desk: Desk, case_id: str) -> DesignationRow | None:
    waiting = select(DesignationRow).where(DesignationRow.case_id == case_id, DesignationRow.state == Review.WAITING)
    return desk.tx.session.exec(waiting).one_or_none()


def _facts(row: DesignationRow) -> dict[str, object]:
    return {"designation_id": row.id, "practitioner_id": row.practitioner_id}
