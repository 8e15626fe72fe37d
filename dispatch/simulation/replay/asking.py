"""Offers: made, answered by what people say, expired."""

from collections.abc import Iterable, Sequence

from dispatch.domain.chain_walker import answer_by
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import GivingBack, OfferState
from dispatch.domain.vocabulary import ModeName, PairKind, Status
from dispatch.simulation.replay.agenda import What
from dispatch.simulation.replay.centre import Centre
from dispatch.simulation.replay.files import File, Offer, Plan


def offer(centre: Centre, file: File, ids: Sequence[str], mode: ModeName, plan: Plan | None) -> None:
    """Ask these practitioners at the same time for the case's next open seat."""
    seat = min({0, 1} - file.seats_taken())
    expires_at = answer_by(centre.now, plan.ends_at if plan else None, centre.policy, centre.office)
    for id in ids:
        made = Offer(id, seat, mode, centre.now, expires_at)
        file.offers.append(made)
        centre.people.asked[centre.people.number[id]] += 1
        said = centre.behaviour.answer(file.case.id, id)
        if said:
            centre.agenda.put(centre.office.after(centre.now, said.after_hours), What.ANSWER, file, made, said)
    centre.agenda.wake(expires_at)
    if file.status is not Status.OFFERED:
        centre.advance(file, Event.OFFER)


def decline(centre: Centre, file: File, made: Offer, reason: GivingBack) -> None:
    """Let someone say no; the case is queued again once nobody is being asked."""
    centre.settle_offer(made, OfferState.DECLINED, reason)
    more = (PairKind.CONFLICT,) if reason is GivingBack.CONFLICT else ()
    centre.refuse(file, made.practitioner_id, *more)
    _put_back(centre, file, Event.DECLINE)


def expire(centre: Centre, file: File, offers: Iterable[Offer]) -> None:
    """End offers nobody answered; the case goes back to the queue once nobody is being asked."""
    for made in offers:
        centre.settle_offer(made, OfferState.EXPIRED)
        centre.refuse(file, made.practitioner_id)
        _put_back(centre, file, Event.EXPIRE)


def _put_back(centre: Centre, file: File, event: Event) -> None:
    if not file.pending():
        centre.advance(file, event)
