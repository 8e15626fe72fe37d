"""Absence, once: what keeps somebody from every case for some days, whatever the reason, joined before it is counted.

Leave, suspension in person or with the institution, days off the list and days with a cap of nothing are
intervals of one kind. Two that overlap are one absence, so a day is never counted twice; what the rotation
has met of it already is taken out, so that no day is met again. Leave may be a part of the day or some days of
the week: its minutes are joined too, and a day is away once no minute of it is left.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from dispatch.domain.vocabulary import Term

ONE_DAY = timedelta(days=1)
WHOLE_DAY = 24 * 60
"""Minutes of a day."""
EVERY_DAY = "1234567"
"""Days of the week as ISO numbers them, Monday first."""

Bound = TypeVar("Bound", datetime, date, int)
Days = tuple[date, date]
"""The first day, and the first that no longer belongs to it."""
Minutes = tuple[int, int]
"""The first minute of a day, and the first that no longer belongs to it."""


# fmt: off
class AbsenceKind(Term):
    """What is recorded of an absence; days off the list or with a cap of nothing follow from the roster."""

    LEAVE      = "leave",      "休假",     "leave"
    SUSPENSION = "suspension", "暂停指派", "suspension"


class AbsenceState(Term):
    """Whether a report of an absence holds."""

    WAITING   = "waiting",   "待审核", "waiting for a clerk or a manager to agree"
    IN_FORCE  = "in_force",  "生效",   "holds"
    REFUSED   = "refused",   "不同意", "was not agreed to"
    CANCELLED = "cancelled", "已取消", "was taken back, or recorded by mistake"
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A leave or a suspension of a practitioner, or the suspension of an institution; both days are included."""

    who: str
    kind: AbsenceKind
    from_on: date
    until_on: date | None
    minutes: Minutes = (0, WHOLE_DAY)
    weekdays: str = EVERY_DAY

    @property
    def days(self) -> Days:
        """From the first day to the one after the last."""
        return self.from_on, date.max if self.until_on is None else self.until_on + ONE_DAY

    @property
    def whole(self) -> bool:
        """Whether it leaves nothing of its days."""
        return self.minutes == (0, WHOLE_DAY) and self.weekdays == EVERY_DAY

    def on(self, day: date) -> bool:
        """Tell whether it has a part of that day."""
        return self.days[0] <= day < self.days[1] and falls_on(self.weekdays, day)


class Stay(NamedTuple):
    """Days on which somebody belonged to an institution; ``taking`` unless off the list or with a cap of nothing."""

    institution_id: str
    days: Days
    taking: bool


class Met(NamedTuple):
    """Days the rotation has met by an entry: its turns and effort, and the share it was made at."""

    days: Days
    turns: int = 0
    effort: int = 0
    share: Fraction = Fraction(1)
    id: str = ""
    opening: bool = False
    """Whether it opened the account, which says nothing about the days before."""


@dataclass(frozen=True, slots=True)
class Away:
    """Someone's days away, joined, and what the rotation has met."""

    days: Sequence[Days] = ()
    met: Sequence[Met] = field(default=())

    def unmet(self, today: date) -> list[Days]:
        """Return the days of absences that are over by ``today`` and that no entry has met rightly."""
        mistaken = self.mistaken()
        met = (each.days for each in self.met if each not in mistaken)
        return without((days for days in self.days if days[1] <= today), met)

    def mistaken(self) -> list[Met]:
        """Return the entries made for days that turned out to be none of absence."""
        return [met for met in self.met if not met.opening and without([met.days], self.days)]


def falls_on(weekdays: str, day: date) -> bool:
    """Tell whether the day is one of these days of the week."""
    return str(day.isoweekday()) in weekdays


def minute_of(local: datetime | time) -> int:
    """Return the minute of the day."""
    return local.hour * 60 + local.minute


def joined(spans: Iterable[tuple[Bound, Bound]]) -> list[tuple[Bound, Bound]]:
    """Return what the spans cover together, in order, none of which touches another."""
    found: list[tuple[Bound, Bound]] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def without(spans: Iterable[tuple[Bound, Bound]], others: Iterable[tuple[Bound, Bound]]) -> list[tuple[Bound, Bound]]:
    """Return what the spans cover together and none of the others does."""
    left, taken = [], joined(others)
    for begin, end in joined(spans):
        for other_begin, other_end in taken:
            if other_begin < end and begin < other_end:
                left.append((begin, other_begin))
                begin = max(begin, other_end)
        left.append((begin, end))
    return joined(left)


def overlap(one: tuple[Bound, Bound], other: tuple[Bound, Bound]) -> tuple[Bound, Bound]:
    """Return what both cover; a span that ends before it begins is none."""
    return max(one[0], other[0]), min(one[1], other[1])


def fills(parts: Iterable[Minutes]) -> bool:
    """Tell whether parts of a day leave no minute of it."""
    return joined(parts) == [(0, WHOLE_DAY)]


def away_at(parts: Sequence[Minutes], minute: int) -> bool:
    """Tell whether a minute is in one of the parts of a day of which some is left."""
    return any(begin <= minute < end for begin, end in parts) and not fills(parts)


def days_of(absences: Iterable[Absence], until: date) -> Iterator[Days]:
    """Yield the days of which somebody's absences together leave nothing; parts of days are joined before ``until``."""
    parts: dict[date, list[Minutes]] = defaultdict(list)
    for absence in absences:
        if absence.whole:
            yield absence.days
            continue
        for day in days_in(absence, (date.min, until)):
            parts[day].append(absence.minutes)
    yield from ((day, day + ONE_DAY) for day, minutes in parts.items() if fills(minutes))


def gone_days(entered_on: date | None, left_on: date | None) -> list[Days]:
    """Return the days on which an institution was not on the register."""
    return [(date.min, entered_on or date.min), (left_on or date.max, date.max)]


def away_days(
    stays: Iterable[Stay], own: Iterable[Absence], of_house: Mapping[str, Sequence[Days]], until: date
) -> list[Days]:
    """Return someone's days away, joined: their own, those of their institution while they were of it, days off.

    Parts of days are looked at before ``until``: the day after today, so that what goes on today is not over.
    """
    found = list(days_of(own, until))
    for stay in stays:
        found += [overlap(stay.days, days) for days in of_house.get(stay.institution_id, ())]
        found += [] if stay.taking else [stay.days]
    return joined(found)


def takes_cases(listed: Any, capacity: int | None, monthly_capacity: int | None) -> bool:
    """Tell whether an entry of the roster lets somebody have any case at all."""
    return bool(listed) and capacity != 0 and monthly_capacity != 0


def days_in(absence: Absence, span: Days) -> Iterator[date]:
    """Yield the days of the span of which the absence has a part."""
    begin, end = overlap(absence.days, span)
    days = (begin + timedelta(days=n) for n in range((end - begin).days))
    return (day for day in days if falls_on(absence.weekdays, day))
