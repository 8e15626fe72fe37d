"""Cases that agree in everything become one node with supply."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import IntArray
from optimizer.problem import Problem

HARSH = -(2**20)

LEADING = 64
"""So many base scores tell most cases apart."""


@dataclass(frozen=True, eq=False)
class Classes:
    """
    A partition of the cases.

    Parameters
    ----------
    of_case : (n,) int64
        Class of each case.
    member : (c,) int64
        One case of each class, standing for all.
    count : (c,) int64, cases
        Size of each class.
    """

    of_case: IntArray
    member: IntArray
    count: IntArray


def merge_cases(problem: Problem) -> Classes:
    """
    Put cases together that have equal terms, demand and open price, and no fact of their own.

    Classes that share their hard rules get neighbouring numbers.
    """
    alone = np.zeros(problem.n, bool)
    alone[problem.bonus.rows] = alone[problem.barred.rows] = True
    alone[problem.separate.ravel()] = True
    alone |= problem.group >= 0
    facts = np.column_stack((problem.demand, problem.open_price, np.where(alone, np.arange(problem.n), -1)))
    terms = np.ascontiguousarray(problem.case_terms[:, np.argsort(~harsh_terms(problem), kind="stable")])
    base = problem.base_score if problem.dense else np.empty((problem.n, 0), np.float32)
    classes = _of_equal_rows(terms, facts, base[:, :LEADING])
    # Rows that differ in their beginnings keep their order; only where some agree is the rest of them read.
    alike = base.shape[1] > LEADING and classes.member.size < problem.n
    return _of_equal_rows(terms, facts, base) if alike else classes


def _of_equal_rows(*parts: NDArray[np.float32 | np.int64]) -> Classes:
    key = np.concatenate([np.ascontiguousarray(part).view(np.uint8) for part in parts], axis=1)
    whole_row = np.ascontiguousarray(key).view(np.dtype((np.void, key.shape[1]))).ravel()
    _, member, of_case, count = np.unique(whole_row, return_index=True, return_inverse=True, return_counts=True)
    return Classes(of_case, member, count)


def harsh_terms(problem: Problem) -> NDArray[np.bool_]:
    """Return which terms carry hard rules, (d,) bool: somebody's level is so low that no score survives it."""
    harsh: NDArray[np.bool_] = problem.practitioner_terms.min(axis=0, initial=0) <= HARSH
    return harsh


def deal(
    classes: Classes, turn: NDArray[np.uint64], rows: IntArray, cols: IntArray, units: IntArray
) -> tuple[IntArray, IntArray]:
    """
    Deal what a class received to its cases, a practitioner at most once to each.

    Parameters
    ----------
    classes : Classes
        The partition.
    turn : (n,) uint64
        Order in which the cases of a class are dealt to.
    rows, cols, units : (q,) int64
        Class, practitioner, and how many cases of the class the practitioner takes, at most all;
        dealt in this order within each class.

    Returns
    -------
    rows, cols : (units.sum(),) int64
        Pairs of case and practitioner, sorted by case, then practitioner.

    Notes
    -----
    Units of one practitioner lie side by side and are dealt round and round: no case gets two of them.
    """
    order = np.argsort(rows, kind="stable")
    taken_by, given = np.repeat(rows[order], units[order]), np.repeat(cols[order], units[order])
    place = np.arange(taken_by.size) - np.searchsorted(taken_by, taken_by)
    members = np.lexsort((turn, classes.of_case))
    start = np.cumsum(classes.count) - classes.count
    case = members[start[taken_by] + place % classes.count[taken_by]]
    final = np.lexsort((given, case))
    return case[final], given[final]
