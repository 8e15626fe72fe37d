"""Scores counted anew from tables of points: what the tables do not give, or cannot be about, is refused."""

import dataclasses

import numpy as np
import pytest

from optimizer import Pairs, Problem
from optimizer.pairs import no_pairs
from optimizer.proof.recount import checked_table, recount
from optimizer.proof.verify import CertificateError

REFUSAL = 1000
POINTS = np.array([[3, 5], [7, 0]])
PROBLEM = Problem(
    case_terms=np.array([[1, 0], [0, 1]], np.float32),
    practitioner_terms=POINTS.T.astype(np.float32),
    capacity=np.array([1, 1]),
    slot_price=np.zeros((2, 1), np.int64),
    open_price=np.array([9, 9]),
    bonus=Pairs(np.array([0]), np.array([1]), np.array([4])),
)
TABLE = checked_table(np.array([0, 1]), POINTS, 2, 2)
EXTRA = PROBLEM.bonus


def test_scores_that_follow_from_the_tables_pass():
    recount(PROBLEM, [TABLE], EXTRA, REFUSAL)


@pytest.mark.parametrize(
    ("problem", "table", "extra"),
    [
        (PROBLEM, TABLE._replace(points=POINTS + 1), EXTRA),
        (PROBLEM, TABLE, no_pairs()),
        (PROBLEM, TABLE, Pairs(np.array([0]), np.array([1]), np.array([5]))),
        (PROBLEM, TABLE, Pairs(np.array([2]), np.array([1]), np.array([4]))),
        (dataclasses.replace(PROBLEM, base_score=np.ones((2, 2), np.float32)), TABLE, EXTRA),
    ],
    ids=["other points", "points of nobody's", "other extra", "a case there is not", "scores of no table"],
)
def test_any_other_score_is_refused(problem, table, extra):
    with pytest.raises(CertificateError):
        recount(problem, [table], extra, REFUSAL)


@pytest.mark.parametrize(
    ("key", "points"),
    [([0, 1], POINTS / 2), ([0], POINTS), ([0, 1], POINTS[:, :1]), ([0, 2], POINTS), ([-1, 0], POINTS)],
    ids=["halves", "fewer cases", "fewer people", "no such row", "a row before the first"],
)
def test_table_that_does_not_fit_is_refused(key, points):
    with pytest.raises(CertificateError):
        checked_table(np.array(key), points, 2, 2)
