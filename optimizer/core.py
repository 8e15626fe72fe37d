"""The core of a proven problem: the few pairs a plan near the optimum can use, searched exactly."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import inf
from typing import Any, NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from optimizer.bounds import unit_of
from optimizer.levers import Lever
from optimizer.pairs import IntArray, Pairs
from optimizer.problem import Problem
from optimizer.solution import Proof, Solution

CELLS = 2**20
"""Pairs looked at together: a few tens of megabytes."""

SPAN_LIMIT = 2**62
"""CP-SAT sums in int64; a search whose objective could span more is not begun."""


def near(problem: Problem, solution: Solution, gap: int) -> tuple[IntArray, IntArray, IntArray]:
    """
    Return rows, columns and scores of every pair that some plan of value within ``gap`` of the bound can use.

    Notes
    -----
    By weak duality a plan with a pair of reduced cost d is worth at most the bound less d; a pair ruled out on
    every leaf is in no such plan. Source: Nemhauser, Wolsey, *Integer and Combinatorial Optimization*, Wiley
    1988 (reduced cost fixing).
    """
    found = [tuple(np.empty(0, np.int64) for _ in range(3))]
    for rows in blocks(problem):
        scores = scores_of_rows(problem, rows)
        cost = np.min([_reduced(problem, leaf, rows, scores) for leaf in solution.certificate.leaves], axis=0)
        r, c = np.nonzero((cost <= gap) & (scores >= 0) & (problem.room > 0))
        found.append((rows[r], c, scores[r, c]))
    rows, cols, scores = (np.concatenate(part) for part in zip(*found, strict=True))
    return rows, cols, scores


def blocks(problem: Problem) -> Iterator[IntArray]:
    """Yield all rows, some neighbours at a time, so that their pairs fit in memory."""
    height = max(1, CELLS // max(problem.m, 1))
    yield from (np.arange(top, min(top + height, problem.n)) for top in range(0, problem.n, height))


def scores_of_rows(problem: Problem, rows: IntArray) -> IntArray:
    """Return the scores of neighbouring rows with everyone, (r, m) int64, -1 where barred."""
    scores: IntArray = (problem.case_terms[rows] @ problem.practitioner_terms.T).astype(np.int64)
    scores += problem.base_score[rows].astype(np.int64)
    for pairs, barred in ((problem.bonus, False), (problem.barred, True)):
        inside = slice(*np.searchsorted(pairs.rows, [rows[0], rows[-1] + 1]))
        at = pairs.rows[inside] - rows[0], pairs.cols[inside]
        scores[at] = -1 if barred else scores[at] + pairs.values[inside]
    return scores


def _reduced(problem: Problem, leaf: Proof, rows: IntArray, scores: IntArray) -> IntArray:
    cost = leaf.case_price[rows, None] + leaf.practitioner_price - scores
    prices = leaf.group_price
    for g, j, price in zip(prices.rows.tolist(), prices.cols.tolist(), prices.values.tolist(), strict=True):
        cost[problem.group[rows] == g, j] += price
    return cost


class Found(NamedTuple):
    """
    The best plan of a search.

    Parameters
    ----------
    rows, cols : (q,) int64
        Its pairs, sorted.
    bound : int or None
        No plan of the core is worth more by what the search maximises; None if nothing was found in time.
    proven : bool
        Whether the plan reaches the bound.
    """

    rows: IntArray
    cols: IntArray
    bound: int | None
    proven: bool


class Core:
    """
    Exact search by CP-SAT among the plans of value within ``gap`` of the bound, on the pairs they can use.

    Parameters
    ----------
    problem : Problem
        The problem that was solved.
    lever : Lever
        The second criterion.
    solution : Solution
        The optimal plan, with the prices that rule pairs out.
    gap : int, points, >= 0
        How far below the bound a plan may lie.
    among : Pairs, optional
        Look only at plans of these pairs; what is found is then a beginning, and its bound means nothing.
    """

    def __init__(
        self, problem: Problem, lever: Lever, solution: Solution, gap: int, among: Pairs | None = None
    ) -> None:
        self.problem, self.floor = problem, solution.bound - gap
        dear = np.min([leaf.case_price for leaf in solution.certificate.leaves], axis=0) + problem.open_price
        self._most_open = np.where(dear > 0, gap // np.maximum(dear, 1), problem.demand)
        rows, cols, scores = near(problem, solution, gap)
        if among is not None:
            looked_at = np.isin(rows * problem.m + cols, among.rows * problem.m + among.cols)
            rows, cols, scores = rows[looked_at], cols[looked_at], scores[looked_at]
        self.rows, self.cols = rows, cols
        self.model = cp_model.CpModel()
        self.used = [self.model.new_bool_var("") for _ in self.rows]
        units = _units(problem, lever, self.rows, self.cols)
        self.terms: list[tuple[Any, int, int]] = [*zip(self.used, scores.tolist(), units.tolist(), strict=True)]
        self.constant = 0
        self.missing: list[tuple[Any, int]] = []
        self.slots: dict[int, list[Any]] = {}
        self._meet_demand()
        self._fill_slots(lever)
        self._keep_limits()
        self._keep_apart()

    def best(self, value: int, gain: int, known: Pairs, least_gain: int | None = None, patience: float = inf) -> Found:
        """
        Return the plan with the most ``value`` times its value and ``gain`` times its gain from the lever.

        Parameters
        ----------
        value, gain : int
            What a point of either counts.
        known : Pairs
            A plan to start from; it is returned where none is found in time.
        least_gain : int, optional
            No plan that gains less is looked at, nor one below the gap.
        patience : float, default without end
            Deterministic time the search may take, the same on every machine.
        """
        if least_gain is not None:
            self.model.add(_sum((var, points) for var, points, _ in self.terms) >= self.floor - self.constant)
            self.model.add(_sum((var, points) for var, _, points in self.terms) >= least_gain)
        self.model.maximize(_sum((var, value * points + gain * more) for var, points, more in self.terms))
        self._start_from(known)
        solver = cp_model.CpSolver()
        # Without opposing sides and bounds the relaxation is a flow, so its corners are whole.
        solver.parameters.linearization_level, solver.parameters.symmetry_level = 2, 0
        solver.parameters.num_workers, solver.parameters.max_deterministic_time = 1, patience
        span = sum(abs(value * points + gain * more) * var.proto.domain[-1] for var, points, more in self.terms)
        status = solver.solve(self.model) if span < SPAN_LIMIT else cp_model.UNKNOWN
        if status == cp_model.UNKNOWN:
            return Found(known.rows, known.cols, None, False)
        # The bound is a float64: beyond 2**53 it may be rounded down, by no more than is added.
        bound = round(solver.best_objective_bound) + value * self.constant + (span >> 50)
        chosen = np.array([solver.boolean_value(var) for var in self.used], bool)
        return Found(self.rows[chosen], self.cols[chosen], bound, status == cp_model.OPTIMAL)

    def _start_from(self, known: Pairs) -> None:
        """Hint a whole plan: its pairs, the slots they fill, and what they leave open."""
        m, problem = self.problem.m, self.problem
        held = np.isin(self.rows * m + self.cols, known.rows * m + known.cols)
        for var, here in zip(self.used, held.tolist(), strict=True):
            self.model.add_hint(var, here)
        load = np.bincount(known.cols, minlength=m)
        for j, slots in self.slots.items():
            for step, slot in enumerate(slots):
                self.model.add_hint(slot, step < load[j])
        unmet = problem.demand - np.bincount(known.rows, minlength=problem.n)
        for i, (missing, lacking) in enumerate(self.missing):
            self.model.add_hint(missing, int(unmet[i]) - lacking)

    def _meet_demand(self) -> None:
        """Each case has its practitioners, or is open at its price."""
        pairs = _by(self.used, self.rows)
        for i, demand in enumerate(self.problem.demand.tolist()):
            price, mine = int(self.problem.open_price[i]), pairs[i]
            lacking = max(demand - len(mine), 0)
            self.constant -= price * lacking
            most = int(np.clip(self._most_open[i] - lacking, 0, demand - lacking))
            missing = self.model.new_int_var(0, most, "")
            self.model.add(sum(mine) + missing == demand - lacking)
            self.missing.append((missing, lacking))
            self.terms.append((missing, -price, 0))

    def _fill_slots(self, lever: Lever) -> None:
        """The slots of a practitioner are filled one after the other."""
        last = self.problem.slot_price.shape[1] - 1
        for j, mine in _by(self.used, self.cols).items():
            slots = [self.model.new_bool_var("") for _ in range(min(int(self.problem.room[j]), len(mine)))]
            self.slots[j] = slots
            self.model.add(sum(mine) == sum(slots))
            for step, slot in enumerate(slots):
                at = j, min(step, last)
                self.terms.append((slot, -int(self.problem.slot_price[at]), -int(lever.slot_price[at])))
            for one, following in pairwise(slots):
                self.model.add_implication(following, one)

    def _keep_limits(self) -> None:
        """No institution takes more than it has room for, and nobody two cases of one group."""
        problem = self.problem
        for k, mine in _by(self.used, problem.institution[self.cols]).items():
            if k >= 0:
                self.model.add(sum(mine) <= int(problem.institution_capacity[k]))
        group = problem.group[self.rows]
        for key, mine in _by(self.used, np.where(group >= 0, group * problem.m + self.cols, -1)).items():
            if key >= 0:
                self.model.add_at_most_one(mine)

    def _keep_apart(self) -> None:
        """Opposing sides share no unit: it belongs to the one side or to the other."""
        units = unit_of(self.problem)[self.cols]
        for one, other in self.problem.separate.tolist():
            sides = [_by(self.used, np.where(self.rows == i, units, -1)) for i in (one, other)]
            for unit in (sides[0].keys() & sides[1].keys()) - {-1}:
                owner = self.model.new_bool_var("")
                for side, literal in zip(sides, (owner, owner.negated()), strict=True):
                    for var in side[unit]:
                        self.model.add_implication(var, literal)


def _by(used: list[Any], keys: IntArray) -> defaultdict[int, list[Any]]:
    """The variables by key."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for var, key in zip(used, keys.tolist(), strict=True):
        found[key].append(var)
    return found


def _sum(terms: Iterable[tuple[Any, int]]) -> Any:
    listed = list(terms)
    return cp_model.LinearExpr.weighted_sum([var for var, _ in listed], [points for _, points in listed])


def _units(problem: Problem, lever: Lever, rows: IntArray, cols: IntArray) -> IntArray:
    """What each pair gains for a point of the lever."""
    exact = np.einsum("qd,qd->q", problem.case_terms[rows], lever.practitioner_terms[cols], dtype=np.float64)
    units: IntArray = exact.astype(np.int64) + lever.bonus.at(rows, cols)
    return units
