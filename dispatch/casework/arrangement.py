"""The institution's step: a case is given to an institution, which arranges its person in the time it has."""

from collections.abc import Collection
from datetime import datetime

from dispatch.casework import clocks
from dispatch.casework.assignment import Seating, next_seat
from dispatch.casework.board import unpost
from dispatch.casework.chain import escalate, resume_chain
from dispatch.casework.host import Host
from dispatch.casework.records import Arrangement, Assignment, Case, Decision, Facts
from dispatch.domain.chain import Because
from dispatch.domain.errors import NotEligibleError
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import ArrangementState, GivingBack, PlanState, PostingState
from dispatch.domain.vocabulary import ModeName, PairKind, Status

NOT_OF_INSTITUTION = "not_of_institution"
"""Whom the institution names does not belong to it."""

NOBODY_THERE = "nobody_eligible"
"""No person of the institution may take the case."""


def recall(host: Host, case: Case) -> None:
    """Bring a case that is on its way to somebody back to the queue: anyone being asked is no longer asked."""
    if case.status is Status.OFFERED:
        host.withdraw_offers(case.id)
        host.advance(case, Event.RECALL)
    elif case.status is Status.POSTED:
        unpost(host, case, Event.UNPOST, PostingState.CLOSED)
    elif case.status is Status.ENTRUSTED and (given := host.open_arrangement(case.id)):
        _end(host, case, given, ArrangementState.WITHDRAWN, Event.RECALL)


def recall_vain(host: Host, case: Case, codes: Collection[str]) -> None:
    """Take a case back from an institution all of whose people one of these rules excludes, and go on with it."""
    given = host.open_arrangement(case.id) if case.status is Status.ENTRUSTED else None
    if given is None:
        return
    docket, eligibility = host.docket([case.id], case.status)
    people = enumerate(docket.facts.practitioners if docket.n else ())
    theirs = [j for j, person in people if person.institution_id == given.institution_id]
    if theirs and all(any(each.code in codes for each in eligibility.why(0, j)) for j in theirs):
        recall(host, case)
        resume_chain(host, case)


def entrust(host: Host, case: Case, institution_id: str, due_at: datetime | None = None) -> Arrangement:
    """
    Give the case's next open seat to an institution; its time limit starts, and ends then if a moment is named.

    Raises
    ------
    NotEligibleError
        If no person of the institution may take the case.
    """
    if not eligible_of(host, case, institution_id):
        raise NotEligibleError(case_id=case.id, institution_id=institution_id, rules=[NOBODY_THERE])
    host.end_plan(case.id, PlanState.DONE)
    clocks.follow(host, case, Event.ENTRUST, due_at=due_at)
    [clock] = clocks.running(host, case, clocks.ARRANGE_BY)
    given = host.add_arrangement(case, next_seat(host.taken([case.id])[case.id]), institution_id, clock.due_at)
    facts = _facts(given) | {"due_at": clock.due_at.isoformat()}
    host.advance(case, Event.ENTRUST, ModeName.DESIGNATION, facts)
    return given


def eligible_of(host: Host, case: Case, institution_id: str) -> list[str]:
    """Return who of the institution may take a case that waits, or that is with it already."""
    docket, eligibility = host.docket([case.id], case.status)
    people = [docket.practitioner_at(j) for j in eligibility.row(0).nonzero()[0].tolist()] if docket.n else []
    return [person.id for person in people if person.institution_id == institution_id]


def arrange(host: Host, case: Case, given: Arrangement, practitioner_id: str, reason: str | None = None) -> Assignment:
    """
    Give the seat to the person the institution names; the case goes on to its second seat, if it has one.

    Raises
    ------
    NotEligibleError
        If the person is of another institution, or a hard rule excludes them.
    """
    if practitioner_id not in host.members(given.institution_id):
        rules = [NOT_OF_INSTITUTION]
        raise NotEligibleError(case_id=case.id, practitioner_id=practitioner_id, rules=rules)
    seating = Seating(host, Decision(ModeName.DESIGNATION, Event.ARRANGE), [case.id])
    if obstacles := seating.give(case.id, practitioner_id, reason):
        raise NotEligibleError(case_id=case.id, practitioner_id=practitioner_id, rules=list(obstacles))
    host.end_arrangement(given, ArrangementState.ARRANGED)
    clocks.follow(host, case, Event.ARRANGE)
    seating.resolve()
    if case.status is Status.ENTRUSTED:
        host.advance(case, Event.RECALL, ModeName.DESIGNATION, _facts(given))
        resume_chain(host, case)
    return seating.given[-1]


def decline(host: Host, case: Case, given: Arrangement, reason: GivingBack) -> None:
    """Let the institution give the case back; none of its people is asked again for it."""
    _end(host, case, given, ArrangementState.DECLINED, Event.RECALL, reason)
    lose(host, case, given.institution_id)
    resume_chain(host, case)


def lapse(host: Host, case_id: str) -> bool:
    """End what an institution did not arrange in time: it loses the case, the manager is called, the chain goes on."""
    given = host.open_arrangement(case_id)
    if given is None or given.due_at > host.now:
        return False
    case = host.case(case_id)
    _end(host, case, given, ArrangementState.EXPIRED, Event.EXPIRE)
    lose(host, case, given.institution_id)
    escalate(host, case, Because.NOT_ARRANGED)
    resume_chain(host, case)
    return True


def lose(host: Host, case: Case, institution_id: str) -> None:
    """Let nobody be asked again for the case who has been of the institution since it was given the case."""
    for practitioner_id in sorted(host.members_since(institution_id, case)):
        host.refuse(case, practitioner_id, (PairKind.REFUSED,))


def _end(
    host: Host,
    case: Case,
    given: Arrangement,
    became: ArrangementState,
    event: Event,
    reason: GivingBack | None = None,
) -> None:
    host.end_arrangement(given, became, reason)
    clocks.follow(host, case, event)
    facts = _facts(given) | ({"reason": reason.value} if reason else {})
    host.advance(case, event, ModeName.DESIGNATION, facts)


def _facts(given: Arrangement) -> Facts:
    return {"arrangement_id": given.id, "institution_id": given.institution_id}
