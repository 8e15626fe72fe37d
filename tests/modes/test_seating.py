"""Seats are given out one after another, and each gift narrows the next."""

import pytest

from dispatch.domain.eligibility.table import eligible
from dispatch.modes.seating import NO_PLACE, NOT_LISTED, NOT_PENDING, Given, Seats
from tests.builders import a_case, a_docket, a_practitioner

TWO = [a_practitioner("p1"), a_practitioner("p2", institution_id="other")]


def seats(cases, people=TWO):
    docket = a_docket(cases, people)
    return Seats(docket, eligible(docket))


def test_lead_is_given_before_the_second_and_no_third_seat_is_open():
    open_seats = seats([a_case("c1"), a_case("c2", demand=2)], [*TWO, a_practitioner("p3")])

    given = [open_seats.give("c2", id) for id in ("p1", "p2", "p3")]

    assert given == [Given(1, 0), Given(2, 1), (NOT_PENDING,)]


def test_case_that_is_not_on_the_docket_waits_for_no_seat():
    open_seats = seats([a_case("c1")])

    assert (open_seats.waits("c1"), open_seats.waits("c9")) == (True, False)
    assert open_seats.give("c9", "p1") == (NOT_PENDING,)


def test_person_who_is_not_on_the_docket_is_given_nothing():
    assert seats([a_case()]).give("c1", "p9") == (NOT_LISTED,)


def test_refused_pair_is_told_every_rule_and_changes_nothing():
    people = [a_practitioner("p1", on_leave=True, listed=False), TWO[1]]
    open_seats = seats([a_case()], people)

    codes = open_seats.give("c1", "p1")

    assert set(codes) == {refusal.code for refusal in eligible(a_docket([a_case()], people)).why(0, 0)}
    assert len(codes) == 2
    assert open_seats.give("c1", "p2") == Given(0, 1)


@pytest.mark.parametrize(
    ("other", "capacity"),
    [({}, 1), ({"joint_group": "g"}, 5), ({"opposing_case_ids": ("c1",)}, 5)],
    ids=["the cap", "a co-defendant", "the other side"],
)
def test_place_given_out_just_before_is_not_given_twice(other, capacity):
    first = a_case("c1", joint_group=other.get("joint_group"))
    open_seats = seats([first, a_case("c2", **other)], [a_practitioner("p1", capacity=capacity), TWO[1]])

    assert open_seats.give("c1", "p1") == Given(0, 0)
    assert open_seats.give("c2", "p1") == (NO_PLACE,)
    assert open_seats.give("c2", "p2") == Given(1, 1)


def test_pool_is_how_many_could_take_the_case_at_first():
    open_seats = seats([a_case("c1"), a_case("c2")], [a_practitioner("p1", capacity=1), TWO[1]])
    open_seats.give("c1", "p1")

    assert open_seats.pool(1) == 2
