"""Time limits: counted as the law counts, rolled only where it may, and never for custody."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.calendar import china
from dispatch.domain.errors import InvalidFieldError, UnknownReferenceError
from dispatch.domain.law.citations import Citation, Trust, cite
from dispatch.domain.law.deadlines import DEADLINES, TimeUnit, due_at, hours, working_days

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 30), timezones=st.just(UTC))
PROMISE = (Citation(document="《某市法律援助服务承诺》", item=2),)
FIXED = [code for code, row in DEADLINES.items() if row.limit is not None]


def noon(month, day, year=2026):
    """Noon in China."""
    return datetime(year, month, day, 4, tzinfo=UTC)


def last_second(month, day, year=2026):
    """The last second of a day in China."""
    return datetime(year, month, day, 15, 59, 59, tzinfo=UTC)


def due(code, since, *, detained=False, limits=None):
    return due_at(code, since, detained=detained, calendar=china(), limits=limits)


def test_start_day_is_not_counted():
    assert due("T4", noon(3, 9)).at == last_second(3, 12)


def test_case_granted_late_in_the_evening_counts_from_the_local_day():
    assert due("T4", datetime(2026, 3, 9, 17, tzinfo=UTC)).at == last_second(3, 13)


def test_last_day_on_a_holiday_rolls_to_the_next_working_day():
    assert due("T2", noon(9, 30)).at == last_second(10, 8)


def test_last_day_on_a_made_up_sunday_does_not_roll():
    assert due("T4", noon(1, 1)).at == last_second(1, 4)


@pytest.mark.parametrize("detained", [True, None])
def test_custody_is_never_lengthened_by_a_holiday(detained):
    assert due("T2", noon(9, 30), detained=detained).at == last_second(10, 3)


def test_working_days_skip_weekends_and_count_made_up_days():
    assert due("T11", noon(9, 30)).at == last_second(10, 13)


def test_hours_are_counted_to_the_minute_and_never_roll():
    assert due("T7", noon(10, 1)).at == noon(10, 2)


def test_court_sends_its_notice_before_the_hearing():
    assert due("T12", noon(3, 20)).at == last_second(3, 5)


def test_shorter_limit_of_the_centre_binds():
    promise = working_days(1, PROMISE)

    deadline = due("T3", noon(3, 9), limits={"T3": promise})

    assert (deadline.at, deadline.source) == (last_second(3, 10), PROMISE)


def test_longer_limit_of_the_centre_does_not_bind():
    deadline = due("T7", noon(3, 9), limits={"T7": hours(48, PROMISE)})

    assert deadline.source == cite("legal_aid_law", 39, paragraph=1)


def test_deadline_in_a_year_without_notice_is_marked_as_estimated():
    assert due("T11", noon(12, 28)).estimated
    assert not due("T11", noon(12, 1)).estimated


def test_custody_period_needs_no_calendar_and_is_no_estimate():
    assert not due("T2", noon(4, 28, year=2027), detained=True).estimated


@pytest.mark.parametrize("code", ["T19a", "T19b", "T19c"])
def test_complaints_rest_on_the_order_in_force_and_say_that_its_periods_are_unread(code):
    """《法律援助投诉处理办法》（司法部令第149号）: the lengths are those of the measures it replaced."""
    assert [(cited.instrument, cited.trust) for cited in DEADLINES[code].source] == [("complaints", Trust.UNREAD)]


def test_limit_without_length_is_refused():
    with pytest.raises(InvalidFieldError):
        due("T8", noon(3, 9))


def test_centre_may_give_a_length_to_a_limit_that_has_none():
    assert due("T8", noon(3, 9), limits={"T8": working_days(2, PROMISE)}).at == last_second(3, 11)


def test_limit_that_does_not_exist_is_refused():
    with pytest.raises(UnknownReferenceError) as refused:
        due("T99", noon(3, 9))

    assert refused.value.facts["value"] == "T99"


@pytest.mark.parametrize("row", DEADLINES.values(), ids=DEADLINES)
def test_every_limit_has_labels_and_a_source(row):
    assert row.zh
    assert row.en
    assert row.source


@given(st.sampled_from(FIXED), MOMENTS)
def test_deadline_for_a_detained_person_is_never_later(code, since):
    detained, free = due(code, since, detained=True), due(code, since)

    assert detained.at <= free.at


@given(
    st.sampled_from([code for code in FIXED if getattr(DEADLINES[code].limit, "unit", None) is TimeUnit.DAY]), MOMENTS
)
def test_deadline_in_days_ends_with_the_last_second_of_a_day(code, since):
    local = due(code, since).at + timedelta(hours=8)

    assert (local.hour, local.minute, local.second) == (23, 59, 59)
