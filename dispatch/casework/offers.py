"""Making and ending offers inside a decision; who is asked is chosen elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from dispatch.casework.assignment import next_seat
from dispatch.casework.host import Host
from dispatch.casework.records import Case, Decision, Facts, Offer, Plan
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.lifecycle import Event
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.schema import Policy
from dispatch.domain.states import GivingBack, OfferState
from dispatch.domain.vocabulary import ModeName, PairKind, Status


def answer_by(now: datetime, step_ends_at: datetime | None, policy: Policy, office: OfficeHours) -> datetime:
    """Return when an offer made now expires: in office hours, but never after its step."""
    end = office.after(now, policy.walk.answer_hours)
    return min(end, step_ends_at) if step_ends_at is not None and step_ends_at > now else end


def make_offers(
    host: Host,
    case: Case,
    practitioner_ids: Sequence[str],
    decision: Decision,
    plan: Plan | None = None,
    facts: Facts | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Ask these practitioners at the same time for the case's next open seat, for the usual time if none is given."""
    seat = next_seat(host.taken([case.id])[case.id])
    expires_at = expires_at or answer_by(host.now, plan.ends_at if plan else None, host.policy, host.office)
    made = host.add_offers(case, seat, practitioner_ids, decision, plan, expires_at)
    entry: Facts = {
        "offer_ids": [offer.id for offer in made],
        "practitioner_ids": list(practitioner_ids),
        "seat": seat,
        "expires_at": expires_at.isoformat(),
        **(facts or {}),
    }
    record = host.note if case.status is Status.OFFERED else host.advance
    record(case, Event.OFFER, decision.mode, entry)


def refuse(host: Host, case: Case, practitioner_id: str, reason: GivingBack | None = None) -> None:
    """Remember that this practitioner is not to be asked about this case again, and a conflict as one."""
    kinds = (PairKind.REFUSED, PairKind.CONFLICT) if reason is GivingBack.CONFLICT else (PairKind.REFUSED,)
    host.refuse(case, practitioner_id, kinds)


def decline(host: Host, case: Case, offer: Offer, reason: GivingBack) -> None:
    """Let someone say no; the case is queued again once nobody is being asked."""
    host.end_offer(offer, OfferState.DECLINED, reason, waived_until(host, offer, reason))
    refuse(host, case, offer.practitioner_id, reason)
    _put_back(host, case, offer, Event.DECLINE)


def expire(host: Host, case: Case, offers: Iterable[Offer]) -> None:
    """End offers nobody answered; the case is queued again once nobody is being asked."""
    lapsed = list(offers)
    waived = _waived_in_silence(host, case, lapsed)
    for offer in lapsed:
        host.end_offer(offer, OfferState.EXPIRED, waived_until=waived.get(offer.practitioner_id))
        refuse(host, case, offer.practitioner_id)
        _put_back(host, case, offer, Event.EXPIRE)


def waived_until(host: Host, offer: Offer, reason: GivingBack | None = None) -> datetime | None:
    """Return until when others come first in the rotation, where an answer like this waives a turn of it.

    Nobody waives a turn by a conflict of interest: they may not take the case.
    """
    hours = host.policy.rotation.waive_hours
    waives = hours and offer.mode is ModeName.ROTATION and reason is not GivingBack.CONFLICT
    return host.office.after(host.now, hours) if waives else None


def _waived_in_silence(host: Host, case: Case, offers: Sequence[Offer]) -> Mapping[str, datetime]:
    """Return until when, by person; of those whose yes would have been heard to the end: no others were silent."""
    late = {each.practitioner_id: waived_until(host, each) for each in offers if each.expires_at <= host.now}
    waived = {id: until for id, until in late.items() if until}
    if not waived:
        return {}
    docket, eligibility = host.docket([case.id], case.status)
    columns = {id: docket.column_of(id) for id in waived} if docket.n else {}
    return {id: waived[id] for id, j in columns.items() if j != NOBODY and eligibility.row(0)[j]}


def withdraw(host: Host, case: Case, offers: Iterable[Offer]) -> None:
    """Take back what somebody absent was asked; nothing is held against them, and they may be asked again."""
    for offer in offers:
        host.end_offer(offer, OfferState.WITHDRAWN)
        _put_back(host, case, offer, Event.RECALL)


def _put_back(host: Host, case: Case, offer: Offer, event: Event) -> None:
    facts: Facts = {"offer_id": offer.id, "practitioner_id": offer.practitioner_id, "seat": offer.seat}
    if offer.reason:
        facts["reason"] = offer.reason.value
    record = host.note if host.pending_offers(case.id) else host.advance
    record(case, event, offer.mode, facts)
