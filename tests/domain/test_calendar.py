"""Working days: the library has the notices as we read them, ours go before it, later years are estimates."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from dispatch.domain.calendar import WorkingDays, YearExceptions, china

NOTICES = tomllib.loads(Path(__file__).with_name("working_days_cn.toml").read_text(encoding="utf-8"))
SATURDAY = 5


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_of_a_published_year_is_worked_as_its_notice_says(year):
    off, made_up = set(NOTICES[year]["off"]), set(NOTICES[year]["made_up"])
    first = date(int(year), 1, 1)
    everyday = [first + timedelta(days=n) for n in range(366) if (first + timedelta(days=n)).year == int(year)]

    worked = {day for day in everyday if china().is_working(day)}

    assert worked == {day for day in everyday if day in made_up or (day.weekday() < SATURDAY and day not in off)}
    assert not any(map(china().is_estimated, everyday))


def test_statutory_holiday_of_a_year_without_a_notice_is_free():
    assert not china().is_working(date(2050, 10, 3))


def test_year_without_a_notice_is_an_estimate():
    assert china().is_estimated(date(2050, 3, 1))
    assert not china().is_estimated(date(2026, 3, 1))


def test_notice_of_ours_goes_before_what_the_library_says():
    monday, saturday, holiday = date(2050, 3, 7), date(2050, 3, 12), date(2050, 10, 3)

    ours = WorkingDays({2050: YearExceptions(off=frozenset({monday}), made_up=frozenset({saturday}))})

    assert [ours.is_working(day) for day in (monday, saturday, holiday)] == [False, True, True]
    assert not ours.is_estimated(holiday)
    assert ours.is_working(date(2026, 9, 20))


def test_working_day_does_not_roll():
    assert china().roll(date(2026, 3, 9)) == date(2026, 3, 9)


def test_days_after_a_friday_begin_on_monday():
    assert china().after(date(2026, 3, 6), 2) == date(2026, 3, 10)
