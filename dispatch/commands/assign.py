"""The one way an assignment is written, whatever mode chose it: checked again under the lock, then recorded."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.ledger import turn_for
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.modes.seating import Given, Seats
from dispatch.registry.docket import load_docket
from dispatch.registry.offers import clear_way
from dispatch.registry.seats import load_cases, load_taken
from dispatch.registry.tables import AssignmentRow, LedgerRow
from dispatch.registry.transaction import Transaction

NO_WOMAN_FEASIBLE = "no_woman_feasible"
"""Why a girl's case went to a man: the rule yields only where nobody else may take it, and that is recorded."""

# fmt: off
FROM = {
    # event         state a case must be in
    Event.ASSIGN:   Status.PENDING,
    Event.GRAB:     Status.POSTED,
    Event.ACCEPT:   Status.OFFERED,
}
# fmt: on


class Decision(NamedTuple):
    """Who decides, when, in which mode, and on what grounds; nobody, where a rule of the policy does."""

    centre_id: str
    actor: Actor | None
    now: datetime
    mode: ModeName
    policy_id: str
    run_id: str | None = None
    event: Event = Event.ASSIGN


class Seating:
    """Gives out seats of some cases, one after another, under the centre's lock."""

    def __init__(
        self,
        tx: Transaction,
        decision: Decision,
        policy: Policy,
        case_ids: Collection[str],
        practitioner_id: str | None = None,
    ) -> None:
        """Load what is needed to judge; with ``practitioner_id`` only that one may be given anything."""
        centre_id = decision.centre_id
        self.given: list[AssignmentRow] = []
        self._tx, self._decision = tx, decision
        self._credits: list[LedgerRow] = []
        self._filled: list[str] = []
        self._policy = policy
        self._cases = load_cases(tx.session, centre_id, case_ids)
        self._taken = load_taken(tx.session, centre_id, case_ids)
        waiting = (FROM[decision.event],)
        # One person is enough to judge by, unless what their turn weighs depends on their colleagues.
        only = None if self._policy.rotation.among_colleagues else practitioner_id
        facts = load_docket(tx.session, centre_id, case_ids, decision.now, waiting, only)
        self._docket = Docket.build(facts, self._policy)
        self._eligibility = eligible(self._docket)
        self._whole = only is None
        self._seats = Seats(self._docket, self._eligibility)

    def settle(self) -> None:
        """Write what follows from what was given: credits, and the end of whatever else was under way for it."""
        # Credits point at assignments, which must be there first.
        self._tx.session.flush()
        for case_id in self._filled:
            clear_way(self._tx, case_id, self._decision.event, self._decision.now)
        self._tx.session.add_all(self._credits)

    def waits(self, case_id: str) -> bool:
        """Return whether the case still has a seat to fill."""
        return self._seats.waits(case_id)

    def give(self, case_id: str, practitioner_id: str, reason: str | None = None) -> tuple[str, ...]:
        """Give the case's next open seat to the practitioner, or change nothing and return why not."""
        given = self._seats.give(case_id, practitioner_id)
        if not isinstance(given, Given):
            return given
        yields = self._eligibility.needs_reason[given.row]
        self._record(given.row, given.column, reason or (NO_WOMAN_FEASIBLE if yields else None))
        return ()

    def _record(self, i: int, j: int, reason: str | None) -> None:
        case, by = self._cases[self._docket.case_at(i).id], self._decision
        practitioner = self._docket.practitioner_at(j)
        seat = min({0, 1} - self._taken[case.id])
        self._taken[case.id].add(seat)
        assignment = self._tx.add(
            AssignmentRow(
                centre_id=case.centre_id,
                case_id=case.id,
                seat=seat,
                practitioner_id=practitioner.id,
                institution_id=practitioner.institution_id,
                mode=by.mode,
                policy_id=by.policy_id,
                run_id=by.run_id,
                decided_by=by.actor.user_id if by.actor else None,
                reason=reason,
                pool=int(self._eligibility.row(i).sum()) if self._whole else None,
                assigned_at=by.now,
                accepted_at=by.now if by.event is Event.ACCEPT else None,
            )
        )
        self.given.append(assignment)
        self._credit(i, j, assignment)
        self._move(i, assignment)

    def _credit(self, i: int, j: int, assignment: AssignmentRow) -> None:
        entry = turn_for(self._docket.case_at(i), self._policy)
        self._credits.append(
            LedgerRow(
                centre_id=assignment.centre_id,
                practitioner_id=assignment.practitioner_id,
                assignment_id=assignment.id,
                kind=entry.kind.value,
                turns=entry.turns,
                effort=entry.effort,
                share=str(self._docket.practitioner.share[0, j]),
                at=self._decision.now,
            )
        )

    def _move(self, i: int, assignment: AssignmentRow) -> None:
        case, by = self._cases[assignment.case_id], self._decision
        facts: dict[str, object] = {
            "assignment_id": assignment.id,
            "practitioner_id": assignment.practitioner_id,
            "seat": assignment.seat,
        }
        if len(self._taken[case.id]) == case.demand:
            self._tx.advance(case, by.event, by.actor, by.now, by.mode, facts)
            self._filled.append(case.id)
            return
        # The lead is named; the case keeps waiting, and keeps its age, for its second.
        case.revision += 1
        case.updated_at = by.now
        self._tx.record(case, by.event, by.actor, by.now, case.status, by.mode, facts)
