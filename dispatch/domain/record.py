"""What people did in a period, as it was recorded: how they answered, what they claimed, how long they worked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from dispatch.domain.states import Asker, GivingBack, ReplacementGround

Pair = tuple[str, str]
"""A case and a practitioner."""


class RecordedAnswer(NamedTuple):
    """An answer, from when it was asked until when it was given; None is silence."""

    accept: bool | None
    asked_at: datetime
    answered_at: datetime | None
    reason: GivingBack | None = None


class Wanted(NamedTuple):
    """A claim, from when the case was posted."""

    practitioner_id: str
    posted_at: datetime
    claimed_at: datetime


class RecordedArrangement(NamedTuple):
    """What an institution did about a case given to it: whom it named, or why it gave it back; neither is silence."""

    given_at: datetime
    ended_at: datetime
    practitioner_id: str | None
    reason: GivingBack | None

    @property
    def silent(self) -> bool:
        """Whether its time ran out."""
        return self.practitioner_id is None and self.reason is None


class RecordedChange(NamedTuple):
    """A request to replace someone, so long after they accepted; ``agreed`` None is not decided yet."""

    after: timedelta
    asker: Asker
    ground: ReplacementGround
    asked_at: datetime
    decided_at: datetime | None
    agreed: bool | None
    same_institution: bool | None


class RecordedHandOver(NamedTuple):
    """Someone whose open cases were handed over."""

    practitioner_id: str
    at: datetime
    ground: ReplacementGround


@dataclass(frozen=True, slots=True)
class Record:
    """Everything recorded of a period that people, not rules, decided."""

    offers: dict[Pair, RecordedAnswer] = field(default_factory=dict)
    assignments: dict[Pair, RecordedAnswer] = field(default_factory=dict)
    """Answers to assignments that nobody was asked about before."""
    claims: dict[str, list[Wanted]] = field(default_factory=dict)
    given_back: dict[Pair, timedelta] = field(default_factory=dict)
    worked: dict[Pair, timedelta] = field(default_factory=dict)
    """From the acceptance to the closing report."""
    still_open: dict[Pair, timedelta] = field(default_factory=dict)
    """From the acceptance to the end of the period, where nobody knows yet how long the work will take."""
    signed: dict[Pair, timedelta | None] = field(default_factory=dict)
    """From the acceptance to the agreement; None where work began without one."""
    begun: dict[Pair, timedelta] = field(default_factory=dict)
    entrusted: dict[str, str] = field(default_factory=dict)
    """To which institution an officer gave a case before anyone had it."""
    arranged: dict[Pair, RecordedArrangement] = field(default_factory=dict)
    """By case and institution."""
    changes: dict[Pair, RecordedChange] = field(default_factory=dict)
    handed_over: tuple[RecordedHandOver, ...] = ()
    confirmed: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When each run was done and when its first proposal was applied."""
    planned: frozenset[str] = frozenset()
    """Cases that were put on a chain."""
    postings: int = 0


@dataclass(frozen=True, slots=True)
class Override:
    """One designation against a run's proposal; ids only."""

    designation_id: str
    run_id: str
    case_id: str
    practitioner_id: str
    proposed: tuple[str, ...]
    """Whom the run proposed, by seat."""
    at: datetime

    @property
    def against(self) -> bool:
        """Whether the run had proposed somebody, and somebody else was named."""
        return bool(self.proposed) and self.practitioner_id not in self.proposed
