"""No false claim passes: forgeries by every trick, judged by an oracle of big integers, in memory and as files."""

import io
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import CertificateError, FormatError, Pairs, Problem, solve, verify
from optimizer.proof.bounds import Bounds
from optimizer.proof.files import load, save
from tests.examples import share
from tests.optimizer import forger, oracle
from tests.optimizer.builders import a_problem, city, problems


def accepted(problem, solution):
    """Whether the verifier accepts; any other exception or warning than its own ends the test."""
    try:
        verify(problem, solution)
    except CertificateError:
        return False
    return True


def filed(problem, solution):
    """The claim as a reader of its file has it, or None where it cannot be written or read."""
    content = io.BytesIO()
    try:
        save(content, problem, solution)
    except (AttributeError, RecursionError, TypeError, ValueError):
        return None
    try:
        return load(io.BytesIO(content.getvalue()))[1]
    except FormatError:
        return None


@share(0.3)
@given(problems(), st.integers(0, 2**32))
def test_verifier_accepts_exactly_what_the_oracle_proves_in_memory_and_from_a_file(problem, seed):
    solution, random = solve(problem), Random(seed)

    for trick in forger.TRICKS:
        claim = trick(problem, solution, random)
        claim = claim if trick is forger.other_certificate else forger.sealed(claim)
        assert accepted(problem, claim) == oracle.proves(problem, claim), trick.__name__
        # A file takes longer than all the rest.
        if random.random() < 0.2 and (again := filed(problem, claim)) is not None:
            assert accepted(problem, again) == oracle.proves(problem, again), trick.__name__


@given(st.lists(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)), max_size=3), max_size=6))
def test_tree_of_decisions_covers_every_plan(paths):
    paths = [[list(decision) for decision in path] for path in paths]

    assert not oracle.covers(paths) or oracle.obeyed_by_all(paths)


@pytest.mark.parametrize("cells", [40, 2**21])
@pytest.mark.parametrize("by", [0, 40, 2**30, 2**48])
def test_bound_over_many_tiles_hard_rules_and_equal_cases_is_that_of_the_oracle(cells, by, monkeypatch):
    monkeypatch.setattr("optimizer.proof.bounds.CELLS", cells)
    draw = np.random.default_rng(by)
    problem = city(cases=160, practitioners=12, slots=40, seed=5, terms=4)
    proof = solve(problem).certificate.proof
    leaf = replace(
        proof,
        case_price=proof.case_price + draw.integers(-by, by + 1, problem.n),
        practitioner_price=proof.practitioner_price + draw.integers(-by, by + 1, problem.m),
    )

    bound = Bounds(problem).of(leaf)

    assert bound == oracle.bound_of(problem, oracle.leaf_of(leaf))


def test_practitioner_whose_merits_outweigh_a_hard_rule_is_not_left_out_of_the_bound():
    problem = a_problem(practitioner_terms=np.array([[2**22, -(2**20)], [5, 5]]))
    leaf = replace(solve(problem).certificate.proof, **arrays_of(problem))

    assert Bounds(problem).of(leaf) == oracle.bound_of(problem, oracle.leaf_of(leaf)) == 3 * (2**22 - 2**20 + 10)


def four_alike(**changes):
    """Four cases, four practitioners of one slot, every score 10, open price 100: the optimum is 40."""
    plain = {
        "case_terms": np.ones((4, 1)),
        "practitioner_terms": np.full((4, 1), 10),
        "capacity": np.ones(4, np.int64),
        "slot_price": np.zeros((4, 1), np.int64),
        "open_price": np.full(4, 100),
    }
    return Problem(**(plain | changes))


def arrays_of(problem, **prices):
    names = {"case_price": problem.n, "practitioner_price": problem.m, "institution_price": problem.p}
    zeros = {name: np.zeros(size, np.int64) for name, size in names.items()}
    return zeros | {name: np.array(values) for name, values in prices.items()}


ALL_AT_ONE = {"institution": np.zeros(4, np.int64), "institution_capacity": np.array([4])}
HUGE_HOUSE = {"institution": np.zeros(4, np.int64), "institution_capacity": np.array([2**62])}
GROUPED = {"exclusive": (np.array([0, 1]),)}

# fmt: off
CLAIMS_OF_NOTHING = [
    # problem       prices
    ({},            {"practitioner_price": [-(2**63)] * 4, "case_price": [-100] * 4}),
    ({},            {"case_price": [(2**64 - 400) // 4] * 4}),
    ({},            {"practitioner_price": [2**62] * 4, "case_price": [-100] * 4}),
    (ALL_AT_ONE,    {"institution_price": [2**62], "practitioner_price": [2**62] * 4, "case_price": [-100] * 4}),
    (ALL_AT_ONE,    {"institution_price": [2**62], "case_price": [-100] * 4}),
    (HUGE_HOUSE,    {"institution_price": [2**49], "practitioner_price": [2**49] * 4, "case_price": [-100] * 4}),
    ({},            {"practitioner_price": [0.0] * 4, "case_price": [-100.0] * 4}),
    ({},            {"practitioner_price": [109.99] * 4, "case_price": [-100] * 4}),
]
# fmt: on


@pytest.mark.parametrize(("features", "prices"), CLAIMS_OF_NOTHING)
def test_empty_plan_is_never_proven_best_where_the_optimum_is_40(features, prices):
    problem = four_alike(**features)
    solution = solve(problem)
    leaf = replace(solution.certificate.proof, **arrays_of(problem, **prices))

    claim = forger.sealed(forger.nothing(problem, leaf, solution))

    assert (solution.objective, claim.objective) == (40, -400)
    with pytest.raises(CertificateError):
        verify(problem, claim)
    assert filed(problem, claim) is None or not accepted(problem, filed(problem, claim))


def test_group_prices_that_wrap_prove_nothing():
    problem = four_alike(**GROUPED)
    solution = solve(problem)
    group = Pairs([0, 0, 0, 0], [0, 1, 2, 3], [2**62] * 4)
    prices = arrays_of(problem, case_price=[-100, -100, 10, 10])
    leaf = replace(solution.certificate.proof, **prices, group_price=group)

    claim = forger.sealed(forger.nothing(problem, leaf, solution))

    assert solution.objective == 40
    with pytest.raises(CertificateError, match=r"group_price.values\[0\] is 4611686018427387904; its size"):
        verify(problem, claim)


@pytest.mark.parametrize("kind", [np.uint64, np.uint32, np.uint16, np.uint8, np.int8])
def test_pair_that_stands_twice_is_found_in_any_integer_type(kind):
    problem = four_alike(demand=np.array([2, 1, 1, 1]), capacity=np.full(4, 3))
    solution = solve(problem)
    rows, cols = np.array([0, 0, 1, 2, 3], kind), np.array([1, 1, 1, 2, 3], kind)

    claim = replace(solution, rows=rows, cols=cols)

    assert solution.objective == 50
    with pytest.raises(CertificateError, match="not sorted, or one is listed twice"):
        verify(problem, forger.sealed(claim))


def test_barred_pair_is_found_where_its_key_would_wrap_in_a_narrow_type():
    problem = four_alike(
        practitioner_terms=np.full((100, 1), 10),
        capacity=np.ones(100, np.int64),
        slot_price=np.zeros((100, 1), np.int64),
        barred=Pairs([3], [7]),
    )
    solution = solve(problem)
    rows, cols = np.arange(4, dtype=np.int8), np.array([4, 5, 6, 7], np.int8)

    claim = forger.sealed(replace(solution, rows=rows, cols=cols))

    assert solution.objective == 40
    with pytest.raises(CertificateError, match="a barred pair is assigned"):
        verify(problem, claim)


@pytest.mark.parametrize("kind", [np.uint64, np.int32, np.int16, np.int8, ">i8"])
def test_true_claim_is_proven_in_any_integer_type_that_holds_it(kind):
    problem = four_alike()
    solution = solve(problem)
    plan = {name: getattr(solution, name).astype(kind) for name in ("rows", "cols", "open")}

    claim = replace(solution, **plan).sealed()

    verify(problem, claim)
    assert claim.certificate.seal == solution.certificate.seal


@pytest.mark.parametrize("size", [2**50 - 1, -(2**50) + 1])
def test_price_just_below_the_limit_counts_exactly(size):
    problem = four_alike()
    solution = solve(problem)
    prices = arrays_of(problem, practitioner_price=[size, 0, 0, 0], case_price=[10, 10, 10, 2**50 - 1])
    leaf = replace(solution.certificate.proof, **prices)

    claim = forger.sealed(forger.honest(problem, forger.with_leaves(solution, leaf)))

    verify(problem, claim)
    with pytest.raises(CertificateError, match="prove a bound of"):
        verify(problem, forger.sealed(replace(claim, bound=claim.bound - 1)))


def test_gain_of_one_point_is_seen_at_the_highest_prices():
    problem = four_alike(open_price=np.full(4, 2**39))
    solution = solve(problem)
    high = 2**39 - 3
    prices = arrays_of(problem, practitioner_price=[high + 10] * 4, case_price=[-high] * 4)
    leaf = replace(solution.certificate.proof, **prices)

    exact = forger.honest(problem, forger.with_leaves(solution, leaf))
    cheaper = replace(leaf, practitioner_price=leaf.practitioner_price - np.array([1, 0, 0, 0]))
    one_more = forger.honest(problem, forger.with_leaves(solution, cheaper))

    assert (exact.bound, exact.optimal) == (40, True)
    assert one_more.bound == 40 - 1 + 4
    verify(problem, forger.sealed(exact))
    verify(problem, forger.sealed(one_more))
    with pytest.raises(CertificateError, match="prove a bound of 43, not 40"):
        verify(problem, forger.sealed(replace(exact, certificate=one_more.certificate)))


def test_path_of_a_hundred_thousand_decisions_is_refused_and_not_followed_down():
    problem = four_alike(separate=np.array([[0, 1]]))
    solution = solve(problem)
    leaf = solution.certificate.proof
    long = replace(leaf, path=np.tile([[0, 0, 0]], (100_000, 1)))
    other = replace(leaf, path=np.array([[0, 0, 1]]))

    claim = forger.sealed(forger.with_leaves(solution, long, other))

    with pytest.raises(CertificateError, match="do not cover every plan"):
        verify(problem, claim)


def test_tiles_full_of_gains_are_summed_where_they_stand():
    problem = a_problem(
        case_terms=np.ones((3_000, 1)),
        practitioner_terms=np.full((1_000, 1), 10),
        capacity=np.ones(1_000, np.int64),
        slot_price=np.zeros((1_000, 1), np.int64),
        open_price=np.full(3_000, 2**30),
    )
    solution = solve(problem)
    leaf = replace(
        solution.certificate.proof,
        case_price=-problem.open_price,
        practitioner_price=np.full(problem.m, -(2**49)),
    )
    bound = 3_000 * 1_000 * (10 + 2**30 + 2**49) - 3_000 * 2**30

    claim = forger.with_leaves(solution, leaf, bound=bound, optimal=False).sealed()

    assert bound > 2**63
    verify(problem, claim)


@pytest.mark.parametrize("claim", [None, "proof", 40, (), object()])
def test_what_is_no_solution_is_refused_as_one(claim):
    with pytest.raises(CertificateError, match="the solution has type"):
        verify(four_alike(), claim)
