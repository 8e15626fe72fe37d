"""What practitioners answer: to an offer, to an assignment, and later, when they give a case back or are done."""

from datetime import datetime, timedelta

from dispatch.casework import clocks, offers
from dispatch.casework.assignment import Seating
from dispatch.casework.chain import resume_chain
from dispatch.casework.host import Host
from dispatch.casework.records import Assignment, Case, Decision, Facts, Offer
from dispatch.domain.errors import NotEligibleError
from dispatch.domain.ledger import reversal_of, sum_of
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import EndReason, GivingBack, OfferState, QualityGrade
from dispatch.domain.vocabulary import ModeName, Status

WORKING = (Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN)


def accept_offer(host: Host, case: Case, offer: Offer) -> None:
    """Give the seat to the first who accepts; all other offers for it are withdrawn with it."""
    seating = Seating(host, Decision(offer.mode, Event.ACCEPT), [case.id])
    if obstacles := seating.give(case.id, offer.practitioner_id):
        raise NotEligibleError(case_id=case.id, practitioner_id=offer.practitioner_id, rules=list(obstacles))
    # Before the seat is settled: whatever is still pending then is withdrawn with it.
    host.end_offer(offer, OfferState.ACCEPTED)
    seating.resolve()
    host.fill_offer(offer, seating.given[-1])
    if case.status is Status.OFFERED:
        # The case waits for its second; anyone asked for this seat is no longer asked.
        host.withdraw_offers(case.id)
        host.advance(case, Event.RECALL, offer.mode, {"seat": offer.seat})
        resume_chain(host, case)


def decline_offer(host: Host, case: Case, offer: Offer, reason: GivingBack) -> None:
    """Let someone say no, and ask the next."""
    offers.decline(host, case, offer, reason)
    resume_chain(host, case)


def expire_offers(host: Host, case_id: str) -> None:
    """End the case's offers whose time is over, and ask the next."""
    case = host.case(case_id)
    offers.expire(host, case, [offer for offer in host.pending_offers(case_id) if offer.expires_at <= host.now])
    resume_chain(host, case)


def accept(host: Host, case: Case, assignment: Assignment) -> None:
    """Accept an assignment, which opens the file; the case is accepted once every seat is."""
    host.accept_assignment(assignment)
    complete = case.status is Status.ASSIGNED and all(each.accepted_at for each in host.live(case.id))
    _record(host, case, Event.ACCEPT, _facts(assignment), complete=complete)


def decline(host: Host, case: Case, assignment: Assignment, reason: GivingBack, *, own: bool = True) -> None:
    """Decline an assignment, which queues the case again with its age; who had won it rests."""
    take_back(host, case, assignment, Event.DECLINE, EndReason.DECLINED, reason)
    facts = _facts(assignment) | {"reason": reason.value}
    if assignment.mode is ModeName.GRAB:
        host.add_abandonment(assignment, reason, own=own)
        facts |= _rest(host) if own else {}
    _record(host, case, Event.DECLINE, facts, complete=case.status is Status.ASSIGNED)
    resume_chain(host, case)


def expire_assignments(host: Host, case_id: str) -> int:
    """Take back what was assigned and not answered while its agreement was due; return how many seats are open again.

    Nobody is punished for it: the turn is given back, and somebody else is named.
    """
    case, ended = host.case(case_id), 0
    for assignment in host.live(case_id):
        due_at = None if assignment.accepted_at else clocks.due_of(host, assignment, clocks.SIGN_BY)
        if due_at is not None and due_at <= host.now:
            take_back(host, case, assignment, Event.EXPIRE, EndReason.EXPIRED, GivingBack.OTHER)
            _record(host, case, Event.EXPIRE, _facts(assignment), complete=case.status is Status.ASSIGNED)
            ended += 1
    resume_chain(host, case)
    return ended


def give_back(host: Host, case: Case, assignment: Assignment, reason: GivingBack, *, own: bool = True) -> None:
    """Give a case back after accepting it, which queues it again; an officer's doing is not its practitioner's own."""
    release(host, case, assignment, EndReason.ABANDONED if own else EndReason.REPLACED, reason)
    host.add_abandonment(assignment, reason, own=own)
    resume_chain(host, case)


def release(
    host: Host, case: Case, assignment: Assignment, how: EndReason, reason: GivingBack, facts: Facts | None = None
) -> None:
    """Take a case from who has accepted it; its seat is open again, and the case waits for another one."""
    timed = take_back(host, case, assignment, Event.REPLACE, how, reason)
    recorded = _facts(assignment) | {"reason": reason.value} | (facts or {}) | timed
    _record(host, case, Event.REPLACE, recorded, complete=case.status in (*WORKING, Status.ASSIGNED))


def take_back(
    host: Host, case: Case, assignment: Assignment, event: Event, how: EndReason, reason: GivingBack
) -> Facts:
    """End an assignment that is not carried through, give its turn back, and ask its practitioner no more.

    Return which time limits ended with it.
    """
    host.end_assignment(assignment, how)
    timed = clocks.follow(host, case, event, assignment)
    give_turn_back(host, assignment)
    offers.refuse(host, case, assignment.practitioner_id, reason)
    return dict(timed)


def give_turn_back(host: Host, assignment: Assignment) -> None:
    """Let an assignment be no turn of its practitioner."""
    credits = host.credits_of(assignment)
    had = sum_of(credit.entry for credit in credits)
    if had.turns or had.effort:
        host.add_credits([credits[0]._replace(entry=reversal_of(had.turns, had.effort))])


def sign(host: Host, case: Case, assignment: Assignment, at: datetime) -> None:
    """Let the agreement and the power of attorney be signed then; the case is signed once that of every seat is."""
    host.sign_assignment(assignment, at)
    timed = clocks.follow(host, case, Event.SIGN, assignment, at)
    complete = case.status is Status.ACCEPTED and all(each.signed_at for each in host.live(case.id))
    _record(host, case, Event.SIGN, _facts(assignment) | timed, complete=complete)


def begin_work(host: Host, case: Case, assignment: Assignment) -> None:
    """Let the work begin; without an agreement, an obstacle on the recipient's side must have prevented it."""
    host.begin_assignment(assignment)
    timed = clocks.follow(host, case, Event.UNDERTAKE, assignment)
    begun = (Status.ACCEPTED, Status.SIGNED)
    complete = case.status in begun and all(each.begun_at for each in host.live(case.id))
    _record(host, case, Event.UNDERTAKE, _facts(assignment) | timed, complete=complete)


def close(
    host: Host, case: Case, assignment: Assignment, at: datetime | None = None, facts: Facts | None = None
) -> None:
    """Let the work of someone have been done then: their load is less; the case is closed once that of all is."""
    host.end_assignment(assignment, EndReason.CLOSED)
    timed, complete = clocks.follow(host, case, Event.CLOSE, assignment, at), not host.live(case.id)
    if complete:
        timed = clocks.joined(timed, clocks.follow(host, case, Event.CLOSE, at=at))
    recorded = _facts(assignment) | (facts or {}) | {"assignment_ids": [assignment.id]} | timed
    _record(host, case, Event.CLOSE, recorded, complete=complete)


def evaluate(host: Host, case: Case, assignment: Assignment, grade: QualityGrade, facts: Facts) -> None:
    """Let the work on a closed case be graded; the case is evaluated once that of everyone in it is."""
    host.grade_assignment(assignment, grade)
    complete = case.status is Status.CLOSED and all(each.grade for each in host.carried(case.id))
    _record(host, case, Event.EVALUATE, _facts(assignment) | {"grade": grade.value} | facts, complete=complete)


def _rest(host: Host) -> Facts:
    return {"rests_until": (host.now + timedelta(hours=host.policy.grab.cool_down_hours)).isoformat()}


def _facts(assignment: Assignment) -> Facts:
    return {"assignment_id": assignment.id, "practitioner_id": assignment.practitioner_id}


def _record(host: Host, case: Case, event: Event, facts: Facts, *, complete: bool) -> None:
    if complete:
        host.advance(case, event, None, facts)
        return
    host.touch(case)
    host.note(case, event, None, facts)
