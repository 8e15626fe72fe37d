"""Working days of China, as the State Council's yearly notices move them.

The notices are tabulated by the `holidays` library; one a centre has loaded goes before it, local holidays included. A
year without either is estimated: the statutory holidays of the Regulation on Public Holidays are free, and no day is
made up for, because nobody has moved any yet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple, Self

from dispatch.domain.errors import CalendarInvalidError, stated

SATURDAY = 5
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
"""Between which days periods may be asked for."""

ONE_DAY = timedelta(days=1)
MAX_DAYS_IN_A_ROW = 31
DECEMBER, NOVEMBER = 12, 11

FIXED = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
"""Holidays that no notice moves, by month and day (《全国年节及纪念日放假办法》)."""


class NoticeDays(NamedTuple):
    """A row of a notice: days in a row, both included, that are free or worked."""

    from_on: date
    until_on: date
    working: bool
    name: str = ""

    @property
    def days(self) -> Iterator[date]:
        """Each of its days."""
        return (self.from_on + n * ONE_DAY for n in range((self.until_on - self.from_on).days + 1))


class YearNotice(NamedTuple):
    """What a notice says of one year; it may begin in the December before."""

    year: int
    rows: tuple[NoticeDays, ...]


@dataclass(frozen=True, slots=True)
class YearExceptions:
    """One year's exceptions: weekdays that are free and weekend days that are worked."""

    off: frozenset[date]
    made_up: frozenset[date]
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days are worked; years in `overrides` go before what the library says."""

    overrides: Mapping[int, YearExceptions]

    @classmethod
    def of(cls, notices: Iterable[YearNotice]) -> Self:
        """Return the calendar that these notices make, each for its year."""
        found: dict[int, YearExceptions] = {}
        for notice in sorted(notices):
            year = _stated_exceptions(notice, notice.year)
            # A notice may lend a few days of the December before to the new year's holiday.
            before, lent = (
                found.get(notice.year - 1) or tabulated(notice.year - 1),
                _stated_exceptions(notice, notice.year - 1),
            )
            found[notice.year] = year
            if lent.off or lent.made_up:
                free, worked = (before.off | lent.off) - lent.made_up, (before.made_up | lent.made_up) - lent.off
                found[notice.year - 1] = YearExceptions(free, worked, before.estimated)
        return cls(found)

    def is_working(self, day: date) -> bool:
        """Tell whether `day` is worked."""
        year = self.year(day.year)
        return day in year.made_up or (day.weekday() < SATURDAY and day not in year.off)

    def is_estimated(self, day: date) -> bool:
        """Tell whether the notice for the year of `day` is missing: each so far has had days made up for."""
        return self.year(day.year).estimated

    def missing(self, today: date) -> int | None:
        """Return the year whose notice is missing and should be there: this one, or from November on the next."""
        expected = (today.year, *((today.year + 1,) if today.month >= NOVEMBER else ()))
        return next((year for year in expected if self.year(year).estimated), None)

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

    def year(self, year: int) -> YearExceptions:
        """Return the exceptions of a year."""
        return self.overrides.get(year) or tabulated(year)


@cache
def china() -> WorkingDays:
    """Return the calendar of the notices that the library has."""
    return WorkingDays({})


@cache
def tabulated(year: int) -> YearExceptions:
    """Return what the library knows of `year`; without a notice, its statutory holidays and no day made up for."""
    import holidays  # 0.2 s, which a process that counts no days need not wait for

    days = holidays.country_holidays("CN", years=year)
    made_up = frozenset(day for day in days.weekend_workdays if day.year == year)
    return YearExceptions(
        off=frozenset(day for day in days if day.year == year and day.weekday() < SATURDAY),
        made_up=made_up,
        estimated=not made_up,
    )


def statutory(year: int) -> frozenset[date]:
    """Return the holidays that no notice moves; those of the moon where the library has no notice of its own."""
    import holidays

    fixed = {date(year, month, day) for month, day in FIXED}
    moon = holidays.country_holidays("CN", years=year, observed=False) if tabulated(year).estimated else ()
    return frozenset({*fixed, *(day for day in moon if day.year == year)})


def require_notice(year: int, rows: Sequence[NoticeDays], numbers: Sequence[int]) -> YearNotice:
    """
    Return the notice that the rows make.

    Parameters
    ----------
    numbers : sequence of int
        The number of each row where it was written, for the reader.

    Raises
    ------
    CalendarInvalidError
        With every problem, its row, its field and what would be right.
    """
    problems = [
        {"row": number, "field": field, "expected": expected}
        for k, (row, number) in enumerate(zip(rows, numbers, strict=True))
        for field, expected in (*_faults(year, row), *_overlaps(row, zip(rows[:k], numbers[:k], strict=True)))
    ]
    problems += [] if problems else [{"row": None, "field": "rows", "expected": each} for each in _lacks(year, rows)]
    if problems:
        raise CalendarInvalidError(year=year, problems=problems)
    return YearNotice(year, tuple(sorted(rows)))


def _stated_exceptions(notice: YearNotice, year: int) -> YearExceptions:
    days = [(day, row.working) for row in notice.rows for day in row.days if day.year == year]
    return YearExceptions(
        off=frozenset(day for day, working in days if not working and day.weekday() < SATURDAY),
        made_up=frozenset(day for day, working in days if working),
    )


def _faults(year: int, row: NoticeDays) -> Iterator[tuple[str, dict[str, Any]]]:
    first, last = date(year - 1, DECEMBER, 1), date(year, DECEMBER, 31)
    for field in ("from_on", "until_on"):
        if not first <= getattr(row, field) <= last:
            yield field, stated(f"{first}至{last}之间的日期", f"a day from {first} to {last}")
    if row.until_on < row.from_on:
        yield "until_on", stated(f"不早于{row.from_on}", f"not before {row.from_on}")
    elif (row.until_on - row.from_on).days >= MAX_DAYS_IN_A_ROW:
        yield "until_on", stated(f"连续不超过{MAX_DAYS_IN_A_ROW}日", f"at most {MAX_DAYS_IN_A_ROW} days in a row")
    elif row.working and (weekday := next((day for day in row.days if day.weekday() < SATURDAY), None)):
        yield (
            "working",
            stated(
                f"上班日应为周六或者周日；{weekday}本来就是工作日",
                f"a Saturday or a Sunday; {weekday} is a working day anyway",
            ),
        )


def _overlaps(row: NoticeDays, earlier: Iterable[tuple[NoticeDays, int]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for other, number in earlier:
        if row.from_on <= other.until_on and other.from_on <= row.until_on:
            yield "from_on", stated(f"不与第{number}行的日期重叠", f"no day of row {number}")


def _lacks(year: int, rows: Sequence[NoticeDays]) -> Iterator[dict[str, str]]:
    """Yield which holidays would be worked."""
    calendar = WorkingDays.of((YearNotice(year, tuple(rows)),))
    for day in sorted(filter(calendar.is_working, statutory(year))):
        yield stated(f"{day}为法定节假日，应当放假", f"{day} is a statutory holiday and must be free")
