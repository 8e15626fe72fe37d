"""A period as it was recorded: when someone was away."""

from datetime import date, timedelta

import pytest

from dispatch.domain.period import Absence

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 3, 9), date(2026, 3, 12)


@pytest.mark.parametrize(("day", "away"), [(FIRST - DAY, False), (FIRST, True), (LAST, True), (LAST + DAY, False)])
def test_absence_includes_its_first_and_its_last_day(day, away):
    assert Absence(who="p1", from_on=FIRST, until_on=LAST, leave=True).on(day) is away


def test_absence_without_an_end_lasts():
    assert Absence(who="p1", from_on=FIRST, until_on=None, leave=False).on(FIRST + 9999 * DAY)
