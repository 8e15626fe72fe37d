"""What people do when their time on the agenda has come, if it has not come to nothing by then."""

from collections.abc import Callable
from contextlib import suppress

from dispatch.casework import board, clocks, undertaking
from dispatch.casework.chain import begin_plan
from dispatch.casework.ending import leave
from dispatch.casework.undertaking import WORKING
from dispatch.casework.wishes import name_wishes, require_open
from dispatch.domain.calendar import ONE_DAY
from dispatch.domain.docket.facts import CaseFacts
from dispatch.domain.errors import ClaimRefusedError, IllegalTransitionError, NotEligibleError, WishesAskedError
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import EndReason, GivingBack, OfferState, PostingState
from dispatch.domain.vocabulary import ON_NOTICE
from dispatch.simulation.host import MemoryHost
from dispatch.simulation.replay.agenda import What
from dispatch.simulation.replay.behaviour import Answer
from dispatch.simulation.replay.files import Assignment, Offer, Posting
from dispatch.simulation.replay.runs import confirm


def grant(host: MemoryHost, case: CaseFacts) -> None:
    """Open the file of a case, and put it on its chain where an officer does."""
    file = host.grant(case)
    clocks.follow(host, file, Event.NOTICE if case.source in ON_NOTICE else Event.GRANT, at=case.entitled_at)
    host.agenda.wake(host.outlook.near_at(file))
    host.do("grant", case.id)
    if not host.policy.walk.start_on_grant and host.behaviour.planned(case.id):
        host.do("plan", case.id)
        begin_plan(host, file)


def go(host: MemoryHost, case_id: str) -> None:
    """Let an undecided case leave."""
    if case_id in host.undecided:
        host.do("terminate", case_id)
        leave(host, host.case(case_id), Event.TERMINATE)


def wish(host: MemoryHost, case_id: str, practitioner_ids: tuple[str, ...]) -> None:
    """Name wishes for a case that still hears them."""
    file = host.files.get(case_id)
    if file is None:
        return
    with suppress(WishesAskedError, IllegalTransitionError):
        require_open(host, file)
        host.do("wish", case_id, "", *practitioner_ids)
        name_wishes(host, file, practitioner_ids)


def answer(host: MemoryHost, offer: Offer, given: Answer) -> None:
    """Accept or decline an offer that is still open."""
    if offer.state is not OfferState.PENDING or offer.expires_at <= host.now:
        return
    host.do("answer", offer.case_id, offer.practitioner_id, _word(given))
    file = host.case(offer.case_id)
    if not given.accept:
        undertaking.decline_offer(host, file, offer, given.reason or GivingBack.OTHER)
        return
    try:
        undertaking.accept_offer(host, file, offer)
    except NotEligibleError:
        host.tally.refused += 1


def claim(host: MemoryHost, posting: Posting, practitioner_id: str) -> None:
    """Claim a case that is still on the board."""
    if posting.state is not PostingState.OPEN or posting.ends_at <= host.now:
        return
    host.do("claim", posting.case_id, practitioner_id)
    try:
        at_once = board.look(host, practitioner_id, posting.case_id)
        board.claim(host, practitioner_id, posting.case_id, at_once=at_once)
    except (ClaimRefusedError, NotEligibleError):
        host.tally.refused += 1


def respond(host: MemoryHost, assignment: Assignment, given: Answer) -> None:
    """Accept what was assigned, or decline it."""
    if assignment.ended_at or assignment.accepted_at:
        return
    host.do("respond", assignment.case_id, assignment.practitioner_id, _word(given))
    file = host.case(assignment.case_id)
    if given.accept:
        undertaking.accept(host, file, assignment)
        return
    reason = given.reason or GivingBack.OTHER
    host.tally.reasons[reason] += 1
    undertaking.decline(host, file, assignment, reason)


def give_back(host: MemoryHost, assignment: Assignment) -> None:
    """Give an accepted case back."""
    if not assignment.ended_at:
        host.do("give_back", assignment.case_id, assignment.practitioner_id)
        undertaking.give_back(host, host.case(assignment.case_id), assignment, GivingBack.OTHER)


def close(host: MemoryHost, assignment: Assignment) -> None:
    """Let the work of someone be done; with a colleague still to be named it takes another day."""
    file = host.files.get(assignment.case_id)
    if assignment.ended_at:
        return
    if file is None:
        # Of a case that was filled before the period: nobody looks at its state here.
        host.end_assignment(assignment, EndReason.CLOSED)
        return
    if file.status not in WORKING:
        host.agenda.put(host.now + ONE_DAY, What.CLOSE, assignment)
        return
    host.do("close", assignment.case_id, assignment.practitioner_id)
    undertaking.begin_work(host, file, assignment)
    undertaking.close(host, file, assignment)


def _word(given: Answer) -> str:
    return "accept" if given.accept else str(given.reason or GivingBack.OTHER)


# fmt: off
ACTS: dict[What, Callable[..., None]] = {
    What.GRANT:     grant,
    What.WISH:      wish,
    What.GO:        go,
    What.ANSWER:    answer,
    What.CLAIM:     claim,
    What.RESPOND:   respond,
    What.GIVE_BACK: give_back,
    What.CLOSE:     close,
    What.CONFIRM:   confirm,
}
# fmt: on
