"""A case that leaves before its work is done: whatever is under way for it ends, and everyone's hands are free."""

from dispatch.casework import clocks
from dispatch.casework.host import Host
from dispatch.casework.records import Assignment, Case, Facts
from dispatch.casework.undertaking import give_turn_back
from dispatch.domain.lifecycle import Event, advance
from dispatch.domain.states import ArrangementState, EndReason, PlanState, PostingState

# fmt: off
REASONS = {
    # event          why its assignments are over
    Event.TERMINATE: EndReason.TERMINATED,
    Event.RETAIN:    EndReason.RETAINED,
    Event.TRANSFER:  EndReason.TRANSFERRED,
}
# fmt: on


def leave(host: Host, case: Case, event: Event, facts: Facts | None = None) -> None:
    """
    Let a case leave by one of the events of the table.

    Offers and claims come to nothing, seats are freed, time limits stop. A turn is given back unless the work
    on it had begun.

    Raises
    ------
    IllegalTransitionError
        If the case is in a state that it cannot leave by this event; then nothing has changed.
    """
    # Asked first: a case that may not leave is not to lose what is under way for it.
    advance(case.status, event)
    timed = clocks.follow(host, case, event)
    host.withdraw_offers(case.id)
    host.leave_board(case.id, PostingState.CLOSED)
    host.end_plan(case.id, PlanState.STOPPED)
    if given := host.open_arrangement(case.id):
        host.end_arrangement(given, ArrangementState.WITHDRAWN)
    held = host.live(case.id)
    for assignment in held:
        _free(host, assignment, REASONS[event])
    kept: Facts = {"assignment_ids": [each.id for each in held]}
    host.advance(case, event, None, (facts or {}) | kept | timed)


def _free(host: Host, assignment: Assignment, reason: EndReason) -> None:
    host.end_assignment(assignment, reason)
    if not assignment.begun_at:
        give_turn_back(host, assignment)
