"""One number of a policy moved alone, and the whole policy that decides the same."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.errors import PolicyInvalidError
from dispatch.domain.policy.criteria import BASIS_POINTS, Criterion
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.policy.sweep_axis import FIELDS, Axis, apportioned, is_weight, level_of, policy_at, with_level
from tests.builders import a_policy

NATIONAL = load_preset("national")


def test_every_criterion_is_an_axis_and_every_axis_but_churn_a_number_of_the_policy():
    assert {axis for axis in Axis if is_weight(axis)} == {Axis(each.value) for each in Criterion}
    assert set(Axis) - set(FIELDS) == {Axis.CHURN}
    assert (level_of(NATIONAL, Axis.WISH), level_of(NATIONAL, Axis.FAIRNESS), level_of(NATIONAL, Axis.CHURN)) == (
        1500, 12_000, 0,
    )  # fmt: skip


@pytest.mark.parametrize("axis", FIELDS)
def test_policy_left_where_it_stands_is_the_same(axis):
    assert policy_at(NATIONAL, axis, level_of(NATIONAL, axis)) == NATIONAL


def test_price_is_moved_alone():
    moved = policy_at(NATIONAL, Axis.FAIRNESS, 30_000)

    assert moved.fairness.price_per_turn == 30_000
    assert moved.fairness.load_ladder == NATIONAL.fairness.load_ladder
    assert moved.weights == NATIONAL.weights


def test_heavier_weight_brings_all_others_and_the_prices_down_together():
    moved = policy_at(NATIONAL, Axis.WISH, 11_500)

    assert (moved.weights.wish, moved.weights.specialty) == (5750, 1500)
    assert moved.fairness.price_per_turn == 6000
    assert moved.fairness.load_ladder[-1] == 90_000


def test_price_driven_out_of_its_bounds_is_refused():
    steep = a_policy(fairness={"load_ladder": [0, 500_000]})

    with pytest.raises(PolicyInvalidError):
        policy_at(steep, Axis.SPECIALTY, 0)


def test_number_changed_alone_leaves_the_sum_of_the_weights():
    assert with_level(NATIONAL, Axis.WISH, 0).weights.wish == 0


@given(st.lists(st.integers(0, 30_000), min_size=8, max_size=8).filter(any))
def test_weights_at_another_scale_are_whole_and_within_one_of_their_share(weights):
    scale = Fraction(BASIS_POINTS, sum(weights))
    named = dict(zip("abcdefgh", weights, strict=True))

    found = apportioned(named, scale)

    assert sum(found.values()) == BASIS_POINTS
    assert all(abs(found[name] - named[name] * scale) < 1 for name in named)
