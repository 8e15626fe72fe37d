"""Perturbed policies on real dockets: who may take a case is the same along each, and each end says what it is."""

from dataclasses import replace

import pytest

from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.policy.sweep_axis import Axis
from dispatch.modes.optimized import match
from dispatch.simulation.evidence import overrides
from dispatch.simulation.evidence.days import Day
from dispatch.simulation.evidence.perturbation import perturbed_day
from dispatch.simulation.evidence.sensitivity import Slack, rooms_of, slack_of
from dispatch.simulation.sample.city import Size, make_city
from dispatch.simulation.sample.facts import docket_facts
from optimizer import Pairs, solve
from optimizer.analysis.radius import Reach
from optimizer.analysis.sweep import Sweep
from optimizer.perturbation import PerturbationError
from tests.builders import NOW, a_case, a_docket, a_policy, a_practitioner

NATIONAL = load_preset("national")


@pytest.fixture(scope="module")
def day():
    town = make_city(3, NOW, NATIONAL.causes, Size(cases=25, practitioners=60, active=25))
    docket = Docket.build(docket_facts(town, NOW), NATIONAL, 3)
    found = match(docket, eligible(docket))
    return Day(docket, found.problem, found.solution)


@pytest.mark.parametrize("axis", Axis, ids=str)
def test_nobody_comes_to_be_eligible_or_ceases_to_be_along_an_axis(day, axis):
    before = list(zip(day.solution.rows.tolist(), day.solution.cols.tolist(), strict=True))

    free = perturbed_day(day.docket, day.eligibility, axis, before)

    sweep = Sweep(free.problem, free.perturbation, 0, free.most)
    assert sweep.at(free.most).room.any()


def test_weight_of_a_large_day_with_steep_prices_keeps_within_the_range_of_prices():
    """What 400 open cases cost is near the limit already; more weight in all must not carry it beyond."""
    steep = a_policy(fairness={"price_per_turn": 100_000, "price_per_effort": 10_000,
                               "most_turns_ahead": 1000, "most_effort_ahead": 10_000})  # fmt: skip
    people = [a_practitioner("p1", turns=1000, effort=10_000), a_practitioner("p2"), a_practitioner("p3")]
    docket = a_docket([a_case(f"c{k}") for k in range(400)], people, steep)

    free = perturbed_day(docket, eligible(docket), Axis.QUALITY)

    assert 2**38 < free.problem.open_price.max() < 2**40
    assert Sweep(free.problem, free.perturbation, 0, free.most).most > 10_000


@pytest.mark.parametrize(
    ("reach", "slack"),
    [
        (Reach(0, 0), Slack.FIXED),
        (Reach(0, 5), Slack.AT_ONCE),
        (Reach(3, 5), Slack.LIMITED),
        (Reach(3, 5, proven=False), Slack.UNPROVEN),
        (Reach(5, 5), Slack.ANY),
    ],
)
def test_each_end_of_a_room_says_what_it_is(reach, slack):
    assert slack_of(reach) is slack


def test_run_whose_plan_is_not_the_best_proves_nothing(day):
    worse = replace(day, solution=replace(day.solution, rows=day.solution.rows[1:], cols=day.solution.cols[1:]))

    [room] = rooms_of([("good", day), ("worse", worse)], [Axis.QUALITY])

    assert (room.least, room.most) == (room.now, room.now)
    assert {room.least_run, room.most_run} <= {"good", "worse"}
    assert {room.falls, room.rises} <= {Slack.AT_ONCE, Slack.UNPROVEN}
    assert Slack.UNPROVEN in (room.falls, room.rises)


def test_weights_that_would_change_who_may_take_a_case_teach_nothing(day, monkeypatch):
    """No weights do, so the border between policy and problem is made to fail."""
    encode, seen = overrides.encode, []

    def faulty(docket, eligibility):
        problem = encode(docket, eligibility)
        seen.append(problem)
        row, col = int(day.solution.rows[0]), int(day.solution.cols[0])
        return problem if len(seen) > 1 else replace(problem, bonus=Pairs([row], [col], [-(2**21)]))

    monkeypatch.setattr(overrides, "encode", faulty)

    with pytest.raises(PerturbationError, match="below 0 a pair is not allowed"):
        overrides.losses(day, [], NATIONAL.weights)


def test_plans_close_by_spare_most_solves_of_a_sensitivity(day, monkeypatch):
    asked = []

    def counted(problem, seed, near):
        asked.append(problem)
        return solve(problem, seed, near=near)

    monkeypatch.setattr("optimizer.analysis.levels.solve", counted)
    with_steps, many = rooms_of([("run", day)]), len(asked)
    monkeypatch.setattr("optimizer.analysis.radius.SmallSteps.steps", lambda small, level, sign, most: most)
    without = rooms_of([("run", day)])

    assert with_steps == without
    assert 10 * many < 7 * (len(asked) - many)
