"""The night after, each assignment and each day is held against what could have been, once."""

from datetime import date, timedelta

import pytest

from dispatch.commands.simulations.appraisals import appraise_days
from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import Matter, Service
from dispatch.registry.tables import AbsenceRow, AppraisalRow, DayRow
from tests.rows import NOW

TOMORROW = NOW + timedelta(days=1)
TODAY = date(2026, 3, 9)
HOUR = timedelta(hours=1)


@pytest.fixture
def swapped(register):
    """A wages and a theft case given the wrong way round to two lawyers with room for one each."""
    people = [
        register.a_practitioner("p1", specialties={"wages": 80, "theft": 80}, capacity=1),
        register.a_practitioner("p2", specialties={"wages": 60, "theft": 0}, capacity=1),
    ]
    wages = register.a_case("wages", granted_at=NOW)
    theft = register.a_case(
        "theft", granted_at=NOW + HOUR, matter=Matter.CRIMINAL, cause="theft", service=Service.DEFENCE
    )
    given = [
        register.an_assignment(case, person, assigned_at=NOW + hours * HOUR)
        for case, person, hours in ((wages, people[0], 1), (theft, people[1], 2))
    ]
    return people, (wages, theft), given


def night(register, now=TOMORROW):
    return appraise_days(register.begin, register.read, now, register.centre.id)


def test_day_is_held_against_the_best_plan_for_the_same_seats(register, swapped):
    weight = register.policy.document["weights"]["specialty"]

    night(register)

    [day] = register.all(DayRow)
    assert (day.on, day.seats, day.compared) == (TODAY, 2, 2)
    assert day.best - day.realised == weight * ((60 + 80) - (80 + 0))


def test_each_assignment_is_told_its_place_and_what_the_best_was_worth(register, swapped):
    weight = register.policy.document["weights"]["specialty"]
    _, _, (right, wrong) = swapped

    night(register)

    reported = {row.assignment_id: row for row in register.all(AppraisalRow)}
    assert (reported[right.id].place, reported[right.id].pool, reported[right.id].best) == (
        1,
        2,
        reported[right.id].score,
    )
    assert (reported[wrong.id].place, reported[wrong.id].best - reported[wrong.id].score) == (2, weight * 80)


def test_what_could_not_be_by_the_state_of_that_morning_is_not_compared(register, swapped):
    people, _, _ = swapped
    late = register.a_practitioner("p3", capacity=0)
    register.an_assignment(register.a_case("late"), late, assigned_at=NOW + 3 * HOUR)
    register.an_assignment(
        register.a_case("declined"), people[1], assigned_at=NOW + 3 * HOUR, ended_at=NOW + 4 * HOUR,
        end_reason=EndReason.DECLINED,
    )  # fmt: skip

    night(register)

    [day] = register.all(DayRow)
    assert (day.seats, day.compared) == (3, 2)
    assert len(register.all(AppraisalRow)) == 4


def test_best_plan_gives_nothing_to_whoever_was_away(register, swapped):
    stand_in = register.a_practitioner("p3", specialties={"wages": 100, "theft": 100})
    register.add(
        AbsenceRow(kind=AbsenceKind.LEAVE,
                   centre_id=register.centre.id, practitioner_id=stand_in.id, from_on=TODAY, until_on=TODAY,
                 created_at=NOW)
    )  # fmt: skip

    night(register)

    [day] = register.all(DayRow)
    weight = register.policy.document["weights"]["specialty"]
    assert day.best - day.realised == weight * 60


def test_day_is_told_once_and_days_without_assignments_too(register, swapped):
    night(register, NOW)
    assert register.all(DayRow) == []

    wording = [night(register, NOW + timedelta(days=3)) for _ in range(2)]

    assert [line.split(": ")[1] for line in wording] == ["3 days told", "0 days told"]
    assert [(day.on.day, day.seats) for day in register.all(DayRow)] == [(9, 2), (10, 0), (11, 0)]


def test_day_of_seats_that_all_came_to_nothing_has_nothing_to_compare(register):
    person = register.a_practitioner(capacity=0)
    register.an_assignment(register.a_case(), person, assigned_at=NOW)

    night(register)

    [day] = register.all(DayRow)
    assert (day.seats, day.compared, day.realised, day.best) == (1, 0, 0, 0)


def test_day_tells_what_equality_between_categories_would_have_cost(register):
    good = register.a_practitioner("good", specialties={"wages": 100}, capacity=5)
    poor = register.a_practitioner("poor", specialties={"wages": 0}, capacity=5)
    for number in range(10):
        category, person = ("elderly", good) if number < 5 else ("woman", poor)
        case = register.a_case(str(number), categories=[category])
        register.an_assignment(case, person, assigned_at=NOW + HOUR)

    night(register)

    [day] = register.all(DayRow)
    reported = {(each["measured"], each["gap"]): each for each in day.parity}
    wide, narrow = (reported["quality", gap] for gap in (100_000, 50_000))
    # Five good seats among two groups of five are three and two at best: a fifth of the whole span apart.
    assert 50_000 < register.policy.document["weights"]["specialty"] * 100 / 5 < 100_000
    assert wide["value"] == wide["bound"] == wide["best"] == day.best == day.realised
    assert (wide["settled"], narrow["settled"]) == ("proven", "infeasible")
    assert narrow["value"] is narrow["bound"] is None
