"""Working days: the data file agrees with the library it came from, later years are estimates."""

from datetime import date, timedelta

import holidays
import pytest

from dispatch.domain.calendar import china


@pytest.mark.parametrize("year", range(2020, 2027))
def test_published_year_agrees_with_the_library_on_every_day(year):
    library = holidays.country_holidays("CN", years=year)
    everyday = [date(year, 1, 1) + timedelta(days=offset) for offset in range(365)]

    assert [china().is_working(day) for day in everyday] == [library.is_working_day(day) for day in everyday]


def test_made_up_sunday_is_worked():
    assert china().is_working(date(2026, 9, 20))


def test_statutory_holiday_of_an_unpublished_year_is_free():
    assert not china().is_working(date(2027, 10, 1))


def test_unpublished_year_is_an_estimate():
    assert china().is_estimated(date(2027, 3, 1))
    assert not china().is_estimated(date(2026, 3, 1))


def test_working_day_does_not_roll():
    assert china().roll(date(2026, 3, 9)) == date(2026, 3, 9)


def test_days_after_a_friday_begin_on_monday():
    assert china().after(date(2026, 3, 6), 2) == date(2026, 3, 10)
