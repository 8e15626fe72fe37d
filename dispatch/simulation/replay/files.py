"""What a replay keeps of a case: its state, its way through the chain, who is asked, who claims, who has it."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

import numpy as np

from dispatch.domain.docket.columns import Integers
from dispatch.domain.docket.facts import CaseFacts
from dispatch.domain.docket.ties import Held
from dispatch.domain.shares import ONE
from dispatch.domain.states import (
    ArrangementState,
    Asker,
    ClaimState,
    ClockEnd,
    EndReason,
    GivingBack,
    OfferState,
    PlanState,
    PostingState,
    QualityGrade,
    ReplacementGround,
    Review,
)
from dispatch.domain.vocabulary import CaseSource, Matter, ModeName, PairKind, ReviewCourt, Stage, Status


@dataclass(slots=True, eq=False)
class Plan:
    """A case's way through a chain."""

    chain: str
    step: int
    mode: ModeName
    began_at: datetime
    started_at: datetime
    ends_at: datetime | None
    state: PlanState = PlanState.OPEN
    asks_at: datetime | None = None
    promised: int = 0
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None


@dataclass(slots=True, eq=False)
class Offer:
    """Someone who is asked."""

    id: str
    case_id: str
    practitioner_id: str
    seat: int
    mode: ModeName
    offered_at: datetime
    expires_at: datetime
    state: OfferState = OfferState.PENDING
    reason: GivingBack | None = None
    answered_at: datetime | None = None
    waived_until: datetime | None = None
    assignment_id: str | None = None


class Waivers:
    """Turns of the rotation that people have waived, each until its moment; people by number, time goes forward."""

    def __init__(self, people: int) -> None:
        self._people = people
        self._open: list[tuple[int, datetime]] = []

    def add(self, number: int, until: datetime) -> None:
        """Let others come first until then."""
        self._open.append((number, until))

    def at(self, now: datetime) -> Integers:
        """Return how many each has waived that are not over, (p,)."""
        self._open = [(number, until) for number, until in self._open if until > now]
        return np.bincount(np.array([number for number, _ in self._open], np.int64), minlength=self._people)


@dataclass(slots=True, eq=False)
class Claim:
    """Someone who wants a posted case."""

    case_id: str
    practitioner_id: str
    claimed_at: datetime
    state: ClaimState = ClaimState.OPEN
    reason: str | None = None
    settled_at: datetime | None = None
    assignment_id: str | None = None


@dataclass(slots=True, eq=False)
class Posting:
    """A place on the board."""

    id: str
    case_id: str
    posted_at: datetime
    sealed_until: datetime
    ends_at: datetime
    state: PostingState = PostingState.OPEN
    closed_at: datetime | None = None
    unsealed: bool = False
    """Whether it is written down that the sealed window is over."""
    claims: list[Claim] = field(default_factory=list)

    def open_claims(self) -> list[Claim]:
        """Return the claims that are not settled, in the order they came, then by practitioner."""
        waiting = [claim for claim in self.claims if claim.state is ClaimState.OPEN]
        return sorted(waiting, key=lambda claim: (claim.claimed_at, claim.practitioner_id))


@dataclass(slots=True, eq=False)
class Assignment:
    """Who has a seat, how it came, and what it weighs; ``score`` is in points of the yardstick's weights."""

    id: str
    case_id: str
    seat: int
    practitioner_id: str
    institution_id: str
    mode: ModeName
    assigned_at: datetime
    effort: int = 0
    share: Fraction = ONE
    score: int = 0
    pool: int | None = None
    """How many could have taken the case then, where anyone else was looked at."""
    in_period: bool = True
    duty: bool = False
    """Whether it is help by a duty lawyer."""
    accepted_at: datetime | None = None
    signed_at: datetime | None = None
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    grade: QualityGrade | None = None

    @property
    def carried(self) -> bool:
        """Whether it was carried through, or still is."""
        return self.ended_at is None or self.end_reason is EndReason.CLOSED

    def as_held(self, belongs_to: str | None) -> Held:
        """Return the assignment as other cases must know it; its practitioner belongs to that institution today."""
        live, opened = self.ended_at is None, self.accepted_at is not None
        moved_to = belongs_to if belongs_to != self.institution_id else None
        return Held(self.practitioner_id, self.institution_id, live, self.carried, self.duty, opened, moved_to)


@dataclass(slots=True, eq=False)
class Clock:
    """A time limit of a case, or of one assignment of it."""

    id: str
    case_id: str
    code: str
    started_at: datetime
    due_at: datetime
    assignment_id: str | None = None
    fixed: bool = False
    stopped_at: datetime | None = None
    became: ClockEnd | None = None


@dataclass(slots=True, eq=False)
class Arrangement:
    """What an institution is to arrange."""

    id: str
    case_id: str
    seat: int
    institution_id: str
    entrusted_at: datetime
    due_at: datetime
    state: ArrangementState = ArrangementState.OPEN
    reason: GivingBack | None = None
    ended_at: datetime | None = None


@dataclass(slots=True, eq=False)
class Replacement:
    """A request that the person who has a seat be replaced."""

    id: str
    case_id: str
    assignment_id: str
    asker: Asker
    ground: ReplacementGround
    asked_at: datetime
    due_at: datetime
    state: Review = Review.WAITING
    same_institution: bool | None = None
    decided_at: datetime | None = None


@dataclass(slots=True, eq=False)
class File:
    """A case from its grant on."""

    case: CaseFacts
    status: Status
    updated_at: datetime
    revision: int = 1
    relaxed: list[str] = field(default_factory=list)
    """Soft rules relaxed for it on its way through the chain."""
    plans: list[Plan] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    arrangements: list[Arrangement] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    pairs: set[tuple[str, PairKind]] = field(default_factory=set)
    escalations: int = 0
    called_at: datetime | None = None
    """When the manager was called last."""
    filled_at: datetime | None = None
    """When its last seat was given the first time."""
    id: str = field(init=False)

    def __post_init__(self) -> None:
        self.id = self.case.id

    @property
    def demand(self) -> int:
        """How many seats it has."""
        return self.case.demand

    @property
    def due_at(self) -> datetime:
        """When somebody must be named."""
        return self.case.due_at

    @property
    def matter(self) -> Matter:
        """Its branch of law."""
        return self.case.matter

    @property
    def categories(self) -> Container[str]:
        """What its recipient is."""
        return self.case.categories

    @property
    def secret(self) -> bool | None:
        """Whether it is secret, if known."""
        return self.case.secret

    @property
    def source(self) -> CaseSource:
        """How it reached the centre."""
        return self.case.source

    @property
    def stage(self) -> Stage:
        """Its stage."""
        return self.case.stage

    @property
    def organ(self) -> str | None:
        """The organ that handles it, if known."""
        return self.case.organ or self.case.unlisted_organ

    @property
    def review_court(self) -> ReviewCourt | None:
        """Which court reviews its death sentence, if one does."""
        return self.case.review_court

    @property
    def detained(self) -> bool | None:
        """Whether its recipient is detained, if known."""
        return self.case.detained

    @property
    def grave(self) -> bool | None:
        """Whether life or death may be the sentence, if known."""
        return self.case.grave

    @property
    def recipient_is_minor(self) -> bool | None:
        """Whether its recipient is a minor, if known."""
        return self.case.recipient_is_minor

    @property
    def sexual_assault(self) -> bool | None:
        """Whether it is one of sexual assault, if known."""
        return self.case.sexual_assault

    @property
    def open_plan(self) -> Plan | None:
        """The plan it is on, if it is on one."""
        plan = self.plans[-1] if self.plans else None
        return plan if plan and plan.state is PlanState.OPEN else None

    @property
    def posting(self) -> Posting | None:
        """Its place on the board, if it has one."""
        posting = self.postings[-1] if self.postings else None
        return posting if posting and posting.state is PostingState.OPEN else None

    def pending(self) -> list[Offer]:
        """Return the offers without an answer, in the order they were made, then by practitioner."""
        waiting = [offer for offer in self.offers if offer.state is OfferState.PENDING]
        return sorted(waiting, key=lambda offer: (offer.offered_at, offer.practitioner_id))

    def seats_taken(self) -> set[int]:
        """Return the seats somebody holds, or has carried through."""
        return {each.seat for each in self.assignments if each.carried}

    def asked_elsewhere(self) -> bool:
        """Tell whether another step of the chain has the case for now, so that no run takes it from there."""
        plan = self.open_plan
        return plan is not None and plan.mode is not ModeName.OPTIMIZED and plan.ends_at is not None
