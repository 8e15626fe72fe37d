"""Why a case is open: the cut that shuts it in, and what its cheapest repair would be."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.alternatives import Alternatives, on_leaf
from optimizer.analysis.explain import allowed_pairs
from optimizer.analysis.slots import slot_values
from optimizer.pairs import IntArray
from optimizer.problem import Problem
from optimizer.proof.bounds import scores_of
from optimizer.solution import Solution
from optimizer.solver.solve import solve


class Cut(NamedTuple):
    """
    Cases that can only go to a few practitioners who have too few slots together (Hall's violator).

    Parameters
    ----------
    cases : (r,) int64
        The cases shut in, the asked one among them.
    practitioners : (s,) int64
        All who may take any of them.
    slots : int
        Cases these practitioners have taken, which is all they can.
    shortage : int
        Demand of the cases beyond those slots.
    by_price : bool
        True if a slot is free after all, so that the case is open because it costs more than it is worth.
    """

    cases: IntArray
    practitioners: IntArray
    slots: int
    shortage: int
    by_price: bool


class Repair(NamedTuple):
    """The slot that would help the whole day most: one more for ``practitioner`` is worth ``gain`` points."""

    practitioner: int
    gain: int


def blocking_cut(answers: Alternatives, i: int) -> Cut:
    """
    Return the cut around an open case.

    Parameters
    ----------
    answers : Alternatives
        The plan's residual paths.
    i : int
        A case with unmet demand.

    Raises
    ------
    ValueError
        If the case is not open.

    Notes
    -----
    From the open case to all its eligible practitioners, from them to the cases they hold, and so on. If no
    practitioner reached has a slot left, the cases reached outnumber the slots (P. Hall, 1935).
    """
    if answers.plan.open[i] == 0:
        raise ValueError(f"case {i} is not open; a cut stands only around an open case")
    problem = on_leaf(answers.whole, answers.plan.certificate.proof)
    cases, reached = {i}, np.zeros(problem.m, bool)
    fresh = [i]
    while fresh:
        new = np.zeros(problem.m, bool)
        for row in fresh:
            new |= _able(problem, row)
        new &= ~reached
        reached |= new
        held = answers.plan.rows[np.isin(answers.plan.cols, _sharing(problem, new))]
        fresh = sorted(set(held.tolist()) - cases)
        cases.update(fresh)
    cases.update(i for i in np.flatnonzero(answers.plan.open).tolist() if not _able(problem, i)[~reached].any())
    return _cut(problem, answers.plan, np.array(sorted(cases)), np.flatnonzero(reached))


def cheapest_repair(answers: Alternatives, cut: Cut) -> Repair | None:
    """Return the practitioner of the cut whose next slot is worth most, or None if no single slot helps."""
    values, best = slot_values(answers), Repair(-1, 0)
    most, exact = values.gain[cut.practitioners], values.gain_exact[cut.practitioners]
    for at in np.argsort(-most, kind="stable").tolist():
        if most[at] <= best.gain:
            break
        j = int(cut.practitioners[at])
        gain = int(most[at]) if exact[at] else _gain(answers, j)
        best = max(best, Repair(j, gain), key=lambda repair: repair.gain)
    return best if best.gain else None


def _gain(answers: Alternatives, j: int) -> int:
    """What one more slot of a practitioner is worth, by solving again."""
    capacity = answers.whole.capacity.copy()
    capacity[j] += 1
    after = solve(replace(answers.whole, capacity=capacity), answers.plan.certificate.seed)
    return after.objective - answers.plan.objective


def relaxation_gains(problem: Problem, objective: int, rules: dict[str, IntArray]) -> dict[str, int]:
    """
    Return what the day would gain if one class of hard rules did not exist.

    Parameters
    ----------
    problem : Problem
        The instance.
    objective : int, points
        Value of its optimal plan.
    rules : dict of (t,) int64
        Columns of the terms by which each rule bars pairs.

    Notes
    -----
    Each rule is a question of its own and is answered by solving again without its columns.
    """
    return {name: solve(_without(problem, columns)).objective - objective for name, columns in rules.items()}


def _without(problem: Problem, columns: IntArray) -> Problem:
    terms = problem.case_terms.copy()
    terms[:, columns] = 0
    return replace(problem, case_terms=terms)


def _able(problem: Problem, i: int) -> NDArray[np.bool_]:
    return allowed_pairs(problem, i, scores_of(problem, np.full(problem.m, i), np.arange(problem.m)))


def _sharing(problem: Problem, cols: NDArray[np.bool_]) -> IntArray:
    """The practitioners and, where an institution is capped, their colleagues, who compete for its slots."""
    institutions = np.setdiff1d(problem.institution[cols], [-1])
    return np.flatnonzero(cols | np.isin(problem.institution, institutions))


def _cut(problem: Problem, plan: Solution, cases: IntArray, practitioners: IntArray) -> Cut:
    load = np.bincount(plan.cols, minlength=problem.m)
    caps = np.append(problem.institution_capacity, problem.n)
    taken = _taken(problem, plan)
    free = (load < problem.room) & (taken[problem.institution] < caps[problem.institution])
    slots = int(load[practitioners].sum())
    shortage = int(plan.open[cases].sum())
    return Cut(cases, practitioners, slots, shortage, bool(free[practitioners].any()))


def _taken(problem: Problem, plan: Solution) -> IntArray:
    of = problem.institution[plan.cols]
    return np.append(np.bincount(of[of >= 0], minlength=problem.p), 0)
