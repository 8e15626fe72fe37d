"""Optimised matching: as many cases as possible, the urgent first, then the best; and the reasons for it."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings

from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.eligibility.table import Refusal, eligible
from dispatch.domain.policy.criteria import MAX_SCORE
from dispatch.domain.vocabulary import Sex
from dispatch.modes.optimized import Scarce, candidates, match, reasons, scarcity
from dispatch.modes.places import Places
from optimizer import CancelledError, verify
from tests.builders import NOW, a_case, a_docket, a_policy, a_practitioner
from tests.modes.test_laws import dockets

GOOD, POOR = {"specialties": {"wages": 90}}, {"specialties": {"wages": 10}}
WITHOUT_PRICES = a_policy(fairness={"price_per_turn": 0, "load_ladder": [0]})


def matched(cases, people, policy=None):
    docket = a_docket(cases, people, policy)
    found = eligible(docket)
    return docket, found, match(docket, found)


def names(docket, choice):
    return [None if j == NOBODY else docket.practitioner_at(j).id for j in choice.tolist()]


def legal_choices(docket, found):
    """Every choice that breaks no rule and no limit, one seat after another."""
    for picks in product(range(-1, docket.m), repeat=docket.n):
        places = Places(docket, found)
        for i, j in enumerate(picks):
            if j != NOBODY and not places.free(i)[j]:
                break
            if j != NOBODY:
                places.take(i, j)
        else:
            yield picks


def test_run_gives_who_is_below_the_floor_what_they_lack_before_a_better_match():
    people = [a_practitioner("behind", **POOR), a_practitioner("best", year_count=9, **GOOD)]
    cases = [a_case(f"c{n}") for n in range(3)]
    floor = {"floor_cases_per_year": 12, "floor_premium": 300_000, "price_per_turn": 0, "load_ladder": [0]}

    docket, found, best = matched(cases, people, a_policy(fairness=floor))

    # On March 9th 2 of 12 a year are due.
    assert sorted(names(docket, best.choice)) == ["behind", "behind", "best"]
    assert sorted(each.slot_price for each in reasons(docket, found, best)) == [-300_000, -300_000, 0]
    assert best.solution.optimal
    verify(best.problem, best.solution)


@settings(deadline=None, max_examples=25)
@given(parts=dockets())
def test_no_legal_choice_serves_more_seats(parts):
    parts["cases"], parts["practitioners"] = parts["cases"][:2], parts["practitioners"][:3]
    docket = a_docket(**parts)
    found = eligible(docket)

    choice = match(docket, found).choice

    served = max((sum(j != NOBODY for j in picks) for picks in legal_choices(docket, found)), default=0)
    assert (choice != NOBODY).sum() == served


@settings(deadline=None, max_examples=40)
@given(parts=dockets())
def test_terms_sum_to_scores_and_scores_to_the_objective(parts):
    docket = a_docket(**parts)
    found = eligible(docket)
    result = match(docket, found)

    reported = reasons(docket, found, result)

    verify(result.problem, result.solution)
    people = [each for each in reported if each.terms is not None]
    people += [other for each in reported for other in each.alternatives]
    assert all(sum(each.terms.values()) == each.score for each in people)
    placed = sum(each.score - each.slot_price for each in reported if each.practitioner_id)
    assert placed - int(result.solution.open @ result.problem.open_price) == result.solution.objective
    assert [(each.case_id, each.seat) for each in reported] == [
        (docket.case_at(i).id, docket.seat[i]) for i in range(docket.n)
    ]


@settings(deadline=None, max_examples=40)
@given(parts=dockets())
def test_alternatives_are_eligible_ranked_and_not_the_one_proposed(parts):
    docket = a_docket(**parts)
    found = eligible(docket)

    for i, each in enumerate(reasons(docket, found, match(docket, found))):
        others = [docket.column_of(other.practitioner_id) for other in each.alternatives]
        worth = [other.score - other.slot_price for other in each.alternatives]

        assert all(found.row(i)[j] for j in others)
        assert each.practitioner_id not in [other.practitioner_id for other in each.alternatives]
        assert worth == sorted(worth, reverse=True)


@settings(deadline=None, max_examples=40)
@given(parts=dockets())
def test_candidates_are_everyone_the_eligible_ranked_first(parts):
    docket = a_docket(**parts)
    found = eligible(docket)

    for i in range(docket.n):
        seen = candidates(docket, found, i)
        ranked = [each for each in seen if each.rank is not None]

        assert {each.practitioner_id for each in seen} == {each.id for each in docket.facts.practitioners}
        assert [each.rank for each in seen] == [*range(1, len(ranked) + 1), *[None] * (len(seen) - len(ranked))]
        assert all((each.rank is None) == bool(each.refusals) for each in seen)
        assert all(sum(each.terms.values()) == each.score for each in seen)


def test_case_near_its_deadline_is_served_before_a_better_match():
    cases = [a_case("calm", cause="wages"), a_case("urgent", cause="unheard", due_at=NOW + timedelta(hours=5))]

    docket, _, found = matched(cases, [a_practitioner(capacity=1, **GOOD)])

    assert names(docket, found.choice) == [None, "p1"]


def test_whole_day_counts_more_than_one_best_match():
    cases = [a_case("c1"), a_case("c2", cause="theft")]
    people = [
        a_practitioner("both", specialties={"wages": 90, "theft": 80}, capacity=1),
        a_practitioner("one", specialties={"wages": 85}, capacity=1),
    ]

    docket, _, found = matched(cases, people)

    assert names(docket, found.choice) == ["one", "both"]


def test_better_scored_of_two_leads():
    docket, _, found = matched([a_case(demand=2)], [a_practitioner("p1", **POOR), a_practitioner("p2", **GOOD)])

    assert names(docket, found.choice) == ["p2", "p1"]


def test_case_nobody_may_take_tells_how_many_each_rule_refuses():
    people = [a_practitioner("p1", on_leave=True), a_practitioner("p2", on_leave=True, suspended=True)]
    docket, found, result = matched([a_case()], people)

    [reported] = reasons(docket, found, result)

    assert (reported.practitioner_id, reported.score, reported.terms) == (None, None, None)
    assert reported.refusals == {"not_on_leave": 2, "not_suspended": 1}
    assert reported.alternatives == []


def test_more_urgent_case_has_the_lower_slot():
    cases = [a_case("calm"), a_case("urgent", due_at=NOW + timedelta(hours=5))]
    docket, found, result = matched(cases, [a_practitioner()])

    calm, urgent = reasons(docket, found, result)

    assert urgent.slot_price < calm.slot_price


def test_alternatives_are_as_many_as_asked_for():
    docket, found, result = matched([a_case()], [a_practitioner(f"p{j}") for j in range(6)])

    reported = [len(reasons(docket, found, result, alternatives=most)[0].alternatives) for most in (0, 2, 9)]

    assert reported == [0, 2, 5]


def test_alternatives_leave_out_people_without_a_free_slot():
    people = [a_practitioner("p1", capacity=1, **GOOD), a_practitioner("p2", capacity=1, **POOR)]
    docket, found, result = matched([a_case("c1"), a_case("c2")], people, WITHOUT_PRICES)

    assert [each.alternatives for each in reasons(docket, found, result)] == [[], []]


def test_proposal_marks_a_girls_case_that_no_woman_could_take():
    girl = a_case(recipient_is_minor=True, recipient_sex=Sex.FEMALE, sexual_assault=True)
    docket, found, result = matched([girl], [a_practitioner()])

    [reported] = reasons(docket, found, result)

    assert (reported.practitioner_id, reported.needs_reason) == ("p1", True)


def test_candidates_are_limited_on_both_sides():
    people = [*(a_practitioner(f"p{j}") for j in range(3)), *(a_practitioner(f"q{j}", on_leave=True) for j in range(3))]
    docket = a_docket([a_case()], people)

    seen = candidates(docket, eligible(docket), 0, most=2)

    assert [each.rank for each in seen] == [1, 2, None, None]
    assert seen[-1].refusals == (Refusal("not_on_leave", unknown=False),)


def test_solver_is_told_to_stop():
    docket = a_docket()

    with pytest.raises(CancelledError):
        match(docket, eligible(docket), cancelled=lambda: True)


def test_solver_tells_its_progress():
    heard = []
    docket = a_docket()

    match(docket, eligible(docket), progress=heard.append)

    assert heard


def test_place_costs_nothing_where_there_is_room_to_spare():
    docket = a_docket(cases=[a_case("c1"), a_case("c2", area="B")], practitioners=[a_practitioner("p1")])

    found = scarcity(docket, match(docket, eligible(docket)))

    assert found == [Scarce("wages", "A", 1, 0), Scarce("wages", "B", 1, 0)]


def test_place_costs_what_the_day_would_gain_from_one_more_of_it():
    people = [
        a_practitioner("p1", specialties={"wages": 90}, capacity=1),
        a_practitioner("p2", specialties={"wages": 40}, capacity=5),
    ]
    flat = a_policy(fairness={"price_per_turn": 0, "load_ladder": [0]})
    docket = a_docket(cases=[a_case("c1"), a_case("c2", area=None)], practitioners=people, policy=flat)

    found = scarcity(docket, match(docket, eligible(docket)))

    assert sum(each.price for each in found) == 50 * flat.weights.specialty


def test_place_for_want_of_which_a_case_stays_open_costs_as_much_as_the_best_match():
    docket = a_docket(cases=[a_case("c1"), a_case("c2")], practitioners=[a_practitioner("p1", capacity=1)])

    found = scarcity(docket, match(docket, eligible(docket)))

    assert found == [Scarce("wages", "A", 1, MAX_SCORE)]


def test_places_of_a_plan_that_is_not_proven_best_have_no_price():
    docket = a_docket()
    found = match(docket, eligible(docket))

    unproven = replace(found, solution=replace(found.solution, optimal=False))

    assert scarcity(docket, unproven) == []
