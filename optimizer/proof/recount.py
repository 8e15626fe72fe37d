"""Scores counted anew from what they are made of; shares no code with what made the problem."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from optimizer.pairs import IntArray, Pairs
from optimizer.problem import Problem
from optimizer.proof.verify import CertificateError

AT_ONCE = 64
"""Cases counted together: a few tens of megabytes beside a large roster."""


class PointTable(NamedTuple):
    """
    Points of one criterion.

    Parameters
    ----------
    key : (n,) int64
        Which row of the table is a case's.
    points : (k, m) int64
        What each practitioner is worth by it.
    """

    key: IntArray
    points: IntArray


def recount(problem: Problem, tables: Sequence[PointTable], extra: Pairs, refusal: int) -> None:
    """
    Check that a problem holds the scores that follow from these tables, and no others.

    Parameters
    ----------
    problem : Problem
        Whose scores are in doubt.
    tables : sequence of PointTable
        One for each criterion that all pairs have; what they give is summed.
    extra : Pairs
        Points that single pairs have beside these.
    refusal : int
        What one refusal takes off a score: more than all tables together can give.

    Raises
    ------
    CertificateError
        If any pair is worth something else. One that is refused may be worth less by whole refusals alone; one
        that is barred, or whose practitioner takes no case, has nothing extra.
    """
    if extra.size and (extra.rows.max() >= problem.n or extra.cols.max() >= problem.m):
        raise CertificateError("the facts are about other cases or people than the proof")
    if problem.dense:
        raise CertificateError("the problem holds scores that no table gives")
    names = problem.practitioner_terms.T.astype(np.float64)
    for top in range(0, problem.n, AT_ONCE):
        rows = np.arange(top, min(top + AT_ONCE, problem.n))
        # Whole numbers below 2**24 times one: exact in float64 in any order.
        found = np.rint(problem.case_terms[rows].astype(np.float64) @ names).astype(np.int64)
        wanted = np.zeros_like(found)
        for table in tables:
            wanted += table.points[table.key[rows]]
        off = wanted - found
        wrong = np.where(found >= 0, off != 0, (off <= 0) | (off % refusal != 0))
        if wrong.any():
            i, j = (int(at[0]) for at in np.nonzero(wrong))
            raise CertificateError(f"case {top + i} and practitioner {j}: the facts give another score")
        _check_extra(problem, extra, rows, found)
    if not np.isin(_keys(problem.bonus, problem.m), _keys(extra, problem.m)).all():
        raise CertificateError("a pair has points that the facts do not give")


def _check_extra(problem: Problem, extra: Pairs, rows: IntArray, found: IntArray) -> None:
    first, last = np.searchsorted(extra.rows, [rows[0], rows[-1] + 1])
    at, cols = extra.rows[first:last], extra.cols[first:last]
    given, wanted = problem.bonus.at(at, cols), extra.values[first:last]
    barred = np.isin(at * problem.m + cols, _keys(problem.barred, problem.m))
    out = (found[at - rows[0], cols] < 0) | barred | (problem.capacity[cols] == 0)
    if (np.where(out, (given != 0) & (given != wanted), given != wanted)).any():
        raise CertificateError("a wish or an earlier counsel counts for other points than the facts give")


def _keys(pairs: Pairs, m: int) -> IntArray:
    listed: IntArray = pairs.rows * m + pairs.cols
    return listed


def checked_table(key: IntArray, points: IntArray, n: int, m: int) -> PointTable:
    """Return a table that fits a problem of so many cases and practitioners, or refuse it."""
    if not np.issubdtype(points.dtype, np.integer):
        raise CertificateError("the facts and the policy give points that are not whole")
    if key.shape != (n,) or points.ndim != 2 or points.shape[1] != m:
        raise CertificateError("the facts are about other cases or people than the proof")
    if key.size and not 0 <= int(key.min()) <= int(key.max()) < len(points):
        raise CertificateError("a case has a value that no table knows")
    return PointTable(key, points)
