"""Working days of China, as the State Council's yearly notices move them.

The notices are tabulated by the `holidays` library. A year without one is estimated: the statutory holidays of the
Regulation on Public Holidays are free, and no day is made up for, because nobody has moved any yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

SATURDAY = 5
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
"""Between which days periods may be asked for."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class YearExceptions:
    """One year's exceptions: weekdays that are free and weekend days that are worked."""

    off: frozenset[date]
    made_up: frozenset[date]


OVERRIDES: Mapping[int, YearExceptions] = {}
"""Years as their notice has them where the library has no notice yet, or another; they go before the library."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days are worked; years in `overrides` go before what the library says."""

    overrides: Mapping[int, YearExceptions]

    def is_working(self, day: date) -> bool:
        """Tell whether `day` is worked."""
        year = self._year(day.year)
        return day in year.made_up or (day.weekday() < SATURDAY and day not in year.off)

    def is_estimated(self, day: date) -> bool:
        """Tell whether the notice for the year of `day` is missing: each so far has had days made up for."""
        return not self._year(day.year).made_up

    def roll(self, day: date) -> date:
        """Return `day` itself if it is worked, else the next working day."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def after(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day`; `day` itself is not counted."""
        for _ in range(count):
            day = self.roll(day + ONE_DAY)
        return day

    def _year(self, year: int) -> YearExceptions:
        return self.overrides.get(year) or tabulated(year)


@cache
def china() -> WorkingDays:
    """Return the calendar of the notices, with ours before the library's."""
    return WorkingDays(OVERRIDES)


@cache
def tabulated(year: int) -> YearExceptions:
    """Return what the library knows of `year`; without a notice, its statutory holidays and no day made up for."""
    import holidays  # 0.2 s, which a process that counts no days need not wait for

    days = holidays.country_holidays("CN", years=year)
    return YearExceptions(
        off=frozenset(day for day in days if day.year == year and day.weekday() < SATURDAY),
        made_up=frozenset(day for day in days.weekend_workdays if day.year == year),
    )
