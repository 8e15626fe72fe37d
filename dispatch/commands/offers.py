"""Offers: made to one or several, answered once, never made again to who said no."""

from collections.abc import Sequence
from datetime import datetime

from dispatch.commands.assign import Seating
from dispatch.commands.desk import Desk
from dispatch.commands.offering import expire, offer, put_back, refuse
from dispatch.commands.plan import carry_on
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    NotEligibleError,
    NotFoundError,
    OfferClosedError,
    OfferExpiredError,
    ReasonRequiredError,
)
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.states import GivingBack, OfferState
from dispatch.domain.vocabulary import ModeName, PairKind, Status
from dispatch.registry.offers import EXPIRED, due, open_plan, pending_offers, withdraw_offers
from dispatch.registry.tables import CaseRow, OfferRow
from dispatch.registry.transaction import Begin, Read

MOST_AT_ONCE = 20


def make_offers(
    begin: Begin, actor: Actor, now: datetime, case_id: str, practitioner_ids: Sequence[str]
) -> list[OfferRow]:
    """Ask several practitioners at the same time; who is being asked already is not asked twice."""
    require(actor, Verb.OFFER)
    if not 1 <= len(set(practitioner_ids)) == len(practitioner_ids) <= MOST_AT_ONCE:
        raise InvalidFieldError(field="practitioner_ids", expected=f"1 to {MOST_AT_ONCE} different practitioners")
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        case = desk.case(case_id)
        if case.status not in (Status.PENDING, Status.OFFERED):
            raise IllegalTransitionError(status=case.status.value, event=Event.OFFER.value)
        asked = {row.practitioner_id: row for row in pending_offers(tx.session, case_id)}
        fresh = [id for id in practitioner_ids if id not in asked]
        desk.require_eligible(case, fresh)
        plan = open_plan(tx.session, case_id)
        mode = plan.mode if plan else ModeName.OPTIMIZED
        made = offer(desk, case, fresh, mode, plan) if fresh else []
        return [*made, *(asked[id] for id in practitioner_ids if id in asked)]


def answer(
    begin: Begin, actor: Actor, now: datetime, offer_id: str, accept: bool, reason: GivingBack | None = None
) -> OfferRow:
    """Accept or decline: the first to accept has the seat, all other offers for it are withdrawn with it.

    The same answer again changes nothing.
    """
    if reason is None and not accept:
        raise ReasonRequiredError(field="reason", known=[each.value for each in GivingBack])
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        row = tx.lock(OfferRow, offer_id, actor.centre_id)
        _require_own(actor, row)
        if row.state is (OfferState.ACCEPTED if accept else OfferState.DECLINED):
            return row
        if row.state is not OfferState.PENDING:
            raise OfferClosedError(id=row.id, state=row.state.value)
        if row.expires_at <= now:
            raise OfferExpiredError(id=row.id, expired_at=row.expires_at.isoformat())
        case = desk.case(row.case_id)
        if accept:
            _accept(desk, case, row)
        else:
            _decline(desk, case, row, reason or GivingBack.OTHER)
        return row


def expire_due(begin: Begin, read: Read, now: datetime) -> int:
    """End offers whose time is over and go on with their cases; return how many cases moved."""
    with read() as session:
        found = due(session, EXPIRED, now)
    for centre_id, case_ids in found.items():
        with begin() as tx:
            desk = Desk(tx, centre_id, None, now)
            for case_id in case_ids:
                case = desk.case(case_id)
                expire(desk, case, [row for row in pending_offers(tx.session, case_id) if row.expires_at <= now])
                carry_on(desk, case)
    return sum(len(case_ids) for case_ids in found.values())


def _accept(desk: Desk, case: CaseRow, row: OfferRow) -> None:
    # Said before the seat is given: whatever is still pending then is withdrawn with it.
    row.state, row.answered_at = OfferState.ACCEPTED, desk.now
    seating = Seating(desk.tx, desk.decision(row.mode, Event.ACCEPT), desk.policy, [case.id])
    if obstacles := seating.give(case.id, row.practitioner_id):
        raise NotEligibleError(case_id=case.id, practitioner_id=row.practitioner_id, rules=list(obstacles))
    seating.settle()
    row.assignment_id = seating.given[-1].id
    if case.status is Status.OFFERED:
        # The case waits for its second; whoever was asked for this seat is not asked any more.
        withdraw_offers(desk.tx, case.id, desk.now)
        desk.advance(case, Event.RECALL, row.mode, {"seat": row.seat})
        carry_on(desk, case)


def _decline(desk: Desk, case: CaseRow, row: OfferRow, reason: GivingBack) -> None:
    row.state, row.reason, row.answered_at = OfferState.DECLINED, reason, desk.now
    more = (PairKind.CONFLICT,) if reason is GivingBack.CONFLICT else ()
    refuse(desk, case, row.practitioner_id, *more)
    put_back(desk, case, row, Event.DECLINE)
    carry_on(desk, case)


def _require_own(actor: Actor, row: OfferRow) -> None:
    if Verb.OFFER in PERMISSIONS[actor.role]:
        # A clerk writes down what was said on the telephone.
        return
    require(actor, Verb.ANSWER_OFFER)
    if row.practitioner_id != actor.practitioner_id:
        raise NotFoundError(what="offer", id=row.id)
