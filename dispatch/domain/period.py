"""A period as it came from outside: cases, people, leave. What a replay decides anew is not in it."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from dispatch.domain.calendar import YearNotice
from dispatch.domain.conflicts.learned import LearnedTies
from dispatch.domain.docket.absence import Absence
from dispatch.domain.docket.facts import AreaFacts, CaseFacts, PairFact, PractitionerFacts
from dispatch.domain.docket.ties import Relation
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import InstitutionKind, ModeName


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """What was recorded of a practitioner from one day to another; standing is kept apart from absences."""

    person: PractitionerFacts
    entered_on: date
    from_on: date
    until_on: date | None = None
    """The first day on which it no longer held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """An undertaking institution, and the days it was on the register."""

    id: str
    kind: InstitutionKind | None = None
    area: str | None = None
    capacity: int | None = None
    entered_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerStanding:
    """What the ledger had for someone when the period began."""

    practitioner_id: str
    turns: int
    effort: int
    weighed_turns: Fraction
    weighed_effort: Fraction
    last_turn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An assignment made before the period; ``ends_at`` None is live throughout as far as is known."""

    case_id: str
    practitioner_id: str
    institution_id: str
    mode: ModeName
    assigned_at: datetime
    seat: int = 0
    accepted_at: datetime | None = None
    ends_at: datetime | None = None
    end_reason: EndReason | None = None
    duty: bool = False
    """Whether it was help by a duty lawyer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedWishes:
    """Who a recipient wished for after the case was granted, the most wished first."""

    case_id: str
    at: datetime
    practitioner_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """
    Everything a replay starts from.

    Parameters
    ----------
    arrivals : tuple of CaseFacts
        Cases to assign since the period, by ``entitled_at``; all seats open, ties left to ``relations``.
    named : tuple of NamedWishes
        Wishes of later than the grant, in their order; those of before are in ``arrivals``.
    gone : tuple of (str, datetime, Event)
        Cases that left from outside, such as terminated ones, when, and by which event.
    draw_root : str
        What the draws of its days follow from, where they were a centre's.
    earlier : tuple of Earlier
        Assignments made before, which fill desks and bar people; their cases need not be known.
    """

    centre_id: str
    since: datetime
    until: datetime
    arrivals: tuple[CaseFacts, ...]
    tenures: tuple[Tenure, ...]
    absences: tuple[Absence, ...] = ()
    houses: tuple[House, ...] = ()
    areas: tuple[AreaFacts, ...] = ()
    relations: tuple[Relation, ...] = ()
    """Ties between cases that are known when the period begins, or as soon as both cases are."""
    learned: tuple[LearnedTies, ...] = ()
    """Ties that become known, or are found to be none, in the period, in the order of time."""
    pairs: tuple[PairFact, ...] = ()
    standings: tuple[LedgerStanding, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    named: tuple[NamedWishes, ...] = ()
    gone: tuple[tuple[str, datetime, Event], ...] = ()
    notices: tuple[YearNotice, ...] = ()
    """What the centre has loaded about working days."""
    ledger_began_at: datetime | None = None
    """When the ledger got its first row, if it did before the period."""
    draw_root: str = ""
