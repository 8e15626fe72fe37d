"""The ledger: turns that are given and given back, and prices that grow with them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.ledger import (
    Account,
    Entry,
    EntryKind,
    account_of,
    grown,
    leads,
    opening_at,
    reversal_of,
    slot_prices,
    turn_for,
)
from dispatch.domain.policy.schema import Fairness
from dispatch.domain.vocabulary import Service
from tests.builders import a_case, a_defence, a_docket, a_policy, a_practitioner

FAIRNESS = Fairness(price_per_turn=10, price_per_effort=1, most_turns_ahead=5, load_ladder=(0, 100, 400))


def test_assignment_is_one_turn_and_the_effort_of_its_service():
    assert turn_for(a_case(), a_policy()) == Entry(EntryKind.TURN, 1, 10)


@pytest.mark.parametrize(
    ("service", "effort"), [("petition", 10), ("enforcement", 10), ("state_compensation", 10), ("mediation", 4)]
)
def test_service_a_policy_does_not_name_weighs_as_the_one_it_is_most_like(service, effort):
    assert turn_for(a_case(service=Service(service)), a_policy()).effort == effort


def test_service_a_policy_names_weighs_as_it_says():
    own = a_policy(effort={"by_service": a_policy().effort.by_service | {"petition": 3}})

    assert turn_for(a_case(service=Service.PETITION), own).effort == 3


def test_grave_and_major_cases_weigh_more():
    assert turn_for(a_defence(grave=True, major=True), a_policy()).effort == 25


def test_case_of_unknown_gravity_earns_no_extra():
    assert turn_for(a_defence(grave=None), a_policy()).effort == 10


def test_account_weighs_each_entry_by_the_share_it_was_made_at():
    account = Account().with_entry(1, 10, Fraction(1, 4)).with_entry(1, 6, Fraction(2))

    assert account == Account(2, 16, Fraction(9, 2), Fraction(43))
    assert not account.even
    assert Account().with_entry(3, 30).even


def test_account_of_a_person_is_even_unless_told_otherwise():
    assert account_of(a_practitioner(turns=2, effort=20)) == Account(2, 20, Fraction(2), Fraction(20))
    weighed = {"weighed_turns": Fraction(1, 2), "weighed_effort": Fraction(5)}
    assert account_of(a_practitioner(turns=2, effort=20, **weighed)) == Account(2, 20, Fraction(1, 2), Fraction(5))


def test_newcomer_opens_at_the_median_for_their_share():
    assert opening_at([Fraction(1), Fraction(5, 2), Fraction(9)], [Fraction(10)], Fraction(1, 2)) == Entry(
        EntryKind.OPENING, 1, 5
    )


def test_returner_takes_on_what_the_median_grew_for_their_share_and_never_less_than_nothing():
    before, after = [(Fraction(1), Fraction(9))], [(Fraction(4), Fraction(3))]

    assert grown(before, after, Fraction(2)) == Entry(EntryKind.RETURN, 6, 0)
    assert grown([], []) == Entry(EntryKind.RETURN, 0, 0)


def test_reversal_undoes_a_turn():
    assert reversal_of(1, 10) == Entry(EntryKind.REVERSAL, -1, -10)


@pytest.mark.parametrize(("turns", "opening"), [([], 0), ([7], 7), ([1, 9], 1), ([1, 4, 9], 4)])
def test_newcomer_opens_at_the_median(turns, opening):
    assert opening_at(turns, turns) == Entry(EntryKind.OPENING, opening, opening)


def test_leads_are_cut_on_both_sides_of_the_median():
    assert leads(np.array([0, 10, 11, 12, 90]), 5, np.ones(5, bool)).tolist() == [0, 4, 5, 6, 10]


def test_nobody_leads_an_empty_list():
    assert leads(np.array([], np.int64), 5, np.array([], bool)).tolist() == []


def test_price_of_a_slot_is_the_lead_the_effort_and_the_load():
    people = [
        a_practitioner("p1", turns=0, effort=0, capacity=3),
        a_practitioner("p2", turns=2, effort=5, capacity=3, load=1),
    ]

    prices = slot_prices(a_docket(practitioners=people).practitioner, FAIRNESS, 2)

    assert prices.tolist() == [[0, 110], [125, 435]]


def test_price_is_told_in_turns_of_an_average_share():
    people = [
        a_practitioner("full", capacity=8, weighed_turns=Fraction(1)),
        a_practitioner("half", capacity=4, weighed_turns=Fraction(1)),
    ]
    fairness = Fairness(price_per_turn=10, load_ladder=(0,))
    docket = a_docket(practitioners=people, policy=a_policy(rotation={"measure": "capacity"}))

    # A slot of whoever has eight of six average shares counts three quarters of a turn, the other's one and a half.
    assert slot_prices(docket.practitioner, fairness, 5).tolist() == [[0, 0, 10, 20, 30], [0, 10, 30, 40, 60]]


def test_lead_between_unequal_shares_is_no_lead_where_each_has_what_is_due():
    people = [
        a_practitioner("full", capacity=8, turns=16, weighed_turns=Fraction(2)),
        a_practitioner("half", capacity=4, turns=8, weighed_turns=Fraction(2)),
    ]
    docket = a_docket(practitioners=people, policy=a_policy(rotation={"measure": "capacity"}))

    assert slot_prices(docket.practitioner, FAIRNESS, 1).tolist() == [[0], [0]]


def test_slots_that_lack_to_the_floor_have_a_premium():
    people = [a_practitioner("behind"), a_practitioner("even", year_count=9)]
    policy = a_policy(fairness={"floor_cases_per_year": 12, "floor_premium": 500})

    prices = slot_prices(a_docket(practitioners=people, policy=policy).practitioner, policy.fairness, 3)

    assert (prices[1] - prices[0]).tolist() == [500, 500, 0]


@given(
    st.lists(
        st.builds(
            a_practitioner,
            st.uuids().map(str),
            turns=st.integers(-5, 50),
            effort=st.integers(-5, 500),
            load=st.integers(0, 12),
            capacity=st.none() | st.integers(0, 9),
        ),
        max_size=4,
    )
)
def test_prices_are_not_negative_and_never_fall(people):
    prices = slot_prices(a_docket(practitioners=people).practitioner, FAIRNESS, 6)

    assert (prices >= 0).all()
    assert (np.diff(prices, axis=1) >= 0).all()


def test_leads_are_measured_among_those_on_the_list():
    people = [a_practitioner(f"p{n}", turns=turns) for n, turns in enumerate((4, 6, 8))]
    register = [*people, *(a_practitioner(f"q{n}", listed=False) for n in range(9))]

    alone, among_many = (slot_prices(a_docket([], each).practitioner, FAIRNESS, 1) for each in (people, register))
    assert among_many[:3].tolist() == alone.tolist()
    assert alone[:, 0].tolist() == [0, 20, 40]
