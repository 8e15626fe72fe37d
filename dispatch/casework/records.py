"""What the casework reads: records of a case and of who has it, and a centre's records at one moment.

They are changed in place only where a host has nothing to do about it; everything else is a method of the host.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple, Protocol

from dispatch.domain import ledger
from dispatch.domain.board import Counts
from dispatch.domain.chain import Classified
from dispatch.domain.docket.absence import Absence, Away
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.lifecycle import Event
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.schema import Policy
from dispatch.domain.states import (
    ClaimState,
    ClockEnd,
    GivingBack,
    OfferState,
    QualityGrade,
    ReplacementGround,
    Review,
)
from dispatch.domain.vocabulary import CaseSource, ModeName, ReviewCourt, Stage, Status
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
    @property
    def source(self) -> CaseSource: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def organ(self) -> str | None: ...
    @property
    def review_court(self) -> ReviewCourt | None: ...


class Plan(Protocol):
    """A case's way through a chain."""

    step: int
    mode: ModeName
    started_at: datetime
    ends_at: datetime | None
    asks_at: datetime | None
    """When the next of the recipient's wishes is asked, or was; none while nobody is named."""
    promised: int
    """How many of the wishes that are left were told that they are asked."""
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
    def offered_at(self) -> datetime: ...
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
    def mode(self) -> ModeName: ...
    @property
    def case_id(self) -> str: ...
    @property
    def practitioner_id(self) -> str: ...
    @property
    def institution_id(self) -> str: ...
    @property
    def seat(self) -> int: ...
    @property
    def accepted_at(self) -> datetime | None: ...
    @property
    def signed_at(self) -> datetime | None: ...
    @property
    def begun_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def grade(self) -> QualityGrade | None: ...


class Arrangement(Protocol):
    """What an institution is to arrange, and until when."""

    @property
    def id(self) -> str: ...
    @property
    def case_id(self) -> str: ...
    @property
    def institution_id(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...


class Clock(Protocol):
    """A time limit of a case, or of one assignment of it."""

    @property
    def id(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def assignment_id(self) -> str | None: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def fixed(self) -> bool:
        """Whether its end was named, and no calendar moves it."""

    @property
    def stopped_at(self) -> datetime | None: ...
    @property
    def became(self) -> ClockEnd | None: ...


class Replacement(Protocol):
    """A request that the person who has a seat be replaced."""

    @property
    def id(self) -> str: ...
    @property
    def assignment_id(self) -> str: ...
    @property
    def ground(self) -> ReplacementGround: ...
    @property
    def state(self) -> Review: ...


class HistoryEntry(NamedTuple):
    """An entry of a case's history."""

    event: str
    before: Status | None
    after: Status
    facts: Facts

    def ids(self, name: str) -> list[str]:
        """Return a list of ids among its facts, empty if it says nothing of them."""
        kept = self.facts.get(name)
        return [str(id) for id in kept] if isinstance(kept, list) else []


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
    entry: ledger.Entry
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
    entry: ledger.Entry
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

    def open_plan(self, case_id: str) -> Plan | None:
        """Return the case's way through its chain, if it is on one."""

    def policy_of(self, plan: Plan) -> Policy:
        """Return the policy the plan began under."""

    def absences(self, until: date) -> Mapping[str, Sequence[Absence]]:
        """Return what keeps people and institutions away at any time from today to that day, by whom it is about."""

    def roster(self) -> Sequence[PractitionerFacts]:
        """Return everyone of today, those who are not on the list included, with their accounts."""

    def newcomers(self) -> Collection[str]:
        """Return who joined after the ledger began and has no entry in it yet."""

    def away(self, practitioner_ids: Collection[str] | None = None) -> Mapping[str, Away]:
        """Return the days away of these people; without any named, of everyone who may have come back."""

    def sums_before(self, day: date) -> Sums:
        """Return the ledger as it was when that day of the centre began."""

    def open_posting(self, case_id: str) -> Posting | None:
        """Return the case's place on the board."""

    def claims_of(self, practitioner_id: str, posting: Posting) -> tuple[Claim | None, Counts]:
        """Return the practitioner's open or winning claim on a posted case, and what counts against another one."""
