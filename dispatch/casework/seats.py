"""How many practitioners a case asks for, when that turns out otherwise: another seat is filled, or one is given up."""

from collections.abc import Sequence

from dispatch.casework import clocks
from dispatch.casework.arrangement import recall
from dispatch.casework.chain import resume_chain
from dispatch.casework.host import Host
from dispatch.casework.records import Assignment, Case, Facts
from dispatch.domain.errors import SeatTakenError
from dispatch.domain.lifecycle import UNDECIDED, Event
from dispatch.domain.states import PlanState
from dispatch.domain.vocabulary import Status


def reseat(host: Host, case: Case) -> None:
    """
    Let a case, whose number of seats has just changed, wait for another practitioner, or wait no longer.

    Who is in the case stays, and goes on from where they were.

    Raises
    ------
    SeatTakenError
        If more are in the case than it now asks for: one of them is to be replaced first.
    """
    taken = len(host.taken([case.id])[case.id])
    facts: Facts = {"demand": case.demand}
    if taken > case.demand:
        raise SeatTakenError(case_id=case.id, **facts)
    if taken == case.demand and case.status in UNDECIDED:
        recall(host, case)
        host.end_plan(case.id, PlanState.DONE)
        # What was due until somebody is named is met: everyone is.
        clocks.follow(host, case, Event.ASSIGN)
        host.advance(case, Event.RESEAT, None, facts, before=reached(host.live(case.id)))
    elif 0 < taken < case.demand and case.status not in UNDECIDED:
        host.advance(case, Event.RESEAT, None, facts)
        resume_chain(host, case)


def reached(held: Sequence[Assignment]) -> Status:
    """Return how far everyone in a case has come together."""
    if all(each.begun_at for each in held):
        return Status.UNDERTAKEN
    if all(each.signed_at for each in held):
        return Status.SIGNED
    return Status.ACCEPTED if all(each.accepted_at for each in held) else Status.ASSIGNED
