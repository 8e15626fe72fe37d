"""Designation: an officer names one, to be assigned or asked, with a reason.

In minors', sexual-assault, secret and grave cases a second officer must agree.
"""

from datetime import datetime

from sqlmodel import select

from dispatch.casework.arrangement import recall
from dispatch.casework.assignment import Seating, in_mode, require_eligible
from dispatch.casework.chain import resume_chain
from dispatch.casework.offers import make_offers
from dispatch.casework.reach import require_there
from dispatch.casework.records import Decision
from dispatch.domain.chain import Mark, guarded, may_be_grave
from dispatch.domain.errors import (
    IllegalTransitionError,
    NotEligibleError,
    NotFoundError,
    ReasonRequiredError,
    SecondPersonError,
)
from dispatch.domain.lifecycle import UNDECIDED, Event
from dispatch.domain.permissions import Actor, Verb, require, require_confirmed
from dispatch.domain.states import Review
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.registry.host import RegisterHost
from dispatch.registry.tables import CaseRow, DesignationRow
from dispatch.registry.transaction import Begin

BY_HAND = Decision(ModeName.DESIGNATION, Event.ACCEPT)
"""An officer asks somebody; who accepts has the case."""


def designate(
    begin: Begin, actor: Actor, now: datetime, case_id: str, practitioner_id: str, reason: str, *, ask: bool = False
) -> DesignationRow:
    """Name a practitioner for the case's next open seat; anyone being asked is no longer asked.

    With ``ask`` they get an offer first, beside anyone being asked already. A case that needs a second pair of
    eyes waits for it and stays where it is until then.
    """
    require(actor, Verb.DESIGNATE)
    require_confirmed(actor)
    if not reason.strip():
        raise ReasonRequiredError(field="reason")
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        if case.status not in UNDECIDED:
            raise IllegalTransitionError(status=case.status.value, event=Event.ASSIGN.value)
        require_eligible(host, case, [practitioner_id])
        waiting = _waiting(host, case_id)
        if waiting is not None:
            raise SecondPersonError(case_id=case_id, designation_id=waiting.id)
        row = tx.add(
            DesignationRow(
                centre_id=case.centre_id,
                case_id=case.id,
                practitioner_id=practitioner_id,
                reason=reason.strip(),
                asks=ask,
                state=Review.WAITING,
                named_by=actor.user_id,
                named_at=now,
            )
        )
        if needs_second(case):
            host.note(case, Mark.DESIGNATE, ModeName.DESIGNATION, _facts(row))
        else:
            row.state = Review.APPROVED
            _follow(host, case, row)
        return row


def review_designation(begin: Begin, actor: Actor, now: datetime, case_id: str, approve: bool) -> DesignationRow:
    """Agree, which assigns the case or asks its practitioner, or object; never by who named the person."""
    require(actor, Verb.DESIGNATE)
    require_confirmed(actor)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        row = _waiting(host, case_id)
        if row is None:
            raise NotFoundError(what="designation", id=case_id)
        if row.named_by == actor.user_id:
            raise SecondPersonError(case_id=case_id, designation_id=row.id)
        row.state = Review.APPROVED if approve else Review.REJECTED
        row.reviewed_by, row.reviewed_at = actor.user_id, now
        if not approve:
            host.note(case, Mark.OBJECT, ModeName.DESIGNATION, _facts(row))
        elif case.status not in UNDECIDED:
            raise IllegalTransitionError(status=case.status.value, event=Event.ASSIGN.value)
        else:
            _follow(host, case, row)
        return row


def needs_second(case: CaseRow) -> bool:
    """Tell whether a second officer must agree: minors', sexual-assault, secret and grave cases, or where unknown."""
    return guarded(case) or may_be_grave(case)


def _follow(host: RegisterHost, case: CaseRow, row: DesignationRow) -> None:
    (_ask if row.asks else _assign)(host, case, row)


def _ask(host: RegisterHost, case: CaseRow, row: DesignationRow) -> None:
    named, plan = [row.practitioner_id], host.open_plan(case.id)
    docket = require_eligible(host, case, named)
    if row.practitioner_id in {offer.practitioner_id for offer in host.pending_offers(case.id)}:
        return
    require_there(host, docket, case, named, plan)
    if case.status is not Status.OFFERED:
        recall(host, case)
    make_offers(host, case, named, BY_HAND, plan)


def _assign(host: RegisterHost, case: CaseRow, row: DesignationRow) -> None:
    recall(host, case)
    seating = Seating(host, in_mode(ModeName.DESIGNATION), [case.id])
    if obstacles := seating.give(case.id, row.practitioner_id, row.reason):
        raise NotEligibleError(case_id=case.id, practitioner_id=row.practitioner_id, rules=list(obstacles))
    seating.resolve()
    row.assignment_id = seating.given[-1].id
    resume_chain(host, case)


def _waiting(host: RegisterHost, case_id: str) -> DesignationRow | None:
    waiting = select(DesignationRow).where(DesignationRow.case_id == case_id, DesignationRow.state == Review.WAITING)
    return host.tx.session.exec(waiting).one_or_none()


def _facts(row: DesignationRow) -> dict[str, object]:
    return {"designation_id": row.id, "practitioner_id": row.practitioner_id}
