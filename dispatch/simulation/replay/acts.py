"""What people do when their time on the agenda has come, if it has not come to nothing by then."""

from collections.abc import Callable
from contextlib import suppress

from dispatch.casework import arrangement, board, clocks, ending, recall, replacement, undertaking
from dispatch.casework.chain import begin_plan
from dispatch.casework.matching import enter_queue
from dispatch.casework.replacement import ReplacementDecision
from dispatch.casework.undertaking import WORKING
from dispatch.casework.wishes import name_wishes, require_open
from dispatch.domain.calendar import ONE_DAY
from dispatch.domain.conflicts.learned import LearnedTies
from dispatch.domain.docket.facts import CaseFacts
from dispatch.domain.errors import (
    ClaimRefusedError,
    IllegalTransitionError,
    NotEligibleError,
    TooManyChangesError,
    WishesAskedError,
)
from dispatch.domain.lifecycle import TRANSITIONS, Event
from dispatch.domain.states import ArrangementState, EndReason, GivingBack, OfferState, PostingState, Review
from dispatch.domain.vocabulary import ON_NOTICE
from dispatch.simulation.host import MemoryHost
from dispatch.simulation.replay.agenda import What
from dispatch.simulation.replay.behaviour import Answer, Arranging, ChangeRequest, HandOver
from dispatch.simulation.replay.files import Arrangement, Assignment, File, Offer, Posting, Replacement
from dispatch.simulation.replay.runs import confirm


def grant(host: MemoryHost, case: CaseFacts) -> None:
    """Open the file of a case; an officer may give it to an institution, or put it on its chain."""
    file = host.grant(case)
    clocks.follow(host, file, Event.NOTICE if case.source in ON_NOTICE else Event.GRANT, at=case.entitled_at)
    host.agenda.look(host.outlook.near_at(file))
    host.do("grant", case.id)
    enter_queue(host, [file])
    if not _entrust(host, file) and not host.policy.walk.start_on_grant and host.behaviour.planned(case.id):
        host.do("plan", case.id)
        begin_plan(host, file)


def learn(host: MemoryHost, learned: LearnedTies) -> None:
    """Know ties between cases from now on; people they bar from a case are asked no more."""
    host.learn(learned)
    for kind, one, other in learned.found:
        host.do("learn", one, "", kind.value, other)
    for case_id in sorted({id for _, *pair in learned.found for id in pair} & host.undecided.keys()):
        recall.ask_anew(host, host.case(case_id))


def _entrust(host: MemoryHost, file: File) -> bool:
    home = host.behaviour.entrusts(file.id, sorted(house.id for house in host.period.houses))
    if home is None:
        return False
    host.do("entrust", file.id, "", home)
    try:
        arrangement.entrust(host, file, home)
    except NotEligibleError:
        host.tally.refused += 1
        return False
    return True


def leave(host: MemoryHost, case_id: str, event: Event) -> None:
    """Let a case leave, unless it is over already."""
    file = host.files.get(case_id)
    if file and (file.status, event) in TRANSITIONS:
        host.do("leave", case_id, "", event.value)
        ending.leave(host, file, event)


def arrange(host: MemoryHost, given: Arrangement, answer: Arranging) -> None:
    """Let an institution name its person, or give the case back; it does so too where it has nobody left."""
    if given.state is not ArrangementState.OPEN or given.due_at <= host.now:
        return
    file = host.case(given.case_id)
    people = arrangement.eligible_of(host, file, given.institution_id)
    reason = answer.reason or (None if people else GivingBack.BUSY)
    if reason:
        host.do("decline_arrangement", file.id, "", reason.value)
        arrangement.decline(host, file, given, reason)
        return
    who = host.behaviour.names(file.id, given.institution_id, people)
    host.do("arrange", file.id, who)
    arrangement.arrange(host, file, given, who)


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


def sign(host: MemoryHost, assignment: Assignment) -> None:
    """Sign the agreement of a case that is still theirs."""
    if (file := _at_work(host, assignment)) and not assignment.signed_at and not assignment.begun_at:
        host.do("sign", file.id, assignment.practitioner_id)
        undertaking.sign(host, file, assignment, host.now)


def begin(host: MemoryHost, assignment: Assignment) -> None:
    """Begin the work on a case that is still theirs."""
    if (file := _at_work(host, assignment)) and not assignment.begun_at:
        host.do("begin", file.id, assignment.practitioner_id)
        undertaking.begin_work(host, file, assignment)


def ask_change(host: MemoryHost, assignment: Assignment, change: ChangeRequest) -> None:
    """Ask that someone be replaced; while a request waits, nobody asks again."""
    if not (file := _at_work(host, assignment)) or host.waiting_replacement(assignment):
        return
    host.do("ask_change", file.id, assignment.practitioner_id, change.asker.value, change.ground.value)
    try:
        replacement.require_changes_left(host, file, change.ground)
    except TooManyChangesError:
        host.tally.refused += 1
        return
    replacement.ask(host, file, assignment, change.asker, change.ground)


def decide(host: MemoryHost, asked: Replacement, verdict: ReplacementDecision) -> None:
    """Decide a request that waits; it has lapsed where the case was given up or done meanwhile."""
    assignment, file = host.assignment(asked.assignment_id), host.case(asked.case_id)
    if asked.state is not Review.WAITING:
        return
    words = ("agree" if verdict.approve else "keep", "same" if verdict.same_institution else "other")
    host.do("decide", file.id, assignment.practitioner_id, *words)
    replacement.decide(host, file, asked, verdict, {})


def hand_over(host: MemoryHost, who: HandOver) -> None:
    """Hand over every open case of someone who cannot go on."""
    if held := host.held_by(who.practitioner_id):
        host.do("hand_over", held[0].case_id, who.practitioner_id, who.ground.value)
        replacement.hand_over(host, held, who.ground, {})


def give_back(host: MemoryHost, assignment: Assignment) -> None:
    """Give an accepted case back."""
    if file := _at_work(host, assignment):
        host.do("give_back", file.id, assignment.practitioner_id)
        undertaking.give_back(host, file, assignment, GivingBack.OTHER)


def close(host: MemoryHost, assignment: Assignment) -> None:
    """Let the work of someone be done; with a colleague still to be named it takes another day."""
    if assignment.ended_at:
        return
    file = host.files.get(assignment.case_id)
    if file is None:
        # Of a case that was filled before the period: nobody looks at its state here.
        host.end_assignment(assignment, EndReason.CLOSED)
        return
    begin(host, assignment)
    if file.status not in WORKING:
        host.agenda.put(host.now + ONE_DAY, What.CLOSE, assignment)
        return
    host.do("close", file.id, assignment.practitioner_id)
    undertaking.close(host, file, assignment)


def _at_work(host: MemoryHost, assignment: Assignment) -> File | None:
    """Return the file of an assignment that is accepted and not over."""
    working = assignment.accepted_at is not None and assignment.ended_at is None
    return host.files.get(assignment.case_id) if working else None


def _word(given: Answer) -> str:
    return "accept" if given.accept else str(given.reason or GivingBack.OTHER)


# fmt: off
ACTS: dict[What, Callable[..., None]] = {
    What.LEARN:      learn,
    What.GRANT:      grant,
    What.WISH:       wish,
    What.LEAVE:      leave,
    What.ANSWER:     answer,
    What.CLAIM:      claim,
    What.RESPOND:    respond,
    What.ARRANGE:    arrange,
    What.SIGN:       sign,
    What.BEGIN:      begin,
    What.ASK_CHANGE: ask_change,
    What.DECIDE:     decide,
    What.HAND_OVER:  hand_over,
    What.GIVE_BACK:  give_back,
    What.CLOSE:      close,
    What.CONFIRM:    confirm,
}
# fmt: on
