"""Absence is one thing: whatever kept somebody away, each day counts once, and so does every turn of it."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.docket.absence import (
    EVERY_DAY,
    WHOLE_DAY,
    Absence,
    AbsenceKind,
    Away,
    Met,
    Stay,
    away_days,
    days_of,
    fills,
    gone_days,
    joined,
    without,
)

DAY = timedelta(days=1)
MONDAY = date(2026, 3, 9)
LAST = MONDAY + 30 * DAY
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)
# Few hours, so that parts often fill a day together.
MINUTES = st.sampled_from([(0, WHOLE_DAY), (0, 720), (720, WHOLE_DAY), (540, 780), (0, 1)])
WEEKDAYS = st.sampled_from([EVERY_DAY, EVERY_DAY, "135", "24", "67"])
KINDS = st.sampled_from(AbsenceKind)


def day(n):
    return MONDAY + n * DAY


def leave(first, last, **parts):
    until_on = None if last is None else day(last)
    return Absence(who="p1", kind=AbsenceKind.LEAVE, from_on=day(first), until_on=until_on, **parts)


def suspension(first, last):
    return replace(leave(first, last), kind=AbsenceKind.SUSPENSION)


def numbers(spans):
    return {n for begin, end in spans for n in range(begin, end)}


def dates(spans):
    return {day(n) for n in range(-5, 45) if any(begin <= day(n) < end for begin, end in spans)}


@st.composite
def absences(draw):
    first, length = draw(st.integers(0, 20)), draw(st.integers(0, 9))
    minutes, weekdays = draw(MINUTES), draw(WEEKDAYS)
    return replace(leave(first, first + length, minutes=minutes, weekdays=weekdays), kind=draw(KINDS))


@pytest.mark.parametrize(("n", "away"), [(-1, False), (0, True), (3, True), (4, False)])
def test_absence_includes_its_first_and_its_last_day(n, away):
    assert leave(0, 3).on(day(n)) is away


def test_absence_without_an_end_lasts():
    assert leave(0, None).on(day(9999))


def test_leave_of_some_days_of_the_week_is_no_leave_on_the_others():
    assert [leave(0, 9, weekdays="3").on(day(n)) for n in range(5)] == [False, False, True, False, False]


@given(SPANS, SPANS)
def test_spans_are_joined_and_taken_out_as_the_numbers_in_them(one, other):
    union, left = joined(one), without(one, other)

    assert numbers(union) == numbers(one)
    assert numbers(left) == numbers(one) - numbers(other)
    for spans in (union, left):
        assert all(before[1] < after[0] for before, after in pairwise(spans))


@given(st.lists(absences(), max_size=5))
def test_day_is_away_where_no_minute_of_it_is_left(found):
    expected = set()
    for n in range(-5, 45):
        parts = [each.minutes for each in found if each.on(day(n))]
        if len({minute for begin, end in parts for minute in range(begin, end)}) == WHOLE_DAY:
            expected.add(day(n))

    assert dates(joined(days_of(found, date.max))) == expected


@given(st.lists(st.tuples(absences(), st.integers(0, 35)), max_size=6), st.integers(1, 9))
def test_any_absences_reported_in_any_order_are_met_by_the_turns_of_their_union(reports, a_day):
    """Each is reported on a day, past ones too; every day the rotation meets what is over: each day once."""
    grew, met = [], []
    for today in range(46):
        known = [absence for absence, reported in reports if reported <= today]
        away = Away(away_days((), known, {}, day(today) + DAY), tuple(met))
        assert away.mistaken() == []
        for days in away.unmet(day(today)):
            met.append(Met(days))
            grew.append((days[1] - days[0]).days * a_day)

    union = joined(days_of([absence for absence, _ in reports], date.max))
    assert sum(grew) == a_day * len(dates(union))
    assert joined(each.days for each in met) == union


def test_two_leaves_that_overlap_are_ten_turns_not_twenty():
    away = Away(away_days((), [leave(0, 9), leave(0, 9), leave(5, 9)], {}, day(20)))

    assert away.unmet(day(10)) == [(day(0), day(10))]


def test_leave_within_a_suspension_is_over_when_both_are():
    away = Away(away_days((), [suspension(0, 9), leave(3, 14)], {}, day(20)))

    assert [away.unmet(day(n)) for n in (10, 14, 15)] == [[], [], [(day(0), day(15))]]


def test_leave_reported_late_is_met_for_the_days_that_were_not():
    away = Away(joined([(day(0), day(10)), (day(5), day(15))]), [Met((day(0), day(10)))])

    assert away.unmet(day(20)) == [(day(10), day(15))]
    assert away.mistaken() == []


def test_leave_that_is_cut_short_after_it_was_met_is_met_anew():
    met = Met((day(0), day(10)), turns=10, effort=100, share=Fraction(1, 2), id="a1")
    away = Away([(day(0), day(6))], [met])

    assert (away.mistaken(), away.unmet(day(20))) == ([met], [(day(0), day(6))])


def test_opening_meets_what_was_before_and_is_no_mistake():
    away = Away([(day(3), day(6))], [Met((day(0), day(5)), opening=True)])

    assert (away.mistaken(), away.unmet(day(9))) == ([], [(day(5), day(6))])


def test_days_off_the_list_and_of_an_institution_suspended_or_gone_are_days_away_of_its_people_then():
    stays = [
        Stay("a", (day(0), day(10)), taking=True),
        Stay("a", (day(10), day(12)), taking=False),
        Stay("b", (day(12), date.max), taking=True),
    ]
    of_house = {"a": [(day(8), day(20))], "b": [*gone_days(day(14), day(30)), (day(20), day(22))]}

    away = away_days(stays, [leave(2, 3)], of_house, LAST)

    assert away == [(day(2), day(4)), (day(8), day(14)), (day(20), day(22)), (day(30), date.max)]


def test_morning_and_afternoon_fill_a_day():
    assert fills([(720, WHOLE_DAY), (0, 720)])
    assert not fills([(720, WHOLE_DAY), (0, 719)])
    assert not fills([])


def test_what_goes_on_today_in_parts_is_not_over():
    halves = [leave(0, 5, minutes=(0, 720)), leave(0, 5, minutes=(720, WHOLE_DAY))]

    met = [Away(away_days((), halves, {}, day(n) + DAY)).unmet(day(n)) for n in (3, 5, 6)]

    assert met == [[], [], [(day(0), day(6))]]
