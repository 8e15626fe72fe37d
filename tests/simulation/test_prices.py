"""Prices of a day: each rule's is what solving without it says, each person's what one more like them brings."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dispatch.modes.encode import encode
from dispatch.simulation.evidence.prices import Sort, person_values, rule_prices, values_of, without
from optimizer import Pairs, solve
from tests.builders import a_case, a_docket, a_policy, a_practitioner
from tests.examples import share
from tests.simulation.test_why import cities, day_of


def with_one_more(problem, j):
    """The problem with somebody else who is like a practitioner, has one place and no institution."""

    def doubled(pairs):
        mine = pairs.cols == j
        rows, values = (np.append(each, each[mine]) for each in (pairs.rows, pairs.values))
        return Pairs(rows, np.append(pairs.cols, np.full(int(mine.sum()), problem.m)), values)

    return replace(
        problem,
        practitioner_terms=np.vstack([problem.practitioner_terms, problem.practitioner_terms[[j]]]),
        capacity=np.append(problem.capacity, 1),
        slot_price=np.vstack([problem.slot_price, problem.slot_price[[j]]]),
        bonus=doubled(problem.bonus),
        barred=doubled(problem.barred),
        institution=np.append(problem.institution, -1),
        practitioner_key=np.append(problem.practitioner_key, np.uint64(7)),
        base_score=np.zeros((problem.n, problem.m + 1), np.float32),
    )


@share(0.1)
@given(day=cities, pick=st.integers(0, 999))
def test_one_more_person_is_worth_what_the_day_gains_by_them_when_it_is_solved_again(day, pick):
    able = [j for j in np.flatnonzero(day.problem.room > 0).tolist() if day.docket.practitioner_at(j).listed]
    if not able or day.problem.separate.size:
        return
    j = able[pick % len(able)]

    worth = list(values_of(day))[j]

    assert worth == solve(with_one_more(day.problem, j), 1).objective - day.solution.objective


@share(0.03)
@given(day=cities)
def test_price_of_a_rule_is_what_the_day_gains_without_it(day):
    for each in rule_prices(day):
        problem = encode(day.docket, without(day.eligibility, each.code))
        again = solve(replace(problem, open_price=day.problem.open_price), 5)

        assert (each.gain, each.served) == (
            again.objective - day.solution.objective,
            day.solution.open.sum() - again.open.sum(),
        )
        assert each.gain >= 0 < each.refused


@share(0.05)
@given(day=cities)
def test_interval_of_a_kind_is_that_of_its_people(day):
    worth = list(values_of(day))
    for each in person_values(day):
        assert each.least <= each.median <= each.most
        assert each.most in (0, *worth)
        assert each.cases >= 1
        assert each.exact == (not day.problem.separate.size)


def test_language_that_nobody_speaks_costs_a_seat_and_is_named():
    people = [a_practitioner("p1", capacity=1), a_practitioner("p2")]
    day = day_of(
        a_docket([a_case("c1", languages=("uyghur",)), a_case("c2")], people, a_policy(checks={"language": True}))
    )

    [price] = [each for each in rule_prices(day) if each.served]
    values = {(each.sort, each.label): each for each in person_values(day)}

    assert (price.code, price.refused, price.served) == ("speaks_language", 2, 1)
    assert (values[Sort.LANGUAGE, "uyghur"].people, values[Sort.LANGUAGE, "uyghur"].open) == (0, 1)
    assert values[Sort.AREA, "A"].cases == 2


def test_more_lawyers_where_all_are_full_fill_an_open_case():
    day = day_of(a_docket([a_case("c1"), a_case("c2")], [a_practitioner(capacity=1)]))

    [cause] = [each for each in person_values(day) if each.sort is Sort.CAUSE]

    assert (cause.label, cause.cases, cause.open, cause.people, cause.fills, cause.surely) == (
        "wages",
        2,
        1,
        1,
        True,
        True,
    )
