"""Who can answer in time: hours and days away, held against the time for which a question is open.

Hours of one's own bar from no case. They decide who is asked: a question that is open only while somebody is away
is not put to them, whatever the mode. What binds without asking looks at days alone.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from dispatch.domain.docket.absence import ONE_DAY, WHOLE_DAY, Absence, Minutes, days_in, joined, overlap
from dispatch.domain.office import OfficeHours

Spans = Sequence[tuple[datetime, datetime]]
"""When somebody is away: in order, none touching another."""

ROUNDING = 1e-6
"""In hours."""


def away_spans(absences: Iterable[Absence], zone: ZoneInfo, first: date, last: date) -> Spans:
    """Return what absences take of the days from the first to the last, joined."""
    asked = (first, last + ONE_DAY)
    found: list[tuple[datetime, datetime]] = []
    for absence in absences:
        if absence.whole:
            begin, end = overlap(absence.days, asked)
            found.append((_at(begin, 0, zone), _at(end, 0, zone)))
        else:
            found += [_part(day, absence.minutes, zone) for day in days_in(absence, asked)]
    return joined(found)


def can_answer(office: OfficeHours, away: Spans, begin: datetime, end: datetime, least: float) -> bool:
    """Tell whether somebody is there for the least office time to answer in, or for all of a shorter time."""
    offered = office.between(begin, end)
    lost = (office.between(max(begin, since), min(end, until)) for since, until in away if since < end)
    return offered - sum(lost) >= min(least, offered) - ROUNDING


def back_from(office: OfficeHours, away: Spans, at: datetime) -> datetime:
    """Return the first moment of office hours, not before ``at``, at which somebody is there."""
    at = office.open_from(at)
    for since, until in away:
        if since <= at < until:
            at = office.open_from(until)
    return at


def _part(day: date, minutes: Minutes, zone: ZoneInfo) -> tuple[datetime, datetime]:
    begin, end = minutes
    return _at(day, begin, zone), _at(day, end, zone)


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    if minute == WHOLE_DAY:
        day, minute = day + ONE_DAY, 0
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)
