"""Granted cases do not wait for someone to press a button."""

from datetime import UTC, datetime

import pytest

from dispatch.commands.due_runs import request_due_runs

TUESDAY_MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
QUARTER_HOUR_S = 15 * 60


@pytest.fixture
def open_office(office):
    """An office with a policy in force, on a Tuesday at ten in the morning."""
    office.now = TUESDAY_MORNING
    office.open_for_business()
    return office


def request(office) -> int:
    return request_due_runs(office.wiring.begin, office.wiring.read, office.now)


def test_case_that_waited_a_quarter_of_an_hour_gets_a_run(open_office):
    open_office.grant("2026-1", "2026-2")

    early = request(open_office)
    open_office.wait(QUARTER_HOUR_S)
    in_time = request(open_office)

    assert (early, in_time) == (0, 1)
    assert [len(run.case_ids) for run in open_office.runs()] == [2]
    assert [row.job for row in open_office.outbox()] == ["workers.jobs.solve_run"]


def test_second_look_asks_for_no_second_run(open_office):
    open_office.grant("2026-1")
    open_office.wait(QUARTER_HOUR_S)

    requested = [request(open_office), request(open_office)]
    open_office.wait(QUARTER_HOUR_S)
    later = request(open_office)

    assert (requested, later) == ([1, 0], 0)


def test_new_case_after_a_run_makes_the_next_one_due(open_office):
    open_office.grant("2026-1")
    open_office.wait(QUARTER_HOUR_S)
    request(open_office)
    open_office.wait(60)
    open_office.grant("2026-2")

    open_office.wait(QUARTER_HOUR_S)

    assert request(open_office) == 1


def test_no_run_comes_by_itself_at_night(open_office):
    open_office.grant("2026-1")

    open_office.wait(12 * 3600)

    assert request(open_office) == 0


def test_centre_without_a_policy_is_left_alone(office):
    assert request(office) == 0
