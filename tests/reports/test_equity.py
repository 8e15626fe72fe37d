"""Groups of recipients are told with their intervals, and small ones without figures."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.jackknife import FEWEST as FEWEST_UNITS
from dispatch.domain.report_data import CaseLine, Label, ReportData, SeatLine
from dispatch.domain.vocabulary import Category, Matter, MeansTest, ModeName, Service, Status
from dispatch.reports.equity import FEWEST, equity, quality_by_category
from dispatch.reports.intervals import NOTHING, Units

FIRST = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def a_case(number, categories=(Category.WOMAN,), first_wish=None):
    at = FIRST + number * DAY
    return CaseLine(
        id=str(number), number=str(number), status=Status.UNDERTAKEN, matter=Matter.CIVIL,
        service=Service.LITIGATION_AGENCY, cause="wages", area="A", categories=categories,
        means_test=MeansTest.REQUIRED, received_at=at, entitled_at=at, due_at=at + DAY, demand=1, first_wish=first_wish,
    )  # fmt: skip


def a_seat(number, hours, score=500_000, best=700_000, place=3):
    at = FIRST + number * DAY + timedelta(hours=hours)
    return SeatLine(str(number), 0, "p1", ModeName.ROTATION, at, at, None, None, score, best, place)


def data(cases, seats):
    return ReportData(
        since=date(2026, 3, 1), until=date(2026, 3, 31), now=FIRST + 30 * DAY, zone=ZoneInfo("Asia/Shanghai"),
        causes={}, areas={"A": Label("A", "梁园区", "Liangyuan")}, cases=tuple(cases), seats=tuple(seats),
    )  # fmt: skip


def woman_row(found):
    return next(row for row in equity(found) if row[1] is Category.WOMAN)


def test_group_is_told_with_means_and_intervals_around_them():
    cases = [a_case(k, first_wish="p1" if k % 2 else "p2") for k in range(2 * FEWEST)]
    seats = [a_seat(k, hours=10 if k % 2 else 20) for k in range(2 * FEWEST)]

    _, _, count, suppressed, *figures = woman_row(data(cases, seats))

    waiting, regret, first_wish, place = (figures[k : k + 3] for k in (0, 3, 6, 9))
    assert (count, suppressed) == (20, False)
    assert waiting[0] == 15.0
    assert 10 < waiting[1] < 15 < waiting[2] < 20
    assert regret == [20.0, 20.0, 20.0]
    assert first_wish[0] == 0.5
    assert place == [3.0, 3.0, 3.0]


def test_small_group_is_named_without_its_size_and_figures():
    cases = [a_case(k) for k in range(FEWEST - 1)]

    found = woman_row(data(cases, [a_seat(k, 1) for k in range(FEWEST - 1)]))

    assert found[2:] == (None, True, *NOTHING * 4)
    assert list(quality_by_category(data(cases, []))) == []


def test_what_few_of_a_large_group_say_is_left_out():
    cases = [a_case(k, first_wish="p1" if k == 0 else None) for k in range(FEWEST)]

    _, _, count, _, *figures = woman_row(data(cases, [a_seat(k, 1) for k in range(FEWEST)]))

    assert count == FEWEST
    assert figures[6:9] == [*NOTHING]
    assert figures[0] == 1.0


def test_person_of_two_categories_counts_in_both():
    both = (Category.WOMAN, Category.ELDERLY)
    found = data([a_case(k, both) for k in range(FEWEST)], [a_seat(k, 5) for k in range(FEWEST)])

    rows = {row[1]: row[2] for row in equity(found)}

    assert rows[Category.WOMAN] == rows[Category.ELDERLY] == FEWEST
    assert rows[Matter.CIVIL] == FEWEST
    assert [row[1:] for row in quality_by_category(found)] == [(FEWEST, 50.0, 70.0, 0.7143)] * 2


@pytest.mark.parametrize("days", [1, 30, 200])
def test_interval_of_what_is_always_the_same_is_that_value_and_one_day_has_none(days):
    known = [FIRST.date() + k * DAY for k in range(days)]

    ends = (7.0, 7.0) if days >= FEWEST_UNITS else (None, None)
    assert Units(known).mean([(day, 7.0) for day in known]) == (7.0, *ends)


def test_interval_holds_the_mean_of_the_whole_as_often_as_it_says():
    import numpy as np

    draw, held = np.random.default_rng(7), 0
    known = [FIRST.date() + k * DAY for k in range(60)]
    for _ in range(200):
        values = draw.normal(5, 2, len(known)).tolist()
        _, low, high = Units(known).mean(list(zip(known, values, strict=True)))
        held += low <= 5 <= high

    assert 0.88 <= held / 200 <= 0.99


def test_nothing_has_no_interval():
    assert Units([]).mean([]) == NOTHING
