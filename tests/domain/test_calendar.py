"""Working days: the library has the notices as we read them, ours go before it, later years are estimates."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from dispatch.domain.calendar import NoticeDays, WorkingDays, YearExceptions, YearNotice, china, require_notice
from dispatch.domain.errors import CalendarInvalidError

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


def free(first, last=None):
    return NoticeDays(first, last or first, working=False)


def worked(day):
    return NoticeDays(day, day, working=True)


NOTICE_2027 = (
    free(date(2027, 1, 1), date(2027, 1, 3)), free(date(2027, 2, 5), date(2027, 2, 12)), worked(date(2027, 2, 20)),
    free(date(2027, 4, 3), date(2027, 4, 5)), free(date(2027, 5, 1), date(2027, 5, 5)), worked(date(2027, 5, 8)),
    free(date(2027, 6, 9)), free(date(2027, 9, 15)), worked(date(2027, 9, 26)),
    free(date(2027, 10, 1), date(2027, 10, 7)), worked(date(2027, 10, 9)),
)  # fmt: skip


def refused(year, *rows):
    with pytest.raises(CalendarInvalidError) as refusal:
        require_notice(year, rows, range(2, len(rows) + 2))
    return [
        (problem["row"], problem["field"], problem["expected"]["en"]) for problem in refusal.value.facts["problems"]
    ]


def test_notice_of_a_year_ends_the_estimate_and_moves_its_days():
    days = WorkingDays.of([require_notice(2027, NOTICE_2027, range(11))])

    assert not days.is_estimated(date(2027, 3, 1))
    assert [days.is_working(date(2027, 2, day)) for day in (4, 5, 9, 12, 15, 20)] == [
        True, False, False, False, True, True,
    ]  # fmt: skip
    assert days.roll(date(2027, 10, 1)) == date(2027, 10, 8)
    assert days.after(date(2027, 10, 8), 1) == date(2027, 10, 9)


def test_notice_may_lend_days_of_the_december_before_which_stays_as_it_was_otherwise():
    # As in 2019: the holiday began on Monday 31 December 2018, and Saturday the 29th was worked for it.
    lent = (free(date(2018, 12, 30), date(2019, 1, 1)), worked(date(2018, 12, 29)))
    rest = (free(date(2019, 5, 1)), free(date(2019, 10, 1), date(2019, 10, 7)))

    days = WorkingDays.of([require_notice(2019, (*lent, *rest), range(4))])

    assert [days.is_working(date(2018, 12, day)) for day in (28, 29, 31)] == [True, True, False]
    assert not days.is_working(date(2018, 10, 2))


def test_every_problem_of_a_notice_is_told_with_its_row_and_what_would_be_right():
    rows = (
        worked(date(2027, 3, 1)), free(date(2027, 5, 5), date(2027, 5, 1)), free(date(2028, 1, 1)),
        free(date(2027, 7, 1), date(2027, 8, 30)), free(date(2027, 10, 1), date(2027, 10, 7)),
        free(date(2027, 10, 7)),
    )  # fmt: skip

    assert refused(2027, *rows) == [
        (2, "working", "a Saturday or a Sunday; 2027-03-01 is a working day anyway"),
        (3, "until_on", "not before 2027-05-05"),
        (4, "from_on", "a day from 2026-12-01 to 2027-12-31"),
        (4, "until_on", "a day from 2026-12-01 to 2027-12-31"),
        (5, "until_on", "at most 31 days in a row"),
        (7, "from_on", "no day of row 6"),
    ]


def test_notice_that_lets_a_statutory_holiday_be_worked_is_refused():
    without = [row for row in NOTICE_2027 if row.from_on not in (date(2027, 4, 3), date(2027, 10, 1))]

    assert refused(2027, *without) == [
        (None, "rows", f"{day} is a statutory holiday and must be free") for day in ("2027-04-05", "2027-10-01")
    ]


@pytest.mark.parametrize(
    ("today", "year"),
    [(date(2026, 10, 31), None), (date(2026, 11, 1), 2027), (date(2026, 12, 31), 2027), (date(2027, 1, 2), 2027)],
)
def test_next_years_notice_is_missing_from_november_on(today, year):
    assert china().missing(today) == year
    assert WorkingDays.of([YearNotice(2027, NOTICE_2027)]).missing(date(2026, 11, 1)) is None
