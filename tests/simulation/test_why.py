"""Why and why not: each answer is what solving the day again says, and on small dockets what trying every plan says."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.commands.answers.words import compared
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.policy.criteria import Criterion
from dispatch.domain.policy.schema import load_preset
from dispatch.modes.encode import first_rows
from dispatch.modes.optimized import candidates, match, places
from dispatch.simulation.evidence.days import Day
from dispatch.simulation.evidence.why import (
    CaseStanding,
    SeenPractitioner,
    counts_of,
    why_as_registered,
    why_on_day,
)
from dispatch.simulation.sample.city import Size, make_city
from dispatch.simulation.sample.facts import docket_facts
from optimizer import Pairs, solve
from optimizer.perturbation import value_of
from tests.builders import NOW, a_case, a_docket, a_policy, a_practitioner
from tests.examples import share
from tests.modes.test_laws import dockets
from tests.modes.test_optimized import legal_choices

NATIONAL = load_preset("national")
STRICT = a_policy(checks={"area": True}, thresholds={"specialty_floor": 40}, relaxation=["specialised", "serves_area"])
POLICIES = (NATIONAL, STRICT)


@cache
def a_city(seed):
    """A small city with fewer people than it needs, so that cases stay open and every place counts."""
    policy = POLICIES[seed % len(POLICIES)]
    facts = docket_facts(make_city(seed, NOW, policy.causes, Size(cases=12, practitioners=14, active=7)), NOW)
    people = [replace(each, capacity=min(each.load + 1 + k % 2, 99)) for k, each in enumerate(facts.practitioners)]
    return day_of(Docket.build(replace(facts, practitioners=tuple(people)), policy, seed))


cities = st.integers(0, 499).map(a_city)


def day_of(docket):
    found = match(docket, eligible(docket))
    return Day(docket, found.problem, found.solution)


def forced(day, case, j):
    """What the best plan is worth that gives a case with one seat to somebody: nobody else may, and open is dearest."""
    problem = day.problem
    others = np.setdiff1d(np.arange(problem.m), [j])
    rows, cols = np.append(problem.barred.rows, np.full(others.size, case)), np.append(problem.barred.cols, others)
    dearest = problem.open_price.copy()
    dearest[case] = 1 + 2 * int(problem.open_price.sum()) + 2_000_000 * problem.n
    held = solve(replace(problem, barred=Pairs(rows, cols), open_price=dearest), 1)
    assert held.optimal
    return held.objective if j in held.cols[held.rows == case] else None


def askable(day):
    """Cases with one seat, where a forced pair is one bar away."""
    return [case for case, demand in enumerate(day.problem.demand) if demand == 1]


@share(0.2)
@given(day=cities, pick=st.integers(0, 999))
def test_regret_is_what_the_day_loses_when_it_is_solved_again_with_the_pair(day, pick):
    case = askable(day)[pick % len(askable(day))]
    able = np.flatnonzero(day.eligibility.row(int(first_rows(day.docket)[case])))
    if not able.size:
        return
    j = int(able[pick % able.size])

    found = why_on_day(day, day.docket.facts.cases[case].id, day.docket.practitioner_at(j).id)

    chosen = day.solution.cols[day.solution.rows == case]
    asked, again = found.asked, forced(day, case, j)
    if j in chosen:
        assert (asked.standing, asked.regret, asked.moves) == (CaseStanding.CHOSEN, None, [])
        return
    assert asked.regret.least <= day.solution.objective - again <= asked.regret.most
    assert asked.regret.least == asked.regret.most
    assert asked.standing is (CaseStanding.WORSE if asked.regret.most else CaseStanding.EQUAL)
    assert value_after(day, asked.moves) == again


def value_after(day, moves):
    """What the plan is worth once these cases have changed hands; no rule and no limit is broken on the way."""
    docket = day.docket
    case_of = {each.id: k for k, each in enumerate(docket.facts.cases)}
    pairs = set(zip(day.solution.rows.tolist(), day.solution.cols.tolist(), strict=True))
    for move in moves:
        case = case_of[move.case_id]
        pairs -= {(case, docket.column_of(move.origin))} if move.origin else set()
    for move in moves:
        pairs |= {(case_of[move.case_id], docket.column_of(move.target))} if move.target else set()
    rows, cols = np.array(sorted(pairs), np.int64).reshape(-1, 2).T
    assert (np.bincount(cols, minlength=day.problem.m) <= day.problem.room).all()
    assert day.eligibility.allows(first_rows(docket)[rows], cols).all()
    return value_of(day.problem, rows, cols)


@share(0.1)
@given(parts=dockets(), draw=st.data())
def test_regret_of_a_small_docket_is_that_of_trying_every_plan(parts, draw):
    parts["cases"], parts["practitioners"] = parts["cases"][:2], parts["practitioners"][:3]
    day = day_of(a_docket(**parts))
    docket = day.docket
    if not docket.n or not docket.m:
        return
    case, j = draw.draw(st.integers(0, len(docket.facts.cases) - 1)), draw.draw(st.integers(0, docket.m - 1))

    asked = why_on_day(day, docket.facts.cases[case].id, docket.practitioner_at(j).id).asked

    worth = [worth_of(day, picks) for picks in legal_choices(docket, day.eligibility) if j in held(day, picks, case)]
    if asked.regret is not None:
        assert asked.regret.least <= day.solution.objective - max(worth) <= asked.regret.most
        assert day.problem.separate.size or asked.regret.least == asked.regret.most
    elif asked.standing is not CaseStanding.CHOSEN:
        assert not worth


def held(day, picks, case):
    return [j for i, j in enumerate(picks) if day.docket.case_of[i] == case and j != NOBODY]


def worth_of(day, picks):
    pairs = [(int(day.docket.case_of[i]), j) for i, j in enumerate(picks) if j != NOBODY]
    rows, cols = np.array(pairs, np.int64).reshape(-1, 2).T
    return value_of(day.problem, rows, cols)


@share(0.1)
@given(day=cities, draw=st.data())
def test_figures_of_an_answer_sum_to_the_score_and_rank_as_the_candidates_do(day, draw):
    docket = day.docket
    case = docket.case_at(draw.draw(st.integers(0, docket.n - 1)))
    alone = Docket.build(replace(docket.facts, cases=(case,)), docket.policy)
    ranked = candidates(alone, eligible(alone), 0)
    each = draw.draw(st.sampled_from(ranked))

    found = why_as_registered((alone, eligible(alone)), case.id, [], each.practitioner_id)

    asked = found.asked
    assert {figure.criterion.value: figure.points for figure in asked.seen.figures} == each.terms
    assert all(figure.weight * figure.level == figure.points for figure in asked.seen.figures)
    assert asked.seen.score == each.score
    assert asked.refusals == each.refusals
    able = [other for other in ranked if other.rank]
    if each.rank:
        better = sum(other.score - other.slot_price > each.score - each.slot_price for other in able)
        assert asked.rank == 1 + better
    assert asked.above == {
        name: sum(other.terms[name] > points for other in able) for name, points in each.terms.items()
    }
    assert found.counts.eligible == len(able)


def test_who_is_not_on_the_list_counts_nowhere():
    people = [a_practitioner("p1"), a_practitioner("p2", listed=False), a_practitioner("p3", on_leave=True)]
    docket = a_docket([a_case()], people)

    counts = counts_of(docket, eligible(docket), 0)

    assert counts == (2, 1, [("not_on_leave", 1)])


def test_answer_names_the_facts_with_their_units_and_what_is_not_recorded():
    people = [a_practitioner("p1", specialties={"wages": 80}), a_practitioner("p2", quality=None)]
    docket = a_docket([a_case(wishes=("p2",))], people)

    [first, second] = (
        why_as_registered((docket, eligible(docket)), "c1", [], id).asked.seen.figures for id in ("p1", "p2")
    )

    measures = [{each.criterion: each.measure for each in figures} for figures in (first, second)]
    assert measures[0][Criterion.SPECIALTY] == 80
    assert measures[0][Criterion.SENIORITY] == 10
    assert (measures[0][Criterion.WISH], measures[1][Criterion.WISH]) == (None, 1)
    assert measures[1][Criterion.QUALITY] is None


@pytest.mark.parametrize("ask", [("nobody", None), ("c1", "nobody")])
def test_what_is_not_on_the_day_has_no_answer(ask):
    docket = a_docket()

    assert why_on_day(day_of(docket), *ask) is None
    assert why_as_registered((docket, eligible(docket)), ask[0], [], ask[1]) is None


@share(0.2)
@given(day=cities, pick=st.integers(0, 99))
def test_place_of_one_person_is_what_the_ranking_of_all_says(day, pick):
    docket, eligibility = day.docket, eligible(day.docket)
    j = pick % docket.m
    for i, place in enumerate(places(docket, eligibility, j)):
        able = [each for each in candidates(docket, eligibility, i) if each.rank]
        own = next((each for each in able if each.practitioner_id == docket.practitioner_at(j).id), None)
        assert (place and place.own) == own
        if place:
            above = {term: sum(each.terms[term] > points for each in able) for term, points in own.terms.items()}
            assert (place.eligible, place.above) == (len(able), above)


@pytest.mark.parametrize(
    ("one", "other", "zh"),
    [(300, 100, ["因已派轮次和在办件数多扣200分"]), (100, 300, ["因已派轮次和在办件数少扣200分"]), (100, 100, [])],
)
def test_what_is_taken_off_for_turns_is_told_whichever_has_more(one, other, zh):
    assert list(compared(SeenPractitioner("a", [], one), SeenPractitioner("b", [], other), "zh")) == zh
