"""Office hours: how much time people at their desks have before, after and between two instants."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Self
from zoneinfo import ZoneInfo

from dispatch.domain.calendar import ONE_DAY, WorkingDays, china
from dispatch.domain.policy.schema import Policy


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The hours from opening to closing on working days; one that does not close after it opens never closes."""

    opens: time
    closes: time
    zone: ZoneInfo
    days: WorkingDays
    _known: dict[date, tuple[datetime, datetime] | None] = field(default_factory=dict, init=False, compare=False)
    """The hours of the days asked for so far; None of one that is closed."""

    @classmethod
    def of(cls, policy: Policy, days: WorkingDays | None = None) -> Self:
        """Return the office hours of a policy."""
        return cls(policy.runs.opens, policy.runs.closes, ZoneInfo(policy.time_zone), days or china())

    def after(self, at: datetime, hours: float) -> datetime:
        """Return the instant at which so many office hours have passed since ``at``."""
        left = timedelta(hours=hours)
        spans = self._spans(at, ONE_DAY)
        begin, end = next(spans)
        while end - (begin := max(begin, at)) < left:
            left -= max(end - begin, timedelta())
            begin, end = next(spans)
        return begin + left

    def open_from(self, at: datetime) -> datetime:
        """Return the first instant not before ``at`` at which the office is open."""
        begin = next(begin for begin, end in self._spans(at, ONE_DAY) if end > at)
        return max(begin, at)

    def before(self, at: datetime, hours: float) -> datetime:
        """Return the latest instant after which so many office hours are left until ``at``."""
        left = timedelta(hours=hours)
        spans = self._spans(at, -ONE_DAY)
        begin, end = next(spans)
        while (end := min(end, at)) - begin < left:
            left -= max(end - begin, timedelta())
            begin, end = next(spans)
        return end - left

    def between(self, start: datetime, end: datetime) -> float:
        """Return the office hours from ``start`` to ``end``, 0 if it lies before."""
        total = timedelta()
        spans = self._spans(start, ONE_DAY)
        opened, closed = next(spans)
        while opened < end:
            total += max(min(closed, end) - max(opened, start), timedelta())
            opened, closed = next(spans)
        return total / timedelta(hours=1)

    @property
    def hours_a_day(self) -> float:
        """The length of a working day."""
        midnight = date.min
        hours = (datetime.combine(midnight, self.closes) - datetime.combine(midnight, self.opens)) / timedelta(hours=1)
        return hours if hours > 0 else 24.0

    @property
    def _always(self) -> bool:
        return self.opens >= self.closes

    def _spans(self, at: datetime, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
        first = at.astimezone(self.zone).date()
        days = (first + n * step for n in count())
        return (span for day in days if (span := self._span(day)) is not None)

    def _span(self, day: date) -> tuple[datetime, datetime] | None:
        if day not in self._known:
            self._known[day] = self._hours_of(day)
        return self._known[day]

    def _hours_of(self, day: date) -> tuple[datetime, datetime] | None:
        if not self._always and not self.days.is_working(day):
            return None
        if self._always:
            begin, end = datetime.combine(day, time(), self.zone), datetime.combine(day + ONE_DAY, time(), self.zone)
        else:
            begin, end = (datetime.combine(day, at, self.zone) for at in (self.opens, self.closes))
        return begin.astimezone(UTC), end.astimezone(UTC)
