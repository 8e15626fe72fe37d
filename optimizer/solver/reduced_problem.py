"""The reduced problem of a proof: the few pairs a plan near the optimum can use, searched exactly."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from math import inf
from typing import Any, NamedTuple

import numpy as np

from optimizer.pairs import IntArray, Pairs
from optimizer.perturbation import Perturbation
from optimizer.problem import Problem
from optimizer.proof.bounds import unit_of
from optimizer.solution import Solution
from optimizer.solver import cp_sat
from optimizer.solver.reduced_costs import near, near_among

SPAN_LIMIT = 2**62
"""CP-SAT sums in int64; a search whose objective could span more is not begun."""


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


class ReducedProblem:
    """
    Exact search by CP-SAT among the plans of value within ``gap`` of the bound, on the pairs they can use.

    Parameters
    ----------
    problem : Problem
        The problem that was solved.
    perturbation : Perturbation
        The second criterion.
    solution : Solution
        The optimal plan, with the prices that rule pairs out.
    gap : int, points, >= 0
        How far below the bound a plan may lie.
    among : Pairs, optional
        Look only at plans of these pairs; what is found is then a beginning, and its bound means nothing.

    Notes
    -----
    Variables and limits are made in the order of the keys, so the order of rows and columns means nothing.
    """

    def __init__(
        self, problem: Problem, perturbation: Perturbation, solution: Solution, gap: int, among: Pairs | None = None
    ) -> None:
        self.problem, self.floor = problem, solution.bound - gap
        dear = np.min([leaf.case_price for leaf in solution.certificate.leaves], axis=0) + problem.open_price
        self._most_open = np.where(dear > 0, gap // np.maximum(dear, 1), problem.demand)
        rows, cols, scores = (
            near(problem, solution, gap) if among is None else near_among(problem, solution, gap, among)
        )
        order = np.lexsort((problem.practitioner_key[cols], problem.case_key[rows]))
        self.rows, self.cols, scores = rows[order], cols[order], scores[order]
        self.model = cp_sat.CpModel()
        self.used = [self.model.new_bool_var("") for _ in self.rows]
        units = _units(problem, perturbation, self.rows, self.cols)
        self.terms: list[tuple[Any, int, int]] = [*zip(self.used, scores.tolist(), units.tolist(), strict=True)]
        self.constant = 0
        self.missing: list[tuple[int, Any, int]] = []
        self.slots: dict[int, list[Any]] = {}
        self._meet_demand()
        self._fill_slots(perturbation)
        self._keep_limits()
        self._keep_apart()

    def best(self, value: int, gain: int, known: Pairs, min_gain: int | None = None, patience: float = inf) -> Found:
        """
        Return the plan with the most ``value`` times its value and ``gain`` times its gain from the perturbation.

        Parameters
        ----------
        value, gain : int
            What a point of either counts.
        known : Pairs
            A plan to start from; it is returned where none is found in time.
        min_gain : int, optional
            No plan that gains less is looked at, nor one below the gap.
        patience : float, default without end
            Deterministic time the search may take, the same on every machine.
        """
        if min_gain is not None:
            self.model.add(_sum((var, points) for var, points, _ in self.terms) >= self.floor - self.constant)
            self.model.add(_sum((var, points) for var, _, points in self.terms) >= min_gain)
        self.model.maximize(_sum((var, value * points + gain * more) for var, points, more in self.terms))
        self._start_from(known)
        solver = cp_sat.CpSolver()
        # Without opposing sides and bounds the relaxation is a flow, so its corners are whole and worth the time.
        solver.parameters.linearization_level = 1 if len(self.problem.separate) else 2
        solver.parameters.symmetry_level = 0
        solver.parameters.num_workers, solver.parameters.max_deterministic_time = 1, patience
        span = sum(abs(value * points + gain * more) * var.proto.domain[-1] for var, points, more in self.terms)
        status = solver.solve(self.model) if span < SPAN_LIMIT else cp_sat.UNKNOWN
        if status == cp_sat.UNKNOWN:
            return Found(known.rows, known.cols, None, False)
        # The bound is a float64: beyond 2**53 it may be rounded down, by no more than is added.
        bound = round(solver.best_objective_bound) + value * self.constant + (span >> 50)
        chosen = np.array([solver.boolean_value(var) for var in self.used], bool)
        rows, cols = self.rows[chosen], self.cols[chosen]
        order = np.lexsort((cols, rows))
        return Found(rows[order], cols[order], bound, status == cp_sat.OPTIMAL)

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
        for i, missing, lacking in self.missing:
            self.model.add_hint(missing, int(unmet[i]) - lacking)

    def _meet_demand(self) -> None:
        """Each case has its practitioners, or is open at its price."""
        pairs = _by(self.used, self.rows.tolist())
        for i in np.argsort(self.problem.case_key).tolist():
            price, demand, mine = int(self.problem.open_price[i]), int(self.problem.demand[i]), pairs[i]
            lacking = max(demand - len(mine), 0)
            self.constant -= price * lacking
            most = int(np.clip(self._most_open[i] - lacking, 0, demand - lacking))
            missing = self.model.new_int_var(0, most, "")
            self.model.add(sum(mine) + missing == demand - lacking)
            self.missing.append((i, missing, lacking))
            self.terms.append((missing, -price, 0))

    def _fill_slots(self, perturbation: Perturbation) -> None:
        """The slots of a practitioner are filled one after the other; where all cost the same, each pair pays."""
        last = self.problem.slot_price.shape[1] - 1
        for j, mine in _by(self.used, self.cols.tolist()).items():
            room = min(int(self.problem.room[j]), len(mine))
            steps = np.minimum(np.arange(room), last)
            prices = list(zip(-self.problem.slot_price[j, steps], -perturbation.slot_price[j, steps], strict=True))
            if len(set(prices)) == 1:
                self.model.add(sum(mine) <= room)
                self._pay((var, prices[0]) for var in mine)
                continue
            self.slots[j] = [self.model.new_bool_var("") for _ in prices]
            self.model.add(sum(mine) == sum(self.slots[j]))
            self._pay(zip(self.slots[j], prices, strict=True))
            for one, following in pairwise(self.slots[j]):
                self.model.add_implication(following, one)

    def _pay(self, prices: Iterable[tuple[Any, tuple[int, int]]]) -> None:
        self.terms += [(var, int(points), int(gain)) for var, (points, gain) in prices]

    def _keep_limits(self) -> None:
        """No institution takes more than it has room for, and nobody two cases of one group."""
        problem = self.problem
        for k, mine in _by(self.used, problem.institution[self.cols].tolist()).items():
            if k >= 0:
                self.model.add(sum(mine) <= int(problem.institution_capacity[k]))
        group = problem.group[self.rows]
        places = np.where(group >= 0, group * problem.m + self.cols, -1)
        for key, mine in _by(self.used, places.tolist()).items():
            if key >= 0:
                self.model.add_at_most_one(mine)

    def _keep_apart(self) -> None:
        """Opposing sides share no unit: it belongs to the one side or to the other."""
        units, key = unit_of(self.problem)[self.cols], self.problem.case_key
        places = _by(self.used, list(zip(self.rows.tolist(), units.tolist(), strict=True)))
        units_of = _by([unit for _, unit in places], [case for case, _ in places])
        apart = np.take_along_axis(self.problem.separate, np.argsort(key[self.problem.separate], axis=1), axis=1)
        for one, other in apart[np.lexsort(key[apart].T)].tolist():
            for unit in units_of[one]:
                if (other, unit) in places:
                    self._own((one, places[one, unit]), (other, places[other, unit]))

    def _own(self, *sides: tuple[int, list[Any]]) -> None:
        """A unit has one of two cases at most; one that needs a single practitioner has one there at most anyway."""
        if all(self.problem.demand[case] == 1 for case, _ in sides):
            self.model.add_at_most_one(var for _, mine in sides for var in mine)
            return
        owner = self.model.new_bool_var("")
        for (_, mine), literal in zip(sides, (owner, owner.negated()), strict=True):
            for var in mine:
                self.model.add_implication(var, literal)


def _by(used: Iterable[Any], keys: Iterable[Any]) -> defaultdict[Any, list[Any]]:
    """The variables by key, keys in the order in which they come."""
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    for var, key in zip(used, keys, strict=True):
        found[key].append(var)
    return found


def _sum(terms: Iterable[tuple[Any, int]]) -> Any:
    listed = list(terms)
    return cp_sat.LinearExpr.weighted_sum([var for var, _ in listed], [points for _, points in listed])


def _units(problem: Problem, perturbation: Perturbation, rows: IntArray, cols: IntArray) -> IntArray:
    """What each pair gains for a point of the perturbation."""
    exact = np.einsum("qd,qd->q", problem.case_terms[rows], perturbation.practitioner_terms[cols], dtype=np.float64)
    units: IntArray = exact.astype(np.int64) + perturbation.bonus.at(rows, cols)
    return units
