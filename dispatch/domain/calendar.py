"""Working days of China: the published years from a data file, later years as an estimate."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

SATURDAY = 5
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
"""Between which days periods may be asked for."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Year:
    """One year's exceptions: weekdays that are free and weekend days that are worked."""

    off: frozenset[date]
    made_up: frozenset[date]


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days are worked; a year without a published notice is estimated."""

    years: Mapping[int, Year]

    def is_working(self, day: date) -> bool:
        """Tell whether `day` is worked."""
        year = self.years.get(day.year) or estimated_year(day.year)
        return day in year.made_up or (day.weekday() < SATURDAY and day not in year.off)

    def is_estimated(self, day: date) -> bool:
        """Tell whether the notice for the year of `day` is missing."""
        return day.year not in self.years

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


@cache
def china() -> WorkingDays:
    """Return the calendar of the State Council's notices as shipped with this package."""
    text = files("dispatch.domain").joinpath("working_days_cn.toml").read_text(encoding="utf-8")
    return WorkingDays({int(year): published_year(days) for year, days in tomllib.loads(text).items()})


def published_year(days: Mapping[str, list[date]]) -> Year:
    """Return one year of the data file."""
    return Year(frozenset(days["off"]), frozenset(days["made_up"]))


@cache
def estimated_year(year: int) -> Year:
    """Return the statutory holidays of `year` without make-up days: nobody has moved them yet."""
    import holidays  # 0.2 s, and needed only for a year that is not in the data file

    return Year(frozenset(holidays.country_holidays("CN", years=year)), frozenset())
