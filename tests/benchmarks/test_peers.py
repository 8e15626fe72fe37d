from dataclasses import replace

import numpy as np
import pytest

from benchmarks.inputs import worth
from benchmarks.instances import COUNTY, make, variants
from benchmarks.peers import PEERS
from optimizer import solve, verify

EXACT = [peer for peer in PEERS if peer.exact]


@pytest.mark.parametrize("instance", variants(COUNTY, mixes=("civil", "criminal")), ids=lambda each: each.title)
def test_every_exact_peer_reaches_our_objective_on_a_county(instance):
    problem = make(instance)
    solution = solve(problem)
    verify(problem, solution)

    reached = {peer.name: worth(problem, peer.match(problem)) for peer in EXACT}

    assert reached == dict.fromkeys(reached, solution.objective)


@pytest.mark.parametrize("peer", [peer for peer in PEERS if not peer.exact], ids=lambda each: each.name)
def test_rule_of_thumb_never_beats_the_optimum(peer):
    problem = make(variants(COUNTY)[1])

    assert worth(problem, peer.match(problem)) <= solve(problem).objective


def test_equal_instances_are_equal_arrays():
    assert make(COUNTY).digest == make(COUNTY).digest


def test_peer_is_spared_an_instance_with_rules_it_does_not_know():
    ruled = make(replace(COUNTY, side_rules=True))

    assert [peer.name for peer in PEERS if peer.fits(ruled)] == ["ours", "CP-SAT"]


@pytest.mark.parametrize("room", ["ample", "tight", "short"])
def test_cp_sat_reaches_our_objective_where_every_rule_binds(room):
    problem = make(replace(COUNTY, room=room, mix="criminal", side_rules=True, opposing=0.2))
    [rival] = [peer for peer in PEERS if peer.name == "CP-SAT"]

    assert worth(problem, rival.match(problem)) == solve(problem).objective


def test_side_rules_bind_in_an_instance_that_has_them():
    problem = make(replace(COUNTY, mix="criminal", side_rules=True, opposing=0.2))
    solution = solve(problem)
    verify(problem, solution)

    assert problem.separate.size
    assert problem.bonus.size
    assert problem.exclusive
    assert np.bincount(solution.rows).max() == problem.demand.max()
