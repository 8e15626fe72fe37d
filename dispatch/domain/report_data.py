"""What reports are drawn from: the lines the register read of a period. Ids and codes; names only of practitioners."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dispatch.domain.funds.sources import FundingState, FundSource
from dispatch.domain.funds.subsidy import SubsidyItem
from dispatch.domain.states import (
    ClaimState,
    ClockEnd,
    ComplaintGround,
    ComplaintState,
    EndReason,
    GivingBack,
    OfferState,
    PostingState,
    QualityGrade,
    Review,
)
from dispatch.domain.vocabulary import Category, Matter, MeansTest, ModeName, PractitionerKind, Service, Status, Term


class CaseLine(NamedTuple):
    """A case, and whom its recipient named first."""

    id: str
    number: str
    status: Status
    matter: Matter
    service: Service
    cause: str
    area: str | None
    categories: tuple[Category, ...]
    means_test: MeansTest
    received_at: datetime
    entitled_at: datetime | None
    due_at: datetime | None
    demand: int
    first_wish: str | None = None


class SeatLine(NamedTuple):
    """An assignment, and what it was worth on its day beside what could have been; None before that night."""

    case_id: str
    seat: int
    practitioner_id: str
    mode: ModeName
    assigned_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None
    score: int | None = None
    best: int | None = None
    place: int | None = None

    @property
    def stands(self) -> bool:
        """Whether it was carried through, or still is."""
        return self.ended_at is None or self.end_reason is EndReason.CLOSED


class OfferLine(NamedTuple):
    """A question to a practitioner, and the answer."""

    practitioner_id: str
    mode: ModeName
    state: OfferState
    reason: GivingBack | None
    offered_at: datetime
    answered_at: datetime | None


class ReturnLine(NamedTuple):
    """A case given back after it was accepted."""

    practitioner_id: str
    reason: GivingBack
    review: Review
    at: datetime


class PostingLine(NamedTuple):
    """A case on the board, how many claimed it, and when the first of them did."""

    state: PostingState
    posted_at: datetime
    claims: int
    first_claim_at: datetime | None


class ClaimLine(NamedTuple):
    """How many claims of one practitioner came to one end."""

    practitioner_id: str
    state: ClaimState
    claims: int


class CreditLine(NamedTuple):
    """Turns and effort of one practitioner in the period, openings and other entries without a case left out."""

    practitioner_id: str
    turns: int
    effort: int


class WorkLine(NamedTuple):
    """An assignment that ended in the period: carried through, or settled for the part that was done; money in fen."""

    practitioner_id: str
    number: str
    matter: Matter
    service: Service
    end_reason: EndReason
    effort: int
    grade: QualityGrade | None = None
    service_days: float | None = None
    lines: tuple[tuple[SubsidyItem, int], ...] | None = None
    """What was settled; None before that."""
    fund: FundSource | None = None
    paid_on: date | None = None
    table_version: int | None = None

    @property
    def carried(self) -> bool:
        """Whether it was carried through."""
        return self.end_reason is EndReason.CLOSED

    @property
    def settled(self) -> bool:
        """Whether its subsidy is settled."""
        return self.lines is not None

    @property
    def total_fen(self) -> int:
        """What was settled, costs included."""
        return sum(fen for _, fen in self.lines or ())

    @property
    def costs_fen(self) -> int:
        """Direct costs that are paid."""
        return sum(fen for item, fen in self.lines or () if item in (SubsidyItem.COSTS, SubsidyItem.CAP))


class ComplaintLine(NamedTuple):
    """A complaint that was received in the period."""

    ground: ComplaintGround
    practitioner_id: str | None
    state: ComplaintState
    received_at: datetime
    concluded_at: datetime | None
    answered_at: datetime | None


class UpheldLine(NamedTuple):
    """A complaint that was upheld in the period; about no practitioner, if it is about the centre."""

    practitioner_id: str | None
    concluded_at: datetime


class FundingLine(NamedTuple):
    """An application in the period to let a fund pay for a case, and what was settled for the case so far, in fen."""

    case_id: str
    number: str
    source: FundSource
    recipient_group: Category | None
    state: FundingState
    applied_at: datetime
    decided_on: date | None
    reference: str | None
    total_fen: int


class ArchiveLine(NamedTuple):
    """A file that was archived in the period."""

    archive_number: str
    number: str
    matter: Matter
    service: Service
    status: Status
    archived_on: date


class PriceLine(NamedTuple):
    """What seats of one kind of case cost in an applied run: the worth of the practitioner's place elsewhere."""

    at: datetime
    cause: str
    area: str | None
    seats: int
    price: int
    """Of all these seats together, in points."""


# fmt: off
class Measured(Term):
    """What is to be alike between recipient categories."""

    QUALITY    = "quality",    "平均匹配得分", "average match quality"
    FIRST_WISH = "first_wish", "首选实现率",   "share of first wishes honoured"


class ParitySettled(Term):
    """What is known of the best plan of a day within a gap."""

    PROVEN      = "proven",      "已证明",   "proven"
    INFEASIBLE  = "infeasible",  "无法满足", "no plan keeps the gap"
    NOT_SETTLED = "not_settled", "尚无定论", "not settled"
# fmt: on


class ParityLine(NamedTuple):
    """
    What it would have cost a day to keep the gap between categories, in points.

    ``value`` is of the best plan found, None where none was; no plan that keeps the gap is worth more than ``bound``,
    which is None only where there is none.
    """

    on: date
    measured: Measured
    gap: int
    settled: ParitySettled
    seats: int
    best: int
    value: int | None
    bound: int | None


class DayLine(NamedTuple):
    """A day as it was and as it could have been, in points over the seats compared."""

    on: date
    seats: int
    compared: int
    realised: int
    best: int


class ClockLine(NamedTuple):
    """A time limit of a case that ends in the period."""

    code: str
    due_at: datetime
    stopped_at: datetime | None
    became: ClockEnd | None


class PersonLine(NamedTuple):
    """A practitioner of the register, as at the end of the period."""

    id: str
    code: str
    name: str
    listed: bool
    kind: PractitionerKind | None = None


class Label(NamedTuple):
    """A word with a code and two labels, as enumerations have them."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """
    All lines of a period; days are the centre's own.

    Parameters
    ----------
    since, until : date
        First and last day.
    now : datetime
        When it was read: what is open or at risk is so at this moment.
    cases : tuple of CaseLine
        Granted in the period.
    waiting : tuple of CaseLine
        In the queue or under way now, whenever they were granted.
    seats : tuple of SeatLine
        Assignments of ``cases``, in the order they were made.
    made : tuple of SeatLine
        Assignments made in the period, whenever their case was granted.
    """

    since: date
    until: date
    now: datetime
    zone: ZoneInfo
    causes: dict[str, Label]
    areas: dict[str, Label]
    cases: tuple[CaseLine, ...] = ()
    waiting: tuple[CaseLine, ...] = ()
    seats: tuple[SeatLine, ...] = ()
    made: tuple[SeatLine, ...] = ()
    offers: tuple[OfferLine, ...] = ()
    returns: tuple[ReturnLine, ...] = ()
    postings: tuple[PostingLine, ...] = ()
    claims: tuple[ClaimLine, ...] = ()
    credits: tuple[CreditLine, ...] = ()
    work: tuple[WorkLine, ...] = ()
    """Assignments that ended in the period."""
    settled: tuple[WorkLine, ...] = ()
    """Settled in the period, whenever they ended."""
    complaints: tuple[ComplaintLine, ...] = ()
    upheld: tuple[UpheldLine, ...] = ()
    fundings: tuple[FundingLine, ...] = ()
    archives: tuple[ArchiveLine, ...] = ()
    prices: tuple[PriceLine, ...] = ()
    days: tuple[DayLine, ...] = ()
    parity: tuple[ParityLine, ...] = ()
    clocks: tuple[ClockLine, ...] = ()
    people: tuple[PersonLine, ...] = field(default=())
    lineage: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """From each cause of the policy in force up to its chapter, itself first."""
