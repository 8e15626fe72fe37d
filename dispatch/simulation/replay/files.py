"""What a replay keeps of a case: its state, its way through the chain, who is asked, who claims, who has it."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from dispatch.domain.docket.facts import CaseFacts
from dispatch.domain.docket.ties import Held
from dispatch.domain.policy.chain_schema import Chain
from dispatch.domain.shares import ONE
from dispatch.domain.states import ClaimState, OfferState
from dispatch.domain.vocabulary import ModeName, PairKind, Status

CLOSED, DECLINED, ABANDONED = "closed", "declined", "abandoned"


@dataclass(slots=True)
class Plan:
    """A case's way through a chain."""

    chain: Chain
    step: int
    mode: ModeName
    started_at: datetime
    ends_at: datetime | None
    open: bool = True

    @property
    def last(self) -> bool:
        """Whether it stands at the last step."""
        return self.step == len(self.chain.steps) - 1


@dataclass(slots=True, eq=False)
class Offer:
    """Someone who is asked."""

    practitioner_id: str
    seat: int
    mode: ModeName
    offered_at: datetime
    expires_at: datetime
    state: OfferState = OfferState.PENDING


@dataclass(slots=True, eq=False)
class Claim:
    """Someone who wants a posted case."""

    practitioner_id: str
    claimed_at: datetime
    state: ClaimState = ClaimState.OPEN
    settled_at: datetime | None = None


@dataclass(slots=True, eq=False)
class Posting:
    """A place on the board."""

    sealed_until: datetime
    ends_at: datetime
    claims: list[Claim] = field(default_factory=list)

    def open_claims(self) -> list[Claim]:
        """Return the claims that are not settled, in the order they came."""
        return [claim for claim in self.claims if claim.state is ClaimState.OPEN]


@dataclass(slots=True, eq=False)
class Assignment:
    """Who has a seat, how it came, and what it weighs; ``score`` is in points of the yardstick's weights."""

    case_id: str
    seat: int
    practitioner_id: str
    institution_id: str
    mode: ModeName
    assigned_at: datetime
    effort: int = 0
    share: Fraction = ONE
    score: int = 0
    pool: int = 0
    """How many could have taken the case then."""
    in_period: bool = True
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    claim: Claim | None = None

    def as_held(self) -> Held:
        """Return the assignment as other cases must know it."""
        live = self.ended_at is None
        return Held(self.practitioner_id, self.institution_id, live, live or self.end_reason == CLOSED)


@dataclass(slots=True, eq=False)
class File:
    """A case from its grant on."""

    case: CaseFacts
    status: Status
    updated_at: datetime
    revision: int = 1
    plan: Plan | None = None
    planned: bool = False
    relaxed: tuple[str, ...] = ()
    """Soft rules relaxed for it on its way through the chain."""
    offers: list[Offer] = field(default_factory=list)
    posting: Posting | None = None
    assignments: list[Assignment] = field(default_factory=list)
    pairs: set[tuple[str, PairKind]] = field(default_factory=set)
    escalations: int = 0
    filled_at: datetime | None = None
    """When its last seat was given the first time."""

    @property
    def open_plan(self) -> Plan | None:
        """The plan it is on, if it is on one."""
        return self.plan if self.plan and self.plan.open else None

    def pending(self) -> list[Offer]:
        """Return the offers without an answer, in the order they were made."""
        return [offer for offer in self.offers if offer.state is OfferState.PENDING]

    def seats_taken(self) -> set[int]:
        """Return the seats somebody holds."""
        return {each.seat for each in self.assignments if each.ended_at is None}

    def asked_elsewhere(self) -> bool:
        """Tell whether another step of the chain has the case for now, so that no run takes it from there."""
        plan = self.open_plan
        return plan is not None and plan.mode is not ModeName.OPTIMIZED and plan.ends_at is not None
