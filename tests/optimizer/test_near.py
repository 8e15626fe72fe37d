"""Prices of a problem close by: they save time, and change no byte."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import solve
from optimizer.perturbation import Perturbation, moved
from optimizer.problem import Problem
from optimizer.solver.network import Network
from optimizer.solver.relax import Relaxation
from optimizer.watch import Watch
from tests.optimizer.builders import city, problems

QUIET = Watch(None, None)


def seals(problem, *near, seed=3):
    return [solve(problem, seed, near=each).certificate.seal for each in (None, *near)]


@given(problems(), st.data())
def test_any_prices_lead_to_the_same_bytes(problem, data):
    wide = st.integers(-(2**41), 2**41) | st.integers(-9, 9)
    near = np.array([data.draw(wide) for _ in range(problem.m)], np.int64)

    assert len({*seals(problem, near)}) == 1


@pytest.mark.parametrize("slots", [90, 60, 40])
def test_city_moved_a_little_is_solved_from_the_prices_before_it_moved(slots):
    before = city(60, 90, slots, seed=slots)
    turns = Perturbation(np.zeros_like(before.practitioner_terms), np.cumsum(np.ones_like(before.slot_price), axis=1))
    near, after = solve(before).certificate.proof.practitioner_price, moved(before, turns, 500)

    assert len({*seals(after, near, near + 40_000, near - 40_000, np.full(90, 2**40))}) == 1


def test_face_too_wide_to_be_known_whole_is_drawn_as_without_prices():
    alike = city(60, 90, 180, seed=1)
    alike = Problem(
        np.ones((60, 1), np.float32),
        np.full((90, 1), 7, np.float32),
        alike.capacity,
        np.zeros((90, 1), np.int64),
        alike.open_price,
        demand=np.full(60, 2),
    )
    relaxation = Relaxation(alike, 3, QUIET, np.zeros(90, np.int64))
    relaxation.solve(relaxation.candidates)

    assert not relaxation.certain
    assert len({*seals(alike, np.zeros(90, np.int64))}) == 1


@given(st.lists(st.integers(-(2**20), 2**20), min_size=7, max_size=7), st.integers(1, 2**50))
def test_flow_is_of_least_cost_whatever_the_potentials(potential, dear):
    # Two send to two who take, or to a sink at a price; who takes passes on one unit each.
    tails, heads = np.array([0, 0, 1, 1, 0, 1, 2, 3, 4]), np.array([2, 3, 2, 3, 5, 5, 4, 4, 5])
    cost, capacity = np.array([-9, -4, -8, -1, dear, dear, 3, 1, 0]), np.array([2, 2, 2, 2, 3, 3, 1, 1, 1])
    network = Network(tails, heads, capacity, cost, np.array([1, 1, 0, 0, 0, -2, 0]))

    scaled = [np.array(potential) * 2**power for power in (0, 36, 40)]
    found = [network.cheapest_flow(each) for each in (None, *scaled)]

    assert len({int(flow @ cost) for flow in found}) == 1
