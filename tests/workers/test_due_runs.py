"""Granted cases do not wait for someone to press a button."""

from datetime import UTC, datetime

import pytest

from dispatch.commands.runs.requests import request_due_runs
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.tables import PolicyRow

TUESDAY_MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
QUARTER_HOUR_S = 15 * 60


@pytest.fixture
def morning_office(office):
    """An office on a Tuesday at ten in the morning."""
    office.now = TUESDAY_MORNING
    return office


def request(office) -> int:
    return request_due_runs(office.context.begin, office.context.read, office.now)


def test_case_that_waited_a_quarter_of_an_hour_gets_a_run(morning_office):
    morning_office.grant("2026-1", "2026-2")

    early = request(morning_office)
    morning_office.wait(QUARTER_HOUR_S)
    in_time = request(morning_office)

    assert (early, in_time) == (0, 1)
    assert [len(run.case_ids) for run in morning_office.runs()] == [2]
    assert [row.job for row in morning_office.outbox()] == ["workers.jobs.solve_run"]


def test_second_look_asks_for_no_second_run(morning_office):
    morning_office.grant("2026-1")
    morning_office.wait(QUARTER_HOUR_S)

    requested = [request(morning_office), request(morning_office)]
    morning_office.wait(QUARTER_HOUR_S)
    later = request(morning_office)

    assert (requested, later) == ([1, 0], 0)


def test_new_case_after_a_run_makes_the_next_one_due(morning_office):
    morning_office.grant("2026-1")
    morning_office.wait(QUARTER_HOUR_S)
    request(morning_office)
    morning_office.wait(60)
    morning_office.grant("2026-2")

    morning_office.wait(QUARTER_HOUR_S)

    assert request(morning_office) == 1


def test_no_run_comes_by_itself_at_night(morning_office):
    morning_office.grant("2026-1")

    morning_office.wait(12 * 3600)

    assert request(morning_office) == 0


def test_centre_without_a_policy_is_left_alone(morning_office):
    morning_office.grant("2026-1")
    with morning_office.context.begin() as tx:
        tx.lock(PolicyRow, morning_office.register.policy.id).status = PolicyStatus.SUPERSEDED
    morning_office.wait(QUARTER_HOUR_S)

    assert request(morning_office) == 0
