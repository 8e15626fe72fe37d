"""The verifier accepts what the solver proves and nothing that was touched."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optimizer import CertificateError, Pairs, Problem, solve, verify
from optimizer.proof.bounds import Bounds
from tests.examples import share
from tests.optimizer.brute_force import value_of_plan
from tests.optimizer.builders import a_problem, problems


def every_field(solution):
    """Paths to all single values of a solution, its certificate and its leaves, but the seal."""
    plain = [("solution", name) for name in ("rows", "cols", "open", "objective", "bound", "optimal")]
    claim = [("certificate", name) for name in ("instance", "seed")]
    leaves = [(at, field.name) for at, leaf in enumerate(solution.certificate.leaves) for field in fields(leaf)]
    return plain + claim + leaves


def changed(value, data):
    """The same value with one digit, flag or letter changed; None where there is nothing to change."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + data.draw(st.sampled_from([-1, 1]))
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    if isinstance(value, Pairs):
        return replace(value, values=value.values + 1) if value.size else None
    if value.size == 0:
        return None
    touched = value.copy()
    touched.flat[data.draw(st.integers(0, value.size - 1))] += data.draw(st.sampled_from([-1, 1]))
    return touched


def mutated(solution, where, name, data):
    claim = solution.certificate
    holder = {"solution": solution, "certificate": claim}.get(where) or claim.leaves[where]
    value = changed(getattr(holder, name), data)
    assume(value is not None)
    touched = replace(holder, **{name: value})
    if where == "solution":
        return touched
    if where != "certificate":
        leaves = (*claim.leaves[:where], touched, *claim.leaves[where + 1 :])
        touched = replace(claim, leaves=leaves)
    return replace(solution, certificate=touched)


@given(problems(), st.data())
def test_verifier_rejects_every_change_of_a_single_field(problem, data):
    solution = solve(problem)
    where, name = data.draw(st.sampled_from(every_field(solution)))

    touched = mutated(solution, where, name, data)

    with pytest.raises(CertificateError):
        verify(problem, touched)


@given(problems(), st.data())
def test_resealed_value_is_rejected_by_the_mathematics(problem, data):
    solution = solve(problem)
    name = data.draw(st.sampled_from(["open", "objective", "bound", "optimal"]))

    touched = mutated(solution, "solution", name, data).sealed()

    with pytest.raises(CertificateError):
        verify(problem, touched)


@given(problems(), st.data())
def test_resealed_plan_is_rejected_unless_it_is_another_as_good(problem, data):
    solution = solve(problem)
    touched = mutated(solution, "solution", data.draw(st.sampled_from(["rows", "cols"])), data).sealed()

    try:
        verify(problem, touched)
    except CertificateError:
        return

    teams = [set(touched.cols[touched.rows == i].tolist()) for i in range(problem.n)]
    assert value_of_plan(problem, teams) == solution.objective
    assert sum(map(len, teams)) == touched.rows.size


def resealed(solution, **leaf):
    claim = solution.certificate
    return replace(solution, certificate=replace(claim, leaves=(replace(claim.proof, **leaf),))).sealed()


def test_broken_seal_and_foreign_problem_are_named():
    problem = a_problem()
    solution = solve(problem)

    with pytest.raises(CertificateError, match="another problem"):
        verify(replace(problem, open_price=problem.open_price + 1), solution)
    with pytest.raises(CertificateError, match="seal is broken"):
        verify(problem, replace(solution, bound=solution.bound + 1))


# fmt: off
FORGED_PLANS = [
    # change of the plan                                                            reason
    ({"rows": np.array([0])},                                                       "does not fit"),
    ({"rows": np.array([0, 9]), "cols": np.array([0, 1])},                          "does not exist"),
    ({"rows": np.array([1, 0]), "cols": np.array([0, 1])},                          "not sorted"),
    ({"rows": np.array([0, 1]), "cols": np.array([2, 1])},                          "barred pair"),
    ({"rows": np.array([1, 2]), "cols": np.array([0, 0])},                          "negative score"),
    ({"open": np.array([0, 0])},                                                    "does not fit"),
    ({"open": np.array([1, 1, 1])},                                                 "do not sum"),
    ({"rows": np.array([0, 0, 1]), "cols": np.array([0, 1, 0]), "open": np.array([0, 0, 1])}, "do not sum"),
    ({"rows": np.array([0, 1]), "cols": np.array([0, 0]), "open": np.array([0, 0, 1])},       "practitioner has more"),
    ({"rows": np.array([0, 1]), "cols": np.array([1, 3]), "open": np.array([0, 0, 1])},       "institution has more"),
    ({"rows": np.array([1, 2]), "cols": np.array([4, 4]), "open": np.array([1, 0, 0])},       "exclusive group"),
    ({"rows": np.array([0, 1]), "cols": np.array([4, 5]), "open": np.array([0, 0, 1])},       "not kept apart"),
    ({"rows": np.array([0]), "cols": np.array([0]), "open": np.array([0, 1, 1])},             "the plan is worth"),
]
# fmt: on


@pytest.mark.parametrize(("change", "reason"), FORGED_PLANS)
def test_forged_plan_is_rejected_with_its_reason(change, reason):
    problem = a_crowded_problem()
    solution = solve(problem)

    with pytest.raises(CertificateError, match=reason):
        verify(problem, replace(solution, **change).sealed())


def a_crowded_problem():
    """Three cases with three kinds of limits between them; column 0 refuses case 2, column 2 is barred."""
    levels = np.array([[10, 10, -1], [8, 8, 8], [9, 9, 9], [7, 7, 7], [1, 1, 1], [1, 1, 1]], np.float32)
    return Problem(
        case_terms=np.eye(3, dtype=np.float32),
        practitioner_terms=levels,
        capacity=np.array([1, 2, 1, 1, 2, 1]),
        slot_price=np.zeros((6, 1), np.int64),
        open_price=np.full(3, 5),
        barred=Pairs([0, 1, 2], [2, 2, 2]),
        institution=np.array([-1, 0, -1, 0, 1, 1]),
        institution_capacity=np.array([1, 2]),
        exclusive=(np.array([1, 2]),),
        separate=np.array([[0, 1]]),
    )


# fmt: off
FORGED_PROOFS = [
    # change of the proof                                           reason
    ({"case_price": np.zeros(2, np.int64)},                         "does not fit"),
    ({"path": np.array([[7, 0, 0]])},                               "decision that exists"),
    ({"case_price": np.full(3, -99)},                               "below leaving it open"),
    ({"institution_price": np.full(2, -1)},                         "negative price"),
    ({"group_price": Pairs([3], [0], [1])},                         "does not exist"),
    ({"path": np.array([[0, 0, 1]])},                               "do not cover"),
    ({"practitioner_price": np.full(6, 50)},                        "prove a bound"),
]
# fmt: on


@pytest.mark.parametrize(("change", "reason"), FORGED_PROOFS)
def test_forged_proof_is_rejected_with_its_reason(change, reason):
    problem = a_crowded_problem()
    solution = solve(problem)

    with pytest.raises(CertificateError, match=reason):
        verify(problem, resealed(solution, **change))


@pytest.mark.parametrize("name", ["objective", "bound", "seed"])
@pytest.mark.parametrize("number", [2**256, -(2**256), pytest.param(10**5000, id="5001 digits")])
def test_number_too_long_to_be_spelled_out_is_rejected_with_its_length(name, number):
    problem = a_problem()
    solution = solve(problem)
    if name == "seed":
        claim = replace(solution, certificate=replace(solution.certificate, seed=number))
    else:
        claim = replace(solution, **{name: number})

    with pytest.raises(CertificateError, match=rf"{name} has \d+ bits"):
        verify(problem, claim)


def test_claim_of_optimality_without_proof_is_rejected():
    problem = a_problem()
    solution = solve(problem)

    with pytest.raises(CertificateError, match="optimal is False"):
        verify(problem, replace(solution, optimal=False).sealed())


@pytest.mark.parametrize("seed", [np.int64(3), np.uint8(3)])
def test_seed_of_any_integer_type_is_certified_as_the_number_it_is(seed):
    problem = a_problem()

    solution = solve(problem, seed)

    verify(problem, solution)
    assert solution.certificate.seal == solve(problem, 3).certificate.seal


@share(0.2)
@given(problems(), st.integers(0, 9))
def test_terms_that_no_case_has_change_no_bound(problem, cheaper):
    proof = solve(problem).certificate.proof
    forged = replace(proof, practitioner_price=proof.practitioner_price - cheaper)
    wide = replace(
        problem,
        case_terms=np.hstack((problem.case_terms, np.zeros((problem.n, 40), np.float32))),
        practitioner_terms=np.hstack((problem.practitioner_terms, np.full((problem.m, 40), 7, np.float32))),
    )

    assert Bounds(wide).of(forged) == Bounds(problem).of(forged)
