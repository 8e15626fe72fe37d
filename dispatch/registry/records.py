"""A centre's records as a session reads them: what a look before the lock sees, and every decision under it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple, TypeVar

from sqlmodel import Session, SQLModel

from dispatch.casework.records import Judged, Plan, Posting, Sums
from dispatch.domain.board import Counts
from dispatch.domain.docket.absence import Absence, Away
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import Status
from dispatch.registry import board, offers, rotation
from dispatch.registry.docket import absences
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.docket.draws import seed_at
from dispatch.registry.docket.roster import load_roster, read_day
from dispatch.registry.due.calendar import load_days
from dispatch.registry.policies import InForce, load_in_force, read_policy
from dispatch.registry.tables import CentreRow, ClaimRow, PlanRow, PolicyRow, PostingRow

Row = TypeVar("Row", bound=SQLModel)


class Looked(NamedTuple):
    """A docket, the revision of the centre it was drawn up at, and what was asked."""

    revision: int
    case_ids: Sequence[str]
    statuses: Sequence[Status]
    alone: str | None
    judged: Judged
    in_force: InForce

    def answers(self, case_ids: Collection[str], statuses: Sequence[Status], alone: str | None) -> bool:
        """Tell whether it holds what is asked now; one of everybody tells of each person."""
        asked = (tuple(case_ids), tuple(statuses)) == (self.case_ids, self.statuses)
        return asked and self.alone in (None, alone)


class RegisterRecords:
    """A centre's records as a session reads them."""

    def __init__(self, session: Session, centre_id: str, now: datetime) -> None:
        self.session, self.centre_id, self.now = session, centre_id, now
        self.looked: Looked | None = None
        """The docket that was looked at, if all it rests on was read after the centre's revision."""

    @cached_property
    def in_force(self) -> InForce:
        """The policy in force, with its id."""
        return load_in_force(self.session, self.centre_id)

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.in_force.policy

    @cached_property
    def office(self) -> OfficeHours:
        """The office hours of that policy."""
        return OfficeHours.of(self.policy, load_days(self.session, self.centre_id))

    def docket(self, case_ids: Collection[str], *statuses: Status, alone: str | None = None) -> Judged:
        """Load and judge in the same few queries for one case and for all of a province."""
        self.session.flush()
        # What is read after the centre holds for as long as it has this revision; the policy may have been read before.
        policy_follows = "in_force" not in vars(self)
        centre = self.session.get_one(CentreRow, self.centre_id)
        waiting = statuses or (Status.PENDING,)
        facts = load_docket(self.session, self.centre_id, case_ids, self.now, waiting, alone)
        docket = Docket.build(facts, self.policy, seed_at(self.session, self.centre_id, self.now))
        judged = docket, eligible(docket)
        if policy_follows:
            self.looked = Looked(centre.revision, tuple(case_ids), waiting, alone, judged, self.in_force)
        return judged

    def open_plan(self, case_id: str) -> PlanRow | None:
        """Find the row that is open."""
        return offers.open_plan(self.session, case_id)

    def policy_of(self, plan: Plan) -> Policy:
        """Read the version the row names, where it is not the one in force."""
        policy_id = own(PlanRow, plan).policy_id
        if policy_id == self.in_force.id:
            return self.policy
        return read_policy(self.session.get_one(PolicyRow, policy_id))

    def absences(self, until: date) -> Mapping[str, Sequence[Absence]]:
        """Ask for what holds."""
        return absences.absences_until(self.session, self.centre_id, self.now, until)

    def roster(self) -> Sequence[PractitionerFacts]:
        """Load everyone of the day."""
        return load_roster(self.session, read_day(self.session, self.centre_id, self.now)).practitioners

    def newcomers(self) -> Collection[str]:
        """Ask the ledger."""
        return rotation.newcomers(self.session, self.centre_id, self.now)

    def away(self, practitioner_ids: Collection[str] | None = None) -> Mapping[str, Away]:
        """Join what the register has of them."""
        return absences.away_of(self.session, self.centre_id, self.now, practitioner_ids)

    def sums_before(self, day: date) -> Sums:
        """Add up the ledger until then."""
        return rotation.sums_before(self.session, self.centre_id, self.now, day)

    def open_posting(self, case_id: str) -> PostingRow | None:
        """Return the case's place on this centre's board."""
        posting = offers.open_posting(self.session, case_id)
        return posting if posting is not None and posting.centre_id == self.centre_id else None

    def claims_of(self, practitioner_id: str, posting: Posting) -> tuple[ClaimRow | None, Counts]:
        """Ask for both in one statement."""
        return board.find_claim(self.session, practitioner_id, self.now, self.policy.grab, posting.id)


def own(table: type[Row], record: object) -> Row:
    """Return a record as the row it is."""
    # A host is given back only what it gave out.
    assert isinstance(record, table)
    return record
