"""Exact search by CP-SAT among plans of some pairs that keep a gap."""

from collections import defaultdict
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.parity.equality import Equality
from optimizer.pairs import IntArray
from optimizer.solver import cp_sat

Mask = NDArray[np.bool_]


class Searched(NamedTuple):
    """
    What a search among some pairs came to.

    Parameters
    ----------
    used : (q,) bool or None
        The best plan that was found.
    bound : int or None
        No plan of these pairs is worth more; None if nothing is known.
    none : bool
        Whether it is proven that these pairs have no plan.
    took : float
        Deterministic time.
    """

    used: Mask | None
    bound: int | None
    none: bool
    took: float


def search(equality: Equality, kept: Mask, hint: Mask, patience: float) -> Searched:
    """Return the best plan of the kept pairs, as far as it is found in a deterministic time."""
    part = _Part(equality, kept)
    for variable, used in zip(part.take, hint[part.at].tolist(), strict=True):
        part.model.add_hint(variable, used)
    solver = cp_sat.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, 1
    solver.parameters.linearization_level, solver.parameters.symmetry_level = 2, 0
    solver.parameters.max_deterministic_time = patience
    status = solver.solve(part.model)
    took = float(solver.response_proto.deterministic_time)
    if status not in (cp_sat.OPTIMAL, cp_sat.FEASIBLE):
        return Searched(None, None, status == cp_sat.INFEASIBLE, took)
    used = np.zeros(kept.size, bool)
    used[part.at] = [solver.boolean_value(variable) for variable in part.take]
    pairs = equality.pairs
    return Searched(used, pairs.least + pairs.step * round(solver.best_objective_bound), False, took)


class _Part:
    """The model of some pairs."""

    def __init__(self, equality: Equality, kept: Mask) -> None:
        self.equality, self.pairs, self.at = equality, equality.pairs, np.flatnonzero(kept)
        self.model = cp_sat.CpModel()
        self.take = [self.model.new_bool_var("") for _ in self.at]
        self._meet_demand()
        self._keep_limits()
        self._keep_apart()
        self._keep_gap()
        worth = (self.pairs.scores - self.pairs.base[self.pairs.place])[self.at] // self.pairs.step
        self.model.maximize(_sum(self.take, worth))

    def _meet_demand(self) -> None:
        mine: defaultdict[int, list[Any]] = defaultdict(list)
        for place, variable in zip(self.pairs.place[self.at].tolist(), self.take, strict=True):
            mine[place].append(variable)
        for place, demand in enumerate(self.pairs.demand.tolist()):
            self.model.add(_sum(mine[place], np.ones(len(mine[place]), np.int64)) == demand)

    def _keep_limits(self) -> None:
        rows = self.pairs.limits[:, self.at].tocsr()
        totals = np.asarray(rows.sum(axis=1)).reshape(-1)
        for k in np.flatnonzero(totals > self.pairs.most).tolist():
            inside = slice(rows.indptr[k], rows.indptr[k + 1])
            variables = [self.take[at] for at in rows.indices[inside].tolist()]
            if self.pairs.most[k] == 1:
                self.model.add_at_most_one(variables)
            else:
                self.model.add(_sum(variables, rows.data[inside]) <= int(self.pairs.most[k]))

    def _keep_apart(self) -> None:
        """A unit has one of two opposing cases; where both need one practitioner, the limits say so already."""
        place, unit = self.pairs.place[self.at], self.pairs.unit[self.at]
        for sides in self.pairs.opposing:
            if all(self.pairs.demand[side] == 1 for side in sides):
                continue
            shared = np.intersect1d(*(unit[place == side] for side in sides))
            for each in shared.tolist():
                owner = self.model.new_bool_var("")
                for side, literal in zip(sides, (owner, owner.negated()), strict=True):
                    for at in np.flatnonzero((place == side) & (unit == each)).tolist():
                        self.model.add_implication(self.take[at], literal)

    def _keep_gap(self) -> None:
        """Sums of figures as variables, in units they are multiples of; then two of them a row."""
        seats = self.equality.seats.tolist()
        sums = [self._sum_of(*group) for group in zip(self.equality.inside, seats, strict=True)]
        for (one, unit, m), (other, step, n) in combinations(sums, 2):
            weights, most = np.array([n * unit, -m * step]), self.equality.gap * m * n
            common = int(np.gcd.reduce(weights))
            row = _sum([one, other], weights // common)
            self.model.add_linear_constraint(row, -(most // common), most // common)

    def _sum_of(self, inside: Mask, seats: int) -> tuple[Any, int, int]:
        inside = inside[self.at]
        figures = self.equality.figure[self.at][inside]
        unit = max(1, int(np.gcd.reduce(figures))) if figures.size else 1
        low, high = (int(each) * seats for each in (figures.min(initial=0), figures.max(initial=0)))
        total = self.model.new_int_var(low // unit, high // unit, "")
        variables = [self.take[at] for at in np.flatnonzero(inside).tolist()]
        self.model.add(total == _sum(variables, figures // unit))
        return total, unit, seats


def _sum(variables: list[Any], weights: IntArray) -> Any:
    return cp_sat.LinearExpr.weighted_sum(variables, weights.tolist())
