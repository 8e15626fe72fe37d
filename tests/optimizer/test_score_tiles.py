"""Work cut into tiles gives what one look at the whole table gives, also when threads share it."""

import numpy as np
import pytest

from optimizer import Problem
from optimizer.analysis.alternatives import alone
from optimizer.solver.score_tiles import TILE_CELLS
from optimizer.solver.scoring import ScoreSheet


def a_large_sheet(check):
    """More pairs than one thread is given, each with a score of its own."""
    n, m = 2100, 4000
    draw = np.random.default_rng(5)
    problem = Problem(
        draw.integers(1, 100, (n, 2)).astype(np.float32),
        draw.integers(1, 100, (m, 2)).astype(np.float32),
        np.ones(m, int),
        np.zeros((m, 1), int),
        np.zeros(n, int),
    )
    assert n * m >= 4 * TILE_CELLS
    return problem, ScoreSheet(problem, alone(problem), check)


def test_best_pairs_of_each_case_come_back_in_order_from_many_threads():
    problem, sheet = a_large_sheet(lambda: None)

    best, _ = sheet.best(np.ones(problem.n, int), np.zeros(problem.m, int))

    most = (problem.case_terms @ problem.practitioner_terms.T).max(axis=1)
    assert np.array_equal(np.unique(best.rows), np.arange(problem.n))
    assert np.array_equal(np.maximum.reduceat(best.values, np.searchsorted(best.rows, np.arange(problem.n))), most)


def test_check_that_stops_the_work_is_heard_from_a_thread():
    def stop():
        raise TimeoutError

    problem, sheet = a_large_sheet(stop)

    with pytest.raises(TimeoutError):
        sheet.best(np.ones(problem.n, int), np.zeros(problem.m, int))
