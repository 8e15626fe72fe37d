"""The one way a seat is given, whatever mode chose it: judged again under the lock, then recorded."""

from collections.abc import Collection, Sequence

from dispatch.casework import clocks
from dispatch.casework.host import Host
from dispatch.casework.records import Assignment, Award, Case, Credit, Decision
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.rules import as_facts
from dispatch.domain.errors import NotEligibleError, NotFoundError
from dispatch.domain.ledger import turn_for
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import PlanState, PostingState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.modes import EVENTS
from dispatch.modes.seating import Given, Seats

NO_WOMAN_FEASIBLE = "no_woman_feasible"
"""Why a girl's case went to a man: the rule yields only where nobody else may take it, and that is recorded."""

# fmt: off
FROM = {
    # event         state a case must be in
    Event.ASSIGN:   Status.PENDING,
    Event.GRAB:     Status.POSTED,
    Event.ACCEPT:   Status.OFFERED,
    Event.ARRANGE:  Status.ENTRUSTED,
}
# fmt: on

BOTH_SEATS = frozenset({0, 1})


def in_mode(mode: ModeName) -> Decision:
    """Return a decision of the mode, by the mode's own event."""
    return Decision(mode, EVENTS[mode])


def next_seat(taken: Collection[int]) -> int:
    """Return the first seat nobody holds: the lead's before the second's."""
    return min(BOTH_SEATS.difference(taken))


class Seating:
    """Gives out seats of some cases, one after another, under the centre's lock."""

    def __init__(
        self, host: Host, decision: Decision, case_ids: Collection[str], practitioner_id: str | None = None
    ) -> None:
        """Load what is needed to judge; with ``practitioner_id`` only that one may be given anything."""
        # One person is enough to judge by, unless what their turn weighs depends on their colleagues.
        alone = None if host.policy.rotation.among_colleagues else practitioner_id
        self.given: list[Assignment] = []
        self._host, self._decision = host, decision
        self._credits: list[Credit] = []
        self._filled: list[str] = []
        self._cases = host.cases(case_ids)
        self._taken = host.taken(case_ids)
        self.docket, self.eligibility = host.docket(case_ids, FROM[decision.event], alone=alone)
        self._everyone = alone is None
        self._seats = Seats(self.docket, self.eligibility)

    def waits(self, case_id: str) -> bool:
        """Return whether the case still has a seat to fill."""
        return self._seats.waits(case_id)

    def revisions(self) -> dict[str, int]:
        """Return how often each case has changed so far."""
        return {id: case.revision for id, case in self._cases.items()}

    def give(self, case_id: str, practitioner_id: str, reason: str | None = None) -> tuple[str, ...]:
        """Give the case's next open seat to the practitioner, or change nothing and return why not."""
        given = self._seats.give(case_id, practitioner_id)
        if not isinstance(given, Given):
            return given
        yields = self.eligibility.needs_reason[given.row]
        self._record(self._cases[case_id], given, reason or (NO_WOMAN_FEASIBLE if yields else None))
        return ()

    def resolve(self) -> None:
        """Write what follows from what was given: whatever else was under way for it ends, turns are credited."""
        for case_id in self._filled:
            clear_way(self._host, case_id, self._decision.event)
        self._host.add_credits(self._credits)
        for assignment in self.given:
            clocks.follow(self._host, self._cases[assignment.case_id], Event.ASSIGN, assignment)

    def _record(self, case: Case, given: Given, reason: str | None) -> None:
        seat = next_seat(self._taken[case.id])
        self._taken[case.id].add(seat)
        pool = self._seats.pool(given.row) if self._everyone else None
        entry = turn_for(self.docket.case_at(given.row), self._host.policy)
        share = self.docket.practitioner.share[0, given.column]
        award = Award(case, seat, self.docket, given, self._decision, entry, share, reason, pool)
        assignment = self._host.add_assignment(award)
        self.given.append(assignment)
        self._credits.append(Credit(assignment.practitioner_id, entry, share, assignment.id))
        self._move(case, assignment)

    def _move(self, case: Case, assignment: Assignment) -> None:
        by = self._decision
        facts: dict[str, object] = {
            "assignment_id": assignment.id,
            "practitioner_id": assignment.practitioner_id,
            "seat": assignment.seat,
        }
        if len(self._taken[case.id]) == case.demand:
            clocks.follow(self._host, case, Event.ASSIGN)
            self._host.advance(case, by.event, by.mode, facts)
            self._filled.append(case.id)
            return
        # The lead is named; the case keeps waiting, and keeps its age, for its second.
        self._host.touch(case, moved=True)
        self._host.note(case, by.event, by.mode, facts)


def clear_way(host: Host, case_id: str, event: Event) -> None:
    """End whatever else was under way for a case whose every seat is taken: offers, its posting, its plan."""
    if event is Event.ACCEPT:
        host.withdraw_offers(case_id)
    if event is Event.GRAB:
        host.leave_board(case_id, PostingState.GRANTED)
    host.end_plan(case_id, PlanState.DONE)


def require_eligible(host: Host, case: Case, practitioner_ids: Sequence[str]) -> Docket:
    """Refuse practitioners whom a hard rule keeps from the case, with the rules' codes; return what was looked at."""
    docket, eligibility = host.docket([case.id], case.status)
    for practitioner_id in practitioner_ids:
        j = docket.column_of(practitioner_id)
        if j == NOBODY:
            raise NotFoundError(what="practitioner", id=practitioner_id)
        if refusals := eligibility.why(0, j):
            raise NotEligibleError(case_id=case.id, practitioner_id=practitioner_id, **as_facts(refusals))
    return docket
