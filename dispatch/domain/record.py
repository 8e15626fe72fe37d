"""What people did in a period, as it was recorded: how they answered, what they claimed, how long they worked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from dispatch.domain.states import GivingBack

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


@dataclass(frozen=True, slots=True)
class Record:
    """Everything recorded of a period that people, not rules, decided."""

    offers: dict[Pair, RecordedAnswer] = field(default_factory=dict)
    assignments: dict[Pair, RecordedAnswer] = field(default_factory=dict)
    """Answers to assignments that nobody was asked about before."""
    claims: dict[str, list[Wanted]] = field(default_factory=dict)
    given_back: dict[Pair, timedelta] = field(default_factory=dict)
    worked: dict[Pair, timedelta] = field(default_factory=dict)
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
