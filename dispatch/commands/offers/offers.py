"""Offers: made to one or several, answered once, never repeated to someone who declined."""

from collections.abc import Sequence
from datetime import datetime

from dispatch.casework import undertaking
from dispatch.casework.assignment import require_eligible
from dispatch.casework.offers import make_offers as ask
from dispatch.casework.reach import require_there
from dispatch.commands.designation import BY_HAND, needs_second
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    OfferClosedError,
    OfferExpiredError,
    ReasonRequiredError,
    SecondPersonError,
    stated,
)
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.states import GivingBack, OfferState
from dispatch.domain.vocabulary import Status
from dispatch.registry.host import RegisterHost
from dispatch.registry.offers import EXPIRED, due
from dispatch.registry.tables import OfferRow
from dispatch.registry.transaction import Begin, Read

MAX_AT_ONCE = 20

BY_TWO = stated("人工指派并先征询，由另一名工作人员复核", "a designation with `ask`, which a second officer reviews")


def make_offers(
    begin: Begin, actor: Actor, now: datetime, case_id: str, practitioner_ids: Sequence[str]
) -> list[OfferRow]:
    """Ask several practitioners at the same time; who is being asked already is not asked twice.

    In a case that needs a second pair of eyes nobody is asked by one officer alone.
    """
    require(actor, Verb.OFFER)
    if not 1 <= len(set(practitioner_ids)) == len(practitioner_ids) <= MAX_AT_ONCE:
        raise InvalidFieldError(
            field="practitioner_ids",
            expected=stated(f"1至{MAX_AT_ONCE}名不同的承办人员", f"1 to {MAX_AT_ONCE} different practitioners"),
        )
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        if case.status not in (Status.PENDING, Status.OFFERED):
            raise IllegalTransitionError(status=case.status.value, event=Event.OFFER.value)
        if needs_second(case):
            raise SecondPersonError(case_id=case.id, expected=BY_TWO)
        asked = {row.practitioner_id: row for row in host.pending_offers(case_id)}
        fresh = [id for id in practitioner_ids if id not in asked]
        docket, plan = require_eligible(host, case, fresh), host.open_plan(case_id)
        if fresh:
            require_there(host, docket, case, fresh, plan)
            ask(host, case, fresh, BY_HAND, plan)
        made = {row.practitioner_id: row for row in host.pending_offers(case_id)}
        return [*(made[id] for id in fresh), *(asked[id] for id in practitioner_ids if id in asked)]


def answer(
    begin: Begin, actor: Actor, now: datetime, offer_id: str, accept: bool, reason: GivingBack | None = None
) -> OfferRow:
    """Accept or decline: the first to accept has the seat, all other offers for it are withdrawn with it.

    Idempotent.
    """
    if reason is None and not accept:
        raise ReasonRequiredError(field="reason", known=[each.value for each in GivingBack])
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        row = tx.lock(OfferRow, offer_id, actor.centre_id)
        _require_own(actor, row)
        if row.state is (OfferState.ACCEPTED if accept else OfferState.DECLINED):
            return row
        if row.state is not OfferState.PENDING:
            raise OfferClosedError(id=row.id, state=row.state.value)
        if row.expires_at <= now:
            raise OfferExpiredError(id=row.id, expired_at=row.expires_at.isoformat())
        case = host.case(row.case_id)
        if accept:
            undertaking.accept_offer(host, case, row)
        else:
            undertaking.decline_offer(host, case, row, reason or GivingBack.OTHER)
        return row


def expire_due(begin: Begin, read: Read, now: datetime) -> int:
    """End offers whose time is over and go on with their cases; return how many cases moved."""
    with read() as session:
        found = due(session, EXPIRED, now)
    for centre_id, case_ids in found.items():
        with begin() as tx:
            host = RegisterHost(tx, centre_id, None, now)
            for case_id in case_ids:
                undertaking.expire_offers(host, case_id)
    return sum(len(case_ids) for case_ids in found.values())


def _require_own(actor: Actor, row: OfferRow) -> None:
    if Verb.OFFER in PERMISSIONS[actor.role]:
        # A clerk writes down what was said on the telephone.
        return
    require(actor, Verb.ANSWER_OFFER)
    if row.practitioner_id != actor.practitioner_id:
        raise NotFoundError(what="offer", id=row.id)
