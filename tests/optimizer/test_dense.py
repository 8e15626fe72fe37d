"""One table and candidates with a flow are two ways to the same certificate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from optimizer import Problem, solve, verify
from optimizer.solver.classes import merge_cases
from optimizer.solver.dense import suits
from optimizer.solver.tie_break import FEW, TieBreaker
from tests.examples import share
from tests.optimizer.builders import city


@st.composite
def assignments(draw, most=12):
    """Draw cases, practitioners and slots without side rules, crowded or not, up to the largest prices."""
    n, m = draw(st.integers(1, most)), draw(st.integers(1, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    scores = rng.integers(draw(st.sampled_from([-1, 0])), 1 + draw(st.sampled_from([1, 2, 5, 100, 10**5])), (n, m))
    scores = scores[rng.integers(0, n, n)] if draw(st.booleans()) else scores
    scores = np.where(rng.random((n, m)) < draw(st.sampled_from([0, 0.3, 0.9])), -1, scores)
    first = rng.integers(-3, draw(st.sampled_from([1, 5, 100])), (m, draw(st.integers(1, 3))))
    lowest = draw(st.sampled_from([-2, 0, 50, 2**30, 2**39]))
    return Problem(
        case_terms=np.ones((n, 1)),
        practitioner_terms=np.full((m, 1), draw(st.integers(-1, 1))),
        capacity=rng.integers(0, draw(st.sampled_from([2, 4])), m),
        slot_price=np.sort(first, axis=1) * draw(st.sampled_from([1, 1, 2**25])),
        open_price=lowest + rng.integers(0, draw(st.sampled_from([1, 3])), n),
        base_score=scores,
    )


def by_flow(problem, seed):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimizer.solver.relax.suits", lambda _: False)
        return solve(problem, seed)


@given(assignments(), st.integers(0, 3))
def test_both_engines_give_the_same_plan_and_the_same_prices(problem, seed):
    solution = solve(problem, seed)

    verify(problem, solution)
    assert solution.optimal
    assert solution.certificate.seal == by_flow(problem, seed).certificate.seal


@share(0.2)
@given(assignments(most=40), st.integers(0, 3))
def test_both_engines_agree_where_chains_of_prices_are_long(problem, seed):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimizer.solver.dense.ROUNDS", 1)
        patch.setattr("optimizer.solver.dense.BATCH", 1)
        slow = solve(problem, seed)

    assert slow.certificate.seal == by_flow(problem, seed).certificate.seal


def unstructured(scores, **changes):
    n, m = scores.shape
    plain = {"capacity": np.ones(m, int), "slot_price": np.zeros((m, 1), int), "open_price": np.full(n, 10**7)}
    nothing = {"case_terms": np.zeros((n, 1)), "practitioner_terms": np.zeros((m, 1))}
    return Problem(**(nothing | plain | changes), base_score=scores)


def table_of(kind, n):
    draw, index = np.random.default_rng(4), np.arange(1, n + 1)
    return {
        "all ties": np.full((n, n), 7),
        "0/1": draw.integers(0, 2, (n, n)),
        "0-99": draw.integers(0, 100, (n, n)),
        "Machol-Wien": np.outer(index, index),
        "sparse": np.where(draw.random((n, n)) < 0.05, draw.integers(0, 10**4, (n, n)), -1),
    }[kind]


@pytest.mark.parametrize("kind", ["all ties", "0/1", "0-99", "Machol-Wien", "sparse"])
def test_scores_without_structure_reach_the_objective_of_scipy(kind):
    scores = table_of(kind, 250)
    problem = unstructured(scores, open_price=10**7 + np.arange(250))
    worth = np.where(scores < 0, -problem.open_price[:, None], scores)

    solution = solve(problem)

    verify(problem, solution)
    assert solution.objective == worth[linear_sum_assignment(worth, maximize=True)].sum()


@pytest.mark.parametrize("engine", [solve, by_flow], ids=["one table", "flow"])
@pytest.mark.parametrize("few", [FEW, -1], ids=["lowest lots at first", "hardly any at first"])
def test_draw_among_many_level_pairs_has_the_least_sum_of_lots(engine, few, monkeypatch):
    monkeypatch.setattr("optimizer.solver.tie_break.FEW", few)
    problem = unstructured(table_of("all ties", 120), open_price=10**7 + np.arange(120))
    classes = merge_cases(problem)
    lot = TieBreaker(problem, classes, 5).of(*np.indices((120, 120)).reshape(2, -1)).reshape(120, 120)[classes.of_case]

    solution = engine(problem, 5)

    assert lot[solution.rows, solution.cols].sum() == lot[linear_sum_assignment(lot)].sum()


@pytest.mark.parametrize(
    ("problem", "chosen"),
    [
        (unstructured(np.full((600, 600), 3)), True),
        (city(600, 3000, 630, seed=7), False),
        (city(300, 1500, 315, seed=7), True),
        (city(300, 1500, 4500, seed=7), False),
        (unstructured(np.full((5, 5), 3), demand=np.array([1, 1, 2, 1, 1])), False),
        (unstructured(np.full((5, 5), 3), exclusive=(np.array([0, 1]),)), False),
        (unstructured(np.full((5, 5), 3), separate=np.array([[0, 1]])), False),
        (unstructured(np.full((5, 5), 3), institution=np.zeros(5, int), institution_capacity=np.array([4])), False),
        (unstructured(np.full((5, 5), 3), institution=np.zeros(5, int), institution_capacity=np.array([5])), True),
    ],
)
def test_one_table_is_chosen_by_the_problem_alone(problem, chosen):
    assert suits(problem) == chosen


def test_large_matrix_of_doubles_or_of_few_terms_is_one_table():
    doubles = city(600, 600, 600, seed=7)
    levels = doubles.practitioner_terms[np.arange(600) % 7]
    few = doubles.case_terms * (np.arange(doubles.case_terms.shape[1]) < 2)

    alike = Problem(doubles.case_terms, levels, np.ones(600, int), np.zeros((600, 1), int), doubles.open_price)
    plain = Problem(few, doubles.practitioner_terms, np.ones(600, int), np.zeros((600, 1), int), doubles.open_price)

    assert suits(alike)
    assert suits(plain)
