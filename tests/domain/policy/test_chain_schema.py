"""When a run is due by itself."""

from datetime import UTC, datetime, time, timedelta

import pytest

from dispatch.domain.calendar import china
from dispatch.domain.policy.chain_schema import Runs

TUESDAY_MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Ten in the morning in China."""


def test_case_that_waited_a_quarter_of_an_hour_makes_a_run_due():
    assert Runs().waited_since(TUESDAY_MORNING, "Asia/Shanghai", china()) == TUESDAY_MORNING - timedelta(minutes=15)


@pytest.mark.parametrize(
    ("runs", "now"),
    [
        (Runs(every_minutes=None), TUESDAY_MORNING),
        (Runs(opens=time(10, 1)), TUESDAY_MORNING),
        (Runs(closes=time(10, 0)), TUESDAY_MORNING),
        (Runs(), datetime(2026, 11, 22, 2, 0, tzinfo=UTC)),
        (Runs(), datetime(2026, 10, 1, 2, 0, tzinfo=UTC)),
    ],
    ids=["by button only", "before opening", "at closing", "on a Sunday", "on National Day"],
)
def test_no_run_is_due_outside_working_hours(runs, now):
    assert runs.waited_since(now, "Asia/Shanghai", china()) is None
