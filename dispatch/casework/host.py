"""The port of the casework: what it reads and writes, whether the register keeps it in rows or a replay in memory.

Records are changed in place only where a host has nothing to do about it; everything else is a method.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple, Protocol

from dispatch.domain.board import Counts
from dispatch.domain.chain import Classified, Mark
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.ledger import Entry
from dispatch.domain.lifecycle import Event
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.chain_schema import Chain
from dispatch.domain.policy.schema import Policy
from dispatch.domain.states import ClaimState, EndReason, GivingBack, OfferState, PlanState, PostingState
from dispatch.domain.vocabulary import ModeName, PairKind, Status
from dispatch.modes.seating import Given

Facts = dict[str, object]
"""What an entry of a case's history says: ids and codes."""

Judged = tuple[Docket, Eligibility]
Sums = Mapping[str, tuple[Fraction, Fraction]]
"""Turns and effort of each practitioner, every entry divided by its share; nothing is nothing yet."""


class Case(Classified, Protocol):
    """A case as it is worked on."""

    relaxed: list[str]
    """Assign a new list; a host need not notice a change within."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> Status: ...
    @property
    def revision(self) -> int: ...
    @property
    def demand(self) -> int: ...
    @property
    def due_at(self) -> datetime | None: ...


class Plan(Protocol):
    """A case's way through a chain."""

    step: int
    mode: ModeName
    started_at: datetime
    ends_at: datetime | None
    reminded_at: datetime | None
    escalated_at: datetime | None

    @property
    def chain(self) -> str: ...


class Offer(Protocol):
    """Someone who is asked."""

    @property
    def id(self) -> str: ...
    @property
    def practitioner_id(self) -> str: ...
    @property
    def seat(self) -> int: ...
    @property
    def mode(self) -> ModeName: ...
    @property
    def state(self) -> OfferState: ...
    @property
    def reason(self) -> GivingBack | None: ...
    @property
    def expires_at(self) -> datetime: ...


class Posting(Protocol):
    """A case's place on the board."""

    @property
    def id(self) -> str: ...
    @property
    def case_id(self) -> str: ...
    @property
    def sealed_until(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


class Claim(Protocol):
    """Someone who wants a posted case."""

    @property
    def case_id(self) -> str: ...
    @property
    def practitioner_id(self) -> str: ...
    @property
    def state(self) -> ClaimState: ...


class Assignment(Protocol):
    """Who has a seat."""

    @property
    def id(self) -> str: ...
    @property
    def case_id(self) -> str: ...
    @property
    def practitioner_id(self) -> str: ...
    @property
    def seat(self) -> int: ...
    @property
    def accepted_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...


class Leave(Protocol):
    """An absence that is over; both days are included."""

    @property
    def practitioner_id(self) -> str: ...
    @property
    def from_on(self) -> date: ...
    @property
    def until_on(self) -> date: ...


class Decision(NamedTuple):
    """In which mode seats are given, by which event, and which run proposed it under which policy, if one did."""

    mode: ModeName
    event: Event
    run_id: str | None = None
    policy_id: str | None = None


class Award(NamedTuple):
    """A seat that is given, and among whom it was decided; ``pool`` is None where nobody else was looked at."""

    case: Case
    seat: int
    docket: Docket
    given: Given
    decision: Decision
    entry: Entry
    share: Fraction
    reason: str | None
    pool: int | None

    @property
    def practitioner(self) -> PractitionerFacts:
        """Who has it."""
        return self.docket.practitioner_at(self.given.column)


class Credit(NamedTuple):
    """An entry for the ledger, the share it is made at, and the assignment behind it."""

    practitioner_id: str
    entry: Entry
    share: Fraction
    assignment_id: str


class Records(Protocol):
    """A centre's records at one moment, as they are read."""

    @property
    def now(self) -> datetime: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def office(self) -> OfficeHours: ...

    def docket(self, case_ids: Collection[str], *statuses: Status, alone: str | None = None) -> Judged:
        """Return what a decision may see of those cases that are in one of the states, and who may take them.

        Pending is the state unless others are named; ``alone`` allows to look at one practitioner only.
        """

    def open_posting(self, case_id: str) -> Posting | None:
        """Return the case's place on the board."""

    def claims_of(self, practitioner_id: str, posting: Posting) -> tuple[Claim | None, Counts]:
        """Return the practitioner's open or winning claim on a posted case, and what counts against another one."""


class Host(Records, Protocol):
    """A centre's records, held for one decision: what it writes is kept together."""

    # cases
    def case(self, case_id: str) -> Case:
        """Return a case with what this decision has changed so far."""

    def cases(self, case_ids: Collection[str]) -> Mapping[str, Case]:
        """Return those of the cases that exist, by id."""

    def advance(self, case: Case, event: Event, mode: ModeName | None = None, facts: Facts | None = None) -> None:
        """Move the case along the table of transitions and write it down."""

    def note(self, case: Case, mark: Mark | Event, mode: ModeName | None = None, facts: Facts | None = None) -> None:
        """Write down what leaves the case in its state."""

    def touch(self, case: Case, *, moved: bool = False) -> None:
        """Let the case have changed; only one that has moved waits for a run anew."""

    def refuse(self, case: Case, practitioner_id: str, kinds: Collection[PairKind]) -> None:
        """Remember that this practitioner is not to be asked about this case again."""

    def taken(self, case_ids: Collection[str]) -> Mapping[str, set[int]]:
        """Return the seats of each case that somebody holds; every case has an entry when it is asked for."""

    # plans
    def open_plan(self, case_id: str) -> Plan | None:
        """Return the case's way through its chain, if it is on one."""

    def was_planned(self, case_id: str) -> bool:
        """Tell whether the case was ever put on a chain."""

    def add_plan(self, case: Case, chain: Chain) -> Plan:
        """Put the case before the first step of a chain, under the policy in force."""

    def end_plan(self, case_id: str, became: PlanState) -> None:
        """Let the case be on no chain any more."""

    def policy_of(self, plan: Plan) -> Policy:
        """Return the policy the plan began under."""

    # offers
    def pending_offers(self, case_id: str) -> Sequence[Offer]:
        """Return who is being asked, in the order they were asked, then by practitioner."""

    def add_offers(
        self,
        case: Case,
        seat: int,
        practitioner_ids: Sequence[str],
        decision: Decision,
        plan: Plan | None,
        expires_at: datetime,
    ) -> Sequence[Offer]:
        """Ask these practitioners."""

    def end_offer(self, offer: Offer, state: OfferState, reason: GivingBack | None = None) -> None:
        """Let an offer have its answer, or none."""

    def withdraw_offers(self, case_id: str) -> None:
        """Take back every offer that has no answer yet."""

    def fill_offer(self, offer: Offer, assignment: Assignment) -> None:
        """Note which assignment came of an accepted offer."""

    # the board
    def add_posting(self, case: Case, sealed_until: datetime, ends_at: datetime, plan: Plan | None) -> Posting:
        """Put the case on the board."""

    def leave_board(self, case_id: str, became: PostingState) -> None:
        """Take the case off the board; claims that are still open are lost."""

    def open_claims(self, case_id: str) -> Sequence[Claim]:
        """Return the open claims on a case in the order they came, then by practitioner."""

    def new_claim(self, posting: Posting, practitioner_id: str) -> Claim:
        """Return an open claim that is not kept yet."""

    def keep_claim(self, claim: Claim) -> None:
        """Keep a new claim."""

    def count_claims(self, practitioner_id: str) -> Counts:
        """Return what counts against the practitioner's next claim."""

    def lose_claim(self, claim: Claim, reason: str) -> None:
        """End a claim that did not win, with the reason its claimant gets."""

    def win_claim(self, claim: Claim, assignment: Assignment) -> None:
        """Let a claim have won, at once, so that it counts for the next."""

    # assignments and the ledger
    def add_assignment(self, award: Award) -> Assignment:
        """Keep who has the seat."""

    def unanswered(self, case_id: str) -> bool:
        """Tell whether a live assignment of the case waits for its practitioner's answer."""

    def accept_assignment(self, assignment: Assignment) -> None:
        """Let its practitioner have accepted it."""

    def end_assignment(self, assignment: Assignment, reason: EndReason) -> None:
        """Let the assignment be over; what led to it is released where it was not carried through."""

    def credits_of(self, assignment: Assignment) -> Sequence[Credit]:
        """Return every entry of the ledger made for the assignment."""

    def add_credits(self, credits: Sequence[Credit]) -> None:
        """Write entries of the ledger."""

    def add_abandonment(self, assignment: Assignment, reason: GivingBack) -> None:
        """Remember that an accepted case was given back."""

    # the rotation's calibration
    def roster(self) -> Sequence[PractitionerFacts]:
        """Return everyone of today, those who are not on the list included, with their accounts."""

    def newcomers(self) -> Collection[str]:
        """Return who joined after the ledger began and has no entry in it yet."""

    def returned(self) -> Sequence[Leave]:
        """Return the leaves that are over and not yet met by an entry."""

    def sums_before(self, day: date) -> Sums:
        """Return the ledger as it was when that day of the centre began."""

    def adjust(self, practitioner_id: str, entry: Entry, share: Fraction, leave: Leave | None = None) -> object:
        """Write an entry that no case is behind."""

    # follow-ups
    def join_run(self) -> None:
        """Let every waiting case go with the newest run that no worker has begun, or with a new one."""

    def open_run(self) -> None:
        """Ask for a run over every waiting case."""

    def waiting_since(self) -> datetime | None:
        """Return since when the first case waits that no run has seen since it last moved."""

    def uncalled(self, until: datetime, called_since: datetime) -> Sequence[tuple[str, datetime]]:
        """Return undecided cases due by then, the nearest first, for which nobody was called since."""
