"""When a run is due by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.casework.matching import is_due
from dispatch.domain.office import OfficeHours
from tests.builders import a_policy

TUESDAY_MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Ten in the morning in China."""
SUNDAY, NATIONAL_DAY = (datetime(2026, *day, 2, 0, tzinfo=UTC) for day in ((11, 22), (10, 1)))
QUARTER = timedelta(minutes=15)


def due(now, waited=QUARTER, **runs):
    policy = a_policy(runs=runs)
    return is_due(policy, OfficeHours.of(policy), now - waited, now)


def test_case_that_waited_a_quarter_of_an_hour_makes_a_run_due():
    assert due(TUESDAY_MORNING)
    assert not due(TUESDAY_MORNING, QUARTER - timedelta(seconds=1))
    assert due(SUNDAY, opens="00:00", closes="00:00"), "an office that never closes"


@pytest.mark.parametrize(
    ("now", "runs"),
    [
        (TUESDAY_MORNING, {"every_minutes": None}),
        (TUESDAY_MORNING, {"opens": "10:01"}),
        (TUESDAY_MORNING, {"closes": "10:00"}),
        (SUNDAY, {}),
        (NATIONAL_DAY, {}),
    ],
    ids=["by button only", "before opening", "at closing", "on a Sunday", "on National Day"],
)
def test_no_run_is_due_outside_office_hours(now, runs):
    assert not due(now, **runs)
