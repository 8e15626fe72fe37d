"""Levers: what one point more of a weight or a price does to a problem, and what a plan is worth to it."""

from dataclasses import dataclass, replace

import numpy as np

from optimizer.bounds import scores_of
from optimizer.pairs import NO_PAIRS, IntArray, Pairs
from optimizer.problem import Problem, TermArray


@dataclass(frozen=True, eq=False)
class Lever:
    """
    A criterion that can count more or less; the value of every plan is linear in how much it counts.

    Parameters
    ----------
    practitioner_terms : (m, d) float32, whole
        Added to the levels of each practitioner by one point of the lever.
    slot_price : (m, k) int64, points, not decreasing along k
        Added to the slot prices by one point.
    bonus : Pairs, points
        Added to the scores of single pairs by one point.
    """

    practitioner_terms: TermArray
    slot_price: IntArray
    bonus: Pairs = NO_PAIRS


def lever_between(less: Problem, more: Problem) -> Lever:
    """Return what leads from one problem to another that differs from it by one point of a weight or price."""
    rows, cols = (
        np.concatenate(axes) for axes in ((more.bonus.rows, less.bonus.rows), (more.bonus.cols, less.bonus.cols))
    )
    return Lever(
        more.practitioner_terms - less.practitioner_terms,
        more.slot_price - less.slot_price,
        Pairs(rows, cols, np.append(more.bonus.values, -less.bonus.values)),
    )


def staying(problem: Problem, rows: IntArray, cols: IntArray) -> Lever:
    """Return the lever that counts the arranged pairs a plan keeps; one no rule allows any more counts nothing."""
    terms = problem.case_terms[rows], problem.practitioner_terms[cols]
    base = problem.base_score[rows, cols]
    legal = np.einsum("qd,qd->q", *terms) + base + problem.bonus.at(rows, cols) >= 0
    kept = Pairs(rows[legal], cols[legal], np.ones(np.count_nonzero(legal), np.int64))
    return Lever(np.zeros_like(problem.practitioner_terms), np.zeros_like(problem.slot_price), kept)


def moved(problem: Problem, lever: Lever, by: int) -> Problem:
    """Return the problem with the lever moved by so many points."""
    bonus, more = problem.bonus, lever.bonus
    rows, cols = np.append(bonus.rows, more.rows), np.append(bonus.cols, more.cols)
    return replace(
        problem,
        practitioner_terms=problem.practitioner_terms + np.float32(by) * lever.practitioner_terms,
        slot_price=problem.slot_price + by * lever.slot_price,
        bonus=Pairs(rows, cols, np.append(bonus.values, by * more.values)),
    )


def worth(problem: Problem, lever: Lever, rows: IntArray, cols: IntArray) -> int:
    """Return by how much a plan gains for each point of the lever."""
    terms, levels = problem.case_terms[rows], lever.practitioner_terms[cols]
    score = int(np.einsum("qd,qd->", terms.astype(np.float64), levels.astype(np.float64)))
    load = np.bincount(cols, minlength=problem.m)
    return score + int(lever.bonus.at(rows, cols).sum()) - slots_cost(lever.slot_price, load)


def value_of(problem: Problem, rows: IntArray, cols: IntArray) -> int:
    """Return what a legal plan is worth: scores, less slot prices, less open prices."""
    unmet = problem.demand - np.bincount(rows, minlength=problem.n)
    load = np.bincount(cols, minlength=problem.m)
    return (
        int(scores_of(problem, rows, cols).sum())
        - slots_cost(problem.slot_price, load)
        - int(unmet @ problem.open_price)
    )


def slots_cost(price: IntArray, load: IntArray) -> int:
    """Return what so many slots of each practitioner cost, the cheapest first."""
    steps = price.shape[1]
    inside = np.where(np.arange(steps) < load[:, None], price, 0).sum()
    return int(inside) + int(np.maximum(load - steps, 0) @ price[:, -1])
