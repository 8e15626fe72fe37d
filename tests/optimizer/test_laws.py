"""Laws every solution must obey, on problems that mix all features."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import Pairs, Problem, solve, verify
from tests.examples import share
from tests.optimizer.brute_force import best_value
from tests.optimizer.builders import a_problem, problems


@given(problems())
def test_solver_is_never_beaten_by_brute_force_and_its_proof_holds(problem):
    solution = solve(problem)

    verify(problem, solution)
    assert solution.optimal
    assert solution.objective == best_value(problem)


def solve_starved(problem, seed):
    """Start every class with as few candidates as its demand, so that all others must be called by prices."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimizer.solver.relax.suits", lambda _: False)
        patch.setattr("optimizer.solver.relax.KEEP", -1)
        patch.setattr("optimizer.solver.relax.KEEP_SCARCE", -1)
        patch.setattr("optimizer.solver.relax.LEAD", -1)
        return solve(problem, seed)


@given(problems(max_cases=4, max_practitioners=6), st.integers(0, 3))
def test_starved_solver_ends_with_the_same_certificate(problem, seed):
    lean = solve_starved(problem, seed)

    verify(problem, lean)
    assert lean.objective == best_value(problem)
    assert lean.certificate.seal == solve(problem, seed).certificate.seal


@given(problems(), st.integers(0, 3))
def test_same_problem_and_seed_give_the_same_bytes(problem, seed):
    one, other = solve(problem, seed), solve(problem, seed)

    assert one.certificate.seal == other.certificate.seal


@given(problems(), st.integers(0, 3), st.randoms())
def test_permuting_rows_and_columns_permutes_the_answer(problem, seed, random):
    rows, cols = random.sample(range(problem.n), problem.n), random.sample(range(problem.m), problem.m)
    new_row, new_col = np.argsort(rows).astype(np.int64), np.argsort(cols).astype(np.int64)

    plan, moved = solve(problem, seed), solve(permuted(problem, rows, cols), seed)

    pairs = sorted(zip(new_row[plan.rows].tolist(), new_col[plan.cols].tolist(), strict=True))
    assert list(zip(moved.rows.tolist(), moved.cols.tolist(), strict=True)) == pairs
    prices = plan.certificate.proof.practitioner_price[cols]
    assert (moved.certificate.proof.practitioner_price == prices).all()


@given(st.integers(2, 6), st.integers(1, 3), st.booleans(), st.integers(0, 2**64 - 1), st.randoms())
def test_where_all_is_level_the_lot_follows_names_not_places(n, m, alike, seed, random):
    """Nothing but the lot decides who is served, whether the cases are merged into one class or each differs."""
    terms = np.ones((n, n), np.float32) if alike else np.eye(n, dtype=np.float32) * n
    keys = random.sample(range(2**32), n + m)
    level = a_problem(
        case_terms=terms, practitioner_terms=np.ones((m, n), np.float32), capacity=np.ones(m, np.int64),
        slot_price=np.zeros((m, 1), np.int64), open_price=np.full(n, 20), case_key=keys[:n],
        practitioner_key=keys[n:],
    )  # fmt: skip
    rows, cols = random.sample(range(n), n), random.sample(range(m), m)

    plan, moved = solve(level, seed), solve(permuted(level, rows, cols), seed)

    assert plan.rows.size == min(n, m)
    drawn = {(rows[i], cols[j]) for i, j in zip(moved.rows, moved.cols, strict=True)}
    assert drawn == set(zip(plan.rows.tolist(), plan.cols.tolist(), strict=True))


@given(problems())
def test_another_practitioner_never_lowers_the_objective(problem):
    fewer = permuted(problem, range(problem.n), range(problem.m - 1)) if problem.m else problem

    assert solve(fewer).objective <= solve(problem).objective


@given(problems(), st.data())
def test_another_hard_rule_never_raises_the_objective(problem, data):
    table = [(i, j) for i in range(problem.n) for j in range(problem.m) if data.draw(st.booleans())]
    more = np.array(table, np.int64).reshape(-1, 2)
    barred = Pairs(np.append(problem.barred.rows, more[:, 0]), np.append(problem.barred.cols, more[:, 1]))

    stricter = solve(replace(problem, barred=barred))

    assert stricter.objective <= solve(problem).objective


def permuted(problem, rows, cols):
    """The same problem with rows and columns in another order; columns left out are gone."""
    rows, cols = np.array(rows, np.int64), np.array(cols, np.int64)
    new_row = np.argsort(rows).astype(np.int64)
    new_col = np.full(problem.m, -1)
    new_col[cols] = np.arange(cols.size)
    return replace(
        problem,
        case_terms=problem.case_terms[rows],
        practitioner_terms=problem.practitioner_terms[cols],
        capacity=problem.capacity[cols],
        slot_price=problem.slot_price[cols],
        open_price=problem.open_price[rows],
        demand=problem.demand[rows],
        bonus=moved_pairs(problem.bonus, new_row, new_col),
        barred=moved_pairs(problem.barred, new_row, new_col),
        institution=problem.institution[cols],
        exclusive=tuple(new_row[group] for group in problem.exclusive),
        separate=new_row[problem.separate],
        case_key=problem.case_key[rows],
        practitioner_key=problem.practitioner_key[cols],
        base_score=problem.base_score[rows][:, cols],
    )


def moved_pairs(pairs, new_row, new_col):
    kept = new_col[pairs.cols] >= 0
    return Pairs(new_row[pairs.rows[kept]], new_col[pairs.cols[kept]], pairs.values[kept])


@given(problems(max_cases=4, max_practitioners=6), st.sampled_from([2**6, 2**10, 2**34]))
def test_solver_whose_flow_must_round_costs_ends_with_a_legal_plan_and_an_honest_bound(problem, limit):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimizer.solver.relax.suits", lambda _: False)
        patch.setattr("optimizer.solver.network.FLOW_LIMIT", limit)
        rough = solve(problem)

    verify(problem, rough)
    assert rough.objective <= best_value(problem) <= rough.bound
    assert rough.optimal == (rough.objective == rough.bound)


def one_more(m, exponent, seed):
    """Case k may only go to practitioner k, one more case to anybody: scarce slots lift prices to the open price."""
    rng = np.random.default_rng(seed)
    scores = np.full((m + 1, m), -1, np.float32)
    scores[np.arange(m), np.arange(m)] = rng.integers(0, 2**20, m)
    scores[m] = rng.integers(0, 2**20, m)
    room = {"capacity": np.ones(m, int), "slot_price": np.zeros((m, 1), int)}
    nothing = {"case_terms": np.zeros((m + 1, 1)), "practitioner_terms": np.zeros((m, 1))}
    return Problem(**nothing, **room, open_price=np.full(m + 1, 2**exponent), base_score=scores)


def best_of_one_more(problem):
    own, other = np.diag(problem.base_score).astype(np.int64), problem.base_score[-1].astype(np.int64)
    return int(own.sum() + max(0, (other - own).max()) - problem.open_price[0])


@share(0.4)
@given(st.integers(1, 300), st.integers(0, 39), st.integers(0, 99))
def test_crowded_row_is_exact_whatever_the_open_price(m, exponent, seed):
    problem = one_more(m, exponent, seed)

    solution = solve(problem)

    verify(problem, solution)
    assert (solution.optimal, solution.objective) == (True, best_of_one_more(problem))


@pytest.mark.parametrize(("m", "exponent"), [(300, 26), (300, 30), (300, 39), (2_000, 39)])
def test_crowded_row_of_an_office_is_exact_at_the_largest_prices(m, exponent):
    problem = one_more(m, exponent, seed=1)

    solution = solve(problem)

    verify(problem, solution)
    assert (solution.optimal, solution.objective) == (True, best_of_one_more(problem))
