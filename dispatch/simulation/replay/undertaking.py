"""After the decision: offers and assignments are answered, cases given back and closed."""

from dispatch.domain.lifecycle import Event
from dispatch.domain.states import ClaimState, GivingBack, OfferState
from dispatch.domain.vocabulary import Status
from dispatch.modes.seating import Seats
from dispatch.simulation.replay import asking
from dispatch.simulation.replay.behaviour import Answer
from dispatch.simulation.replay.centre import Centre
from dispatch.simulation.replay.files import ABANDONED, CLOSED, DECLINED, Assignment, File, Offer
from dispatch.simulation.replay.walks import carry_on


def answer(centre: Centre, file: File, made: Offer, said: Answer) -> None:
    """Accept or decline an offer that is still open."""
    if made.state is not OfferState.PENDING or made.expires_at <= centre.now:
        return
    centre.note("answer", file.case.id, made.practitioner_id, _word(said))
    if said.accept:
        _accept(centre, file, made)
    else:
        asking.decline(centre, file, made, said.reason or GivingBack.OTHER)
        carry_on(centre, file)


def stand(centre: Centre, assignment: Assignment, said: Answer) -> None:
    """Accept what was assigned, or decline it, which queues the case again with its age."""
    file = centre.files[assignment.case_id]
    if assignment.ended_at or assignment.accepted_at:
        return
    centre.note("stand", file.case.id, assignment.practitioner_id, _word(said))
    if said.accept:
        assignment.accepted_at = centre.now
        _tell(centre, file, Event.ACCEPT, whole=file.status is Status.ASSIGNED and not _unanswered(file))
        centre.accepted(assignment)
        return
    centre.take_back(file, assignment, DECLINED, said.reason)
    centre.tally.reasons[said.reason or GivingBack.OTHER] += 1
    _release_claim(assignment)
    _tell(centre, file, Event.DECLINE, whole=file.status is Status.ASSIGNED)
    carry_on(centre, file)


def give_back(centre: Centre, assignment: Assignment) -> None:
    """Give an accepted case back, which queues it again."""
    file = centre.files[assignment.case_id]
    if assignment.ended_at:
        return
    centre.note("give_back", file.case.id, assignment.practitioner_id)
    centre.take_back(file, assignment, ABANDONED, GivingBack.OTHER)
    centre.given_back.setdefault(assignment.practitioner_id, []).append(centre.now)
    _release_claim(assignment)
    _tell(centre, file, Event.REPLACE, whole=file.status in (Status.ACCEPTED, Status.ASSIGNED))
    carry_on(centre, file)


def close(centre: Centre, assignment: Assignment) -> None:
    """Let the work of someone be done: the desk is free, the case stays known to them."""
    if assignment.ended_at:
        return
    centre.note("close", assignment.case_id, assignment.practitioner_id)
    assignment.ended_at, assignment.end_reason = centre.now, CLOSED
    centre.people.release(assignment)
    centre.version += 1


def _accept(centre: Centre, file: File, made: Offer) -> None:
    # Said before the seat is given: whatever is still pending then is withdrawn with it.
    centre.settle_offer(made, OfferState.ACCEPTED)
    seats = Seats(*centre.docket([file.case.id], Status.OFFERED))
    if centre.give(seats, file.case.id, made.practitioner_id, made.mode, Event.ACCEPT):
        centre.reopen_offer(made)
        return
    if file.status is Status.OFFERED:
        # The case waits for its second; whoever was asked for this seat is not asked any more.
        centre.withdraw_offers(file)
        centre.advance(file, Event.RECALL)
        carry_on(centre, file)


def _tell(centre: Centre, file: File, event: Event, *, whole: bool) -> None:
    if whole:
        centre.advance(file, event)
    else:
        centre.touch(file, moved=False)


def _unanswered(file: File) -> bool:
    return any(each.ended_at is None and each.accepted_at is None for each in file.assignments)


def _release_claim(assignment: Assignment) -> None:
    if assignment.claim:
        assignment.claim.state = ClaimState.ABANDONED


def _word(said: Answer) -> str:
    return "accept" if said.accept else str(said.reason or GivingBack.OTHER)
