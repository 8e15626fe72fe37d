"""What every decision of a centre begins with: its lock, its policy, one moment, and who acts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cached_property

from dispatch.commands.assign import Decision
from dispatch.domain.chain import Mark
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.errors import NotEligibleError, NotFoundError
from dispatch.domain.lifecycle import Event
from dispatch.domain.office import OfficeHours
from dispatch.domain.permissions import Actor
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.registry.docket import load_docket
from dispatch.registry.policies import InForce, load_in_force
from dispatch.registry.tables import CaseRow
from dispatch.registry.transaction import Transaction


class Desk:
    """A centre deciding under its lock; ``actor`` is nobody where a rule of the policy acts."""

    def __init__(self, tx: Transaction, centre_id: str, actor: Actor | None, now: datetime) -> None:
        tx.lock_centre(centre_id)
        self.tx, self.centre_id, self.actor, self.now = tx, centre_id, actor, now

    @cached_property
    def in_force(self) -> InForce:
        """The policy in force, with its id."""
        return load_in_force(self.tx.session, self.centre_id)

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.in_force.policy

    @cached_property
    def office(self) -> OfficeHours:
        """The office hours of that policy."""
        return OfficeHours.of(self.policy)

    @property
    def user_id(self) -> str | None:
        """Who acts, as it is written down."""
        return self.actor.user_id if self.actor else None

    def case(self, case_id: str) -> CaseRow:
        """Return a case of this centre, locked, with what this decision has changed so far."""
        self.tx.session.flush()
        return self.tx.lock(CaseRow, case_id, self.centre_id)

    def docket(self, case_ids: Collection[str], *statuses: Status) -> tuple[Docket, Eligibility]:
        """Return what a decision on these cases may see now, and who may take them."""
        self.tx.session.flush()
        facts = load_docket(self.tx.session, self.centre_id, case_ids, self.now, statuses or (Status.PENDING,))
        docket = Docket.build(facts, self.policy)
        return docket, eligible(docket)

    def require_eligible(self, case: CaseRow, practitioner_ids: Sequence[str]) -> None:
        """Refuse practitioners whom a hard rule keeps from the case, with the rules' codes."""
        docket, eligibility = self.docket([case.id], case.status)
        for practitioner_id in practitioner_ids:
            j = docket.column_of(practitioner_id)
            if j == NOBODY:
                raise NotFoundError(what="practitioner", id=practitioner_id)
            if refusals := eligibility.why(0, j):
                codes = [refusal.code for refusal in refusals]
                raise NotEligibleError(case_id=case.id, practitioner_id=practitioner_id, rules=codes)

    def decision(self, mode: ModeName, event: Event = Event.ASSIGN) -> Decision:
        """Return how an assignment made here is written down."""
        return Decision(self.centre_id, self.actor, self.now, mode, self.in_force.id, event=event)

    def advance(
        self, case: CaseRow, event: Event, mode: ModeName | None = None, facts: dict[str, object] | None = None
    ) -> None:
        """Move the case along the table of transitions."""
        self.tx.advance(case, event, self.actor, self.now, mode, facts)

    def note(
        self, case: CaseRow, mark: Mark | Event, mode: ModeName | None = None, facts: dict[str, object] | None = None
    ) -> None:
        """Write down what leaves the case in its state."""
        self.tx.record(case, mark, self.actor, self.now, case.status, mode, facts)
