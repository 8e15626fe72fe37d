"""Making and ending offers inside a decision; who is asked is chosen elsewhere."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from dispatch.commands.desk import Desk
from dispatch.domain.chain_walker import answer_by
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import ModeName, PairKind, Status
from dispatch.registry.offers import pending_offers
from dispatch.registry.seats import load_taken
from dispatch.registry.tables import CaseRow, OfferRow, PairRow, PlanRow


def offer(
    desk: Desk,
    case: CaseRow,
    practitioner_ids: Sequence[str],
    mode: ModeName,
    plan: PlanRow | None = None,
    facts: dict[str, object] | None = None,
) -> list[OfferRow]:
    """Ask these practitioners at the same time for the case's next open seat."""
    seat = min({0, 1} - load_taken(desk.tx.session, desk.centre_id, [case.id])[case.id])
    expires_at = answer_by(desk.now, plan.ends_at if plan else None, desk.policy, desk.office)
    made = [desk.tx.add(_row(desk, case, seat, id, mode, plan, expires_at)) for id in practitioner_ids]
    desk.tx.session.flush()
    told: dict[str, object] = {
        "offer_ids": [row.id for row in made],
        "practitioner_ids": list(practitioner_ids),
        "seat": seat,
        "expires_at": expires_at.isoformat(),
        **(facts or {}),
    }
    if case.status is Status.OFFERED:
        desk.note(case, Event.OFFER, mode, told)
    else:
        desk.advance(case, Event.OFFER, mode, told)
    return made


def refuse(desk: Desk, case: CaseRow, practitioner_id: str, *more: PairKind) -> None:
    """Remember that this practitioner is not to be asked about this case again."""
    known = select(PairRow.kind).where(col(PairRow.case_id) == case.id, col(PairRow.practitioner_id) == practitioner_id)
    there = set(desk.tx.session.exec(known))
    for kind in {PairKind.REFUSED, *more} - there:
        desk.tx.add(
            PairRow(
                centre_id=case.centre_id,
                case_id=case.id,
                practitioner_id=practitioner_id,
                kind=kind,
                created_at=desk.now,
            )
        )


def expire(desk: Desk, case: CaseRow, offers: Iterable[OfferRow]) -> None:
    """End offers nobody answered; the case goes back to the queue once nobody is being asked."""
    for row in offers:
        row.state, row.answered_at = OfferState.EXPIRED, desk.now
        refuse(desk, case, row.practitioner_id)
        put_back(desk, case, row, Event.EXPIRE)


def put_back(desk: Desk, case: CaseRow, row: OfferRow, event: Event) -> None:
    """Write down how an offer ended without an assignment, and queue the case if it was the last."""
    desk.tx.session.flush()
    facts: dict[str, object] = {"offer_id": row.id, "practitioner_id": row.practitioner_id, "seat": row.seat}
    if row.reason:
        facts["reason"] = row.reason.value
    if pending_offers(desk.tx.session, case.id):
        desk.note(case, event, row.mode, facts)
    else:
        desk.advance(case, event, row.mode, facts)


def _row(
    desk: Desk,
    case: CaseRow,
    seat: int,
    practitioner_id: str,
    mode: ModeName,
    plan: PlanRow | None,
    expires_at: datetime,
) -> OfferRow:
    return OfferRow(
        centre_id=case.centre_id,
        case_id=case.id,
        seat=seat,
        practitioner_id=practitioner_id,
        mode=mode,
        policy_id=desk.in_force.id,
        plan_id=plan.id if plan else None,
        state=OfferState.PENDING,
        offered_by=desk.user_id,
        offered_at=desk.now,
        expires_at=expires_at,
    )
