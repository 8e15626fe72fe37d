"""The ledger: turns that are given and given back, and prices that grow with them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.ledger import Entry, EntryKind, leads, opening_at, reversal_of, slot_prices, turn_for
from dispatch.domain.policy import Fairness
from tests.builders import a_case, a_defence, a_docket, a_policy, a_practitioner

FAIRNESS = Fairness(price_per_turn=10, price_per_effort=1, most_turns_ahead=5, load_ladder=(0, 100, 400))


def test_assignment_is_one_turn_and_the_effort_of_its_service():
    assert turn_for(a_case(), a_policy()) == Entry(EntryKind.TURN, 1, 10)


def test_grave_and_major_cases_weigh_more():
    assert turn_for(a_defence(grave=True, major=True), a_policy()).effort == 25


def test_case_of_unknown_gravity_earns_no_extra():
    assert turn_for(a_defence(grave=None), a_policy()).effort == 10


def test_reversal_undoes_a_turn():
    assert reversal_of(1, 10) == Entry(EntryKind.REVERSAL, -1, -10)


@pytest.mark.parametrize(("turns", "opening"), [([], 0), ([7], 7), ([1, 9], 1), ([1, 4, 9], 4)])
def test_newcomer_opens_at_the_median(turns, opening):
    assert opening_at(turns, turns) == Entry(EntryKind.OPENING, opening, opening)


def test_leads_are_cut_on_both_sides_of_the_median():
    assert leads(np.array([0, 10, 11, 12, 90]), 5).tolist() == [0, 4, 5, 6, 10]


def test_nobody_leads_an_empty_list():
    assert leads(np.array([], np.int64), 5).tolist() == []


def test_price_of_a_slot_is_the_lead_the_effort_and_the_load():
    people = [
        a_practitioner("p1", turns=0, effort=0, capacity=3),
        a_practitioner("p2", turns=2, effort=5, capacity=3, load=1),
    ]

    prices = slot_prices(a_docket(practitioners=people).practitioner, FAIRNESS, 2)

    assert prices.tolist() == [[0, 110], [125, 435]]


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
