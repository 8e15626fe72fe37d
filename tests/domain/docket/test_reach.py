"""Hours and days away are held against the office hours in which a question is open."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.calendar import china
from dispatch.domain.docket.absence import Absence, AbsenceKind
from dispatch.domain.docket.reach import away_spans, back_from, can_answer
from dispatch.domain.office import OfficeHours

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = OfficeHours(time(8, 30), time(18), ZONE, china())
MONDAY = date(2026, 3, 9)
MIN_HOURS = 0.5


def at(clock, day=MONDAY):
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


def leave(days=1, begin=0, end=1440, first=MONDAY, weekdays="1234567"):
    until_on = None if days is None else first + timedelta(days=days - 1)
    return Absence(
        who="p", kind=AbsenceKind.LEAVE, from_on=first, until_on=until_on, minutes=(begin, end), weekdays=weekdays
    )


MORNINGS, AFTERNOONS = leave(None, 0, 720), leave(None, 720, 1440)


def answers(absences, begin, end, last=MONDAY + timedelta(days=1)):
    return can_answer(OFFICE, away_spans(absences, ZONE, MONDAY, last), begin, end, MIN_HOURS)


@pytest.mark.parametrize(("absences", "begin", "end", "can"), [
    ([],                       "09:00", "11:00", True),
    ([MORNINGS],               "09:00", "11:00", False),
    ([MORNINGS],               "09:00", "12:29", False),
    ([MORNINGS],               "09:00", "12:30", True),
    ([AFTERNOONS],             "09:00", "11:00", True),
    ([AFTERNOONS],             "11:40", "17:00", False),
    ([MORNINGS, AFTERNOONS],   "09:00", "17:00", False),
    ([leave(None, 0, 720, weekdays="2")], "09:00", "11:00", True),
    ([leave()],                "09:00", "17:00", False),
    ([leave(first=MONDAY + timedelta(days=1))], "09:00", "17:00", True),
    ([AFTERNOONS],             "11:50", "12:00", True),
    ([leave(None, 0, 510), leave(None, 1080, 1440)], "09:00", "11:00", True),
    ([MORNINGS],               "18:30", "23:00", True),
], ids=["none", "morning", "minutes left", "half an hour left", "afternoon", "too few minutes before", "both halves",
        "another day of the week", "whole day", "tomorrow", "short time", "nights", "office closed"])  # fmt: skip
def test_somebody_answers_who_is_there_for_the_least_time_or_for_all_of_a_shorter_one(absences, begin, end, can):
    assert answers(absences, at(begin), at(end)) is can


def test_question_asked_in_the_evening_is_open_only_during_the_leave_of_tomorrow():
    tomorrow = MONDAY + timedelta(days=1)

    assert not answers([leave(first=tomorrow)], at("18:30"), at("17:00", tomorrow))


@pytest.mark.parametrize(("absences", "asked", "back"), [
    ([], "07:00", "08:30"), ([MORNINGS], "09:00", "12:00"), ([AFTERNOONS], "09:00", "09:00"),
    ([leave(None, 0, 600), leave(None, 600, 660)], "08:00", "11:00"),
])  # fmt: skip
def test_person_is_back_when_the_office_is_open_and_nothing_keeps_them(absences, asked, back):
    assert back_from(OFFICE, away_spans(absences, ZONE, MONDAY, MONDAY), at(asked)) == at(back)


@given(st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), max_size=5), st.integers(0, 1440))
def test_hours_count_once_however_they_overlap(parts, end):
    absences = [leave(1, min(part), max(part)) for part in parts if part[0] != part[1]]
    taken = {minute for each in absences for minute in range(*each.minutes)}
    opened = [minute for minute in range(510, min(1080, end))]

    left = sum(minute not in taken for minute in opened)

    assert answers(absences, at("00:00"), at("00:00") + timedelta(minutes=end)) is (left >= min(30, len(opened)))
