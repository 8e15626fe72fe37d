"""A chain is walked to the first step that can begin; what is passed over is written down."""

from datetime import timedelta

import pytest

from dispatch.casework.chain import begin_plan
from dispatch.casework.offers import answer_by
from dispatch.domain.chain import DIRECT, chain_named
from dispatch.domain.docket.absence import Absence, AbsenceKind
from dispatch.domain.office import OfficeHours
from dispatch.domain.period import Period, Tenure
from dispatch.domain.policy.schema import load_preset
from dispatch.simulation.host import MemoryHost
from dispatch.simulation.replay.behaviour import Model
from tests.builders import NOW, a_case, a_practitioner

NATIONAL = load_preset("national")
OFFICE = OfficeHours.of(NATIONAL)
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


def begun(*people, time_left=WEEK, absences=(), **facts):
    """What is written down of a case that is put on its chain among these people."""
    case = a_case(due_at=NOW + time_left, **facts)
    entered = NOW.date() - WEEK
    tenures = tuple(Tenure(person=person, entered_on=entered, from_on=entered) for person in people)
    period = Period(
        centre_id="c", since=NOW, until=NOW + WEEK, arrivals=(case,), tenures=tenures, absences=tuple(absences)
    )
    host = MemoryHost(period, NATIONAL, Model(seed=1))
    host.people.begin_day(NOW)
    begin_plan(host, host.grant(case))
    return [(line.event, (line.facts or {}).get("step"), (line.facts or {}).get("because")) for line in host.history]


def test_walk_ends_where_a_step_has_begun():
    assert begun(a_practitioner()) == [
        ("plan", None, None), ("step", 0, None), ("skip", 0, "nobody_named"), ("step", 1, None),
    ]  # fmt: skip


def test_step_at_which_nobody_can_be_asked_is_passed_over_with_its_reason():
    assert begun(a_practitioner(assessment_valid_to=None))[:3] == [
        ("plan", None, None), ("step", 0, None), ("skip", 0, "nobody_eligible"),
    ]  # fmt: skip


def test_step_for_which_nobody_was_named_says_so_even_where_everyone_is_out_for_the_day():
    person, today = a_practitioner(), NOW.date()
    but_midnight = Absence(
        who=person.id, kind=AbsenceKind.LEAVE, from_on=today, until_on=today + WEEK, minutes=(1, 1440)
    )

    assert begun(person, absences=[but_midnight])[:3] == [
        ("plan", None, None), ("step", 0, None), ("skip", 0, "nobody_named"),
    ]  # fmt: skip


def test_step_without_time_is_passed_over_at_once():
    assert begun(a_practitioner(), time_left=23 * HOUR) == [
        ("plan", None, None),
        ("skip", 0, "short_of_time"),
        ("skip", 1, "short_of_time"),
        ("skip", 2, "short_of_time"),
        ("step", 3, None),
    ]


def test_manager_is_called_when_the_last_step_cannot_help():
    assert begun(a_practitioner(assessment_valid_to=None))[-2:] == [
        ("step", 3, None),
        ("escalate", None, "nobody_eligible"),
    ]


def test_chain_is_found_by_its_code_and_one_no_longer_in_the_policy_goes_direct():
    assert chain_named(NATIONAL, "criminal").code == "criminal"
    assert chain_named(NATIONAL, "abolished") is DIRECT


@pytest.mark.parametrize(
    ("step_ends_at", "expires_at"),
    [
        (None, NOW + 8 * HOUR),
        (NOW + 30 * HOUR, NOW + 8 * HOUR),
        (NOW + 2 * HOUR, NOW + 2 * HOUR),
        (NOW - HOUR, NOW + 8 * HOUR),
    ],
)
def test_offer_expires_in_office_hours_and_never_after_its_step(step_ends_at, expires_at):
    assert answer_by(NOW, step_ends_at, NATIONAL, OFFICE) == expires_at
