"""What each mode is for, by example."""

from datetime import timedelta

import pytest

from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.vocabulary import ModeName
from dispatch.modes import CHOICES
from dispatch.modes.grab import granted_at_once, regret, sealed_until, winners
from tests.builders import NOW, a_case, a_docket, a_policy, a_practitioner

THREE = [
    a_practitioner("weak", specialties={"wages": 10}),
    a_practitioner("good", specialties={"wages": 60}),
    a_practitioner("best", specialties={"wages": 90}),
]
FIRST_COME = a_policy(grab={"window_minutes": 0})
HALF_FAIR = a_policy(fairness={"price_per_turn": 0, "load_ladder": [0]}, grab={"epsilon": 100_000})


def chosen(mode, cases, people=THREE, policy=None, **facts):
    docket = a_docket(cases, people, policy, **facts)
    choice = CHOICES[mode](docket, eligible(docket))
    return [None if j == NOBODY else docket.practitioner_at(j).id for j in choice.tolist()]


def test_counsel_of_the_earlier_stage_follows_the_case():
    assert chosen(ModeName.CONTINUITY, [a_case(earlier_counsel=("weak",))]) == ["weak"]


def test_case_without_earlier_counsel_stays_open():
    assert chosen(ModeName.CONTINUITY, [a_case()]) == [None]


def test_first_wish_outweighs_any_score():
    assert chosen(ModeName.POINT_SELECTION, [a_case(wishes=("weak", "best"))]) == ["weak"]


def test_second_wish_is_heard_when_the_first_has_no_room():
    people = [a_practitioner("weak", capacity=1), a_practitioner("good")]
    cases = [a_case("c1", wishes=("weak",)), a_case("c2", wishes=("weak", "good"))]

    assert chosen(ModeName.POINT_SELECTION, cases, people) == ["weak", "good"]


def test_recipient_without_a_wish_is_given_nobody():
    assert chosen(ModeName.POINT_SELECTION, [a_case()]) == [None]


def test_first_claim_wins_without_a_window():
    assert chosen(ModeName.GRAB, [a_case(wishes=("weak", "best"))], policy=FIRST_COME) == ["weak"]


def test_best_claim_wins_in_a_sealed_window():
    assert chosen(ModeName.GRAB, [a_case(wishes=("weak", "good"))]) == ["good"]


def test_earlier_claim_wins_between_equals_in_a_sealed_window():
    twins = [a_practitioner("late"), a_practitioner("early")]

    assert chosen(ModeName.GRAB, [a_case(wishes=("early", "late"))], twins) == ["early"]
    assert chosen(ModeName.GRAB, [a_case(wishes=("late", "early"))], twins) == ["late"]


def test_claimant_worth_nothing_may_still_win_alone():
    nobody_special = a_practitioner(specialties=None, experience=None, quality=0, practising_since=None, languages=None)
    weights = {"specialty": 10_000} | dict.fromkeys(
        ("experience", "distance", "language", "quality", "seniority", "wish", "continuity"), 0
    )

    assert chosen(ModeName.GRAB, [a_case(wishes=("p1",))], [nobody_special], a_policy(weights=weights)) == ["p1"]


@pytest.mark.parametrize(("claimant", "at_once"), [(0, False), (1, True), (2, True)])
def test_claim_that_loses_little_is_granted_at_once(claimant, at_once):
    docket = a_docket([a_case()], THREE, HALF_FAIR)

    assert granted_at_once(docket, eligible(docket), 0, claimant) is at_once


def test_regret_is_what_the_case_would_lose_against_the_best():
    docket = a_docket([a_case()], THREE, HALF_FAIR)

    assert [regret(docket, eligible(docket), 0, j) for j in range(3)] == [240_000, 90_000, 0]


def test_ineligible_claim_is_never_granted_at_once():
    docket = a_docket([a_case()], [a_practitioner(on_leave=True)], HALF_FAIR)

    assert not granted_at_once(docket, eligible(docket), 0, 0)


def test_any_claim_is_granted_at_once_without_a_window():
    docket = a_docket([a_case()], THREE, FIRST_COME)

    assert granted_at_once(docket, eligible(docket), 0, 0)


def test_claims_take_the_place_of_wishes_in_the_order_they_came():
    docket = a_docket([a_case(wishes=("best",))], THREE)

    claimed = docket.naming({"c1": ["weak", "good"]})

    assert [case.wishes for case in claimed.facts.cases] == [("weak", "good")]
    assert claimed.wishes.values.tolist() == [1, 2]
    assert [claimed.practitioner_at(j).id for j in claimed.wishes.cols.tolist()] == ["weak", "good"]


def test_winners_are_told_the_most_urgent_case_first_and_a_case_without_a_claim_has_none():
    due = {"c1": 9, "c2": 2, "c3": 1}
    cases = [a_case(id, due_at=NOW + timedelta(hours=hours)) for id, hours in due.items()]
    docket = a_docket(cases, THREE).naming({"c1": ["weak"], "c2": ["good"], "c3": []})

    assert winners(docket, eligible(docket)) == [("good", "c2"), ("weak", "c1")]


@pytest.mark.parametrize(("minutes_left", "minutes"), [(60, 10), (3, 3)])
def test_sealed_window_never_ends_after_its_step(minutes_left, minutes):
    until = sealed_until(NOW, NOW + timedelta(minutes=minutes_left), a_policy(grab={"window_minutes": 10}))

    assert until == NOW + timedelta(minutes=minutes)
