"""What a user would pick instead, each fed from the same factored scores.

A peer takes a problem and returns the assigned pairs. Its time includes building its own input, which
a sensible user makes of those who have room only. Exact peers must reach our objective to the last
digit; the report fails if one does better.
"""

from collections.abc import Callable, Iterable
from itertools import product
from math import inf
from typing import NamedTuple

import numpy as np

from benchmarks.inputs import Plan, Rows, cells_of, expanded, pairs_of, scores, slots, taken, with_room
from optimizer import Problem, solve


class Peer(NamedTuple):
    """A rival: how it matches, whether it is exact, and how large its input may be."""

    name: str
    match: Callable[[Problem], Plan]
    exact: bool
    size: Callable[[Problem], int]
    most: float
    side_rules: bool = False

    def fits(self, problem: Problem) -> bool:
        """Tell whether the peer knows the rules of the problem and finishes it in memory and patience."""
        ruled = problem.separate.size or problem.exclusive or problem.bonus.size or (problem.demand > 1).any()
        return self.size(problem) <= self.most and (self.side_rules or not ruled)


def ours(problem: Problem) -> Plan:
    """The core under test."""
    solution = solve(problem)
    return solution.rows, solution.cols


def scipy_assignment(problem: Problem) -> Plan:
    """SciPy ``linear_sum_assignment`` on expanded slots; any slot may stand for *open*."""
    from scipy.optimize import linear_sum_assignment

    value, owner = expanded(problem)
    rows, picked = linear_sum_assignment(value, maximize=True)
    return taken(problem, value, owner, rows, picked)


def lapx_assignment(problem: Problem) -> Plan:
    """``lapx`` Jonker-Volgenant on expanded slots."""
    import lap

    value, owner = expanded(problem)
    _, picked, _ = lap.lapjv(value.max() - value, extend_cost=True)
    return taken(problem, value, owner, np.arange(problem.n), picked)


def scipy_sparse(problem: Problem) -> Plan:
    """SciPy ``min_weight_full_bipartite_matching`` on eligible slots and one way out per case."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    owner, price = slots(problem)
    rows, slot = np.nonzero(scores(problem)[:, owner] >= 0)
    gain = scores(problem)[rows, owner[slot]] - price[slot]
    out = np.arange(problem.n)
    cost = np.append(-gain, problem.open_price).astype(np.float64)
    graph = coo_array(
        (
            cost - cost.min() + 1,
            (np.append(rows, out), np.append(slot, owner.size + out)),
        ),
        shape=(problem.n, owner.size + problem.n),
    )
    cases, picked = min_weight_full_bipartite_matching(graph.tocsr())
    real = picked < owner.size
    return cases[real], owner[picked[real]]


def flow_on_all_arcs(problem: Problem) -> Plan:
    """OR-Tools ``SimpleMinCostFlow`` with an arc per eligible pair."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    pairs, (owner, price), n, m = scores(problem), slots(problem), problem.n, problem.m
    rows, cols = np.nonzero(pairs >= 0)
    flow, sink = SimpleMinCostFlow(), n + m
    add = flow.add_arcs_with_capacity_and_unit_cost
    arcs = add(rows, n + cols, np.ones_like(rows), -pairs[rows, cols])
    add(n + owner, np.full(owner.size, sink), np.ones_like(owner), price)
    add(np.arange(n), np.full(n, sink), problem.demand, problem.open_price)
    flow.set_nodes_supplies(
        np.arange(n + 1) + np.append(np.zeros(n, int), m),
        np.append(problem.demand, -problem.demand.sum()),
    )
    if flow.solve() != flow.OPTIMAL:
        raise AssertionError("every case may stay open, so a plan exists")
    used = flow.flows(arcs) == 1
    return rows[used], cols[used]


def ortools_assignment(problem: Problem) -> Plan:
    """OR-Tools ``SimpleLinearSumAssignment`` on the square of slots, cases and fillers."""
    from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment

    value, owner = expanded(problem)
    size = value.shape[1]
    assignment = SimpleLinearSumAssignment()
    rows, cols = np.divmod(np.arange(problem.n * size), size)
    assignment.add_arcs_with_cost(rows, cols, -value.astype(np.int64).ravel())
    fillers = np.arange(problem.n, size)
    if fillers.size:
        assignment.add_arcs_with_cost(
            np.repeat(fillers, size),
            np.tile(np.arange(size), fillers.size),
            np.zeros(fillers.size * size, np.int64),
        )
    if assignment.solve() != assignment.OPTIMAL:
        raise AssertionError("every case may take a filler, so a plan exists")
    picked = np.array([assignment.right_mate(i) for i in range(problem.n)])
    return taken(problem, value, owner, np.arange(problem.n), picked)


def cp_sat(problem: Problem, patience_s: float = inf, workers: int = 2) -> Plan:
    """
    OR-Tools CP-SAT with a literal per eligible pair and per slot; the one peer that knows every rule of ours.

    Without end to its patience it has to prove the optimum; else it returns the best it found.
    """
    from ortools.sat.python import cp_model

    pairs, (owner, price) = scores(problem), slots(problem)
    rows, cols = np.nonzero(pairs >= 0)
    model = cp_model.CpModel()
    take = {pair: model.new_bool_var("") for pair in zip(rows.tolist(), cols.tolist(), strict=True)}
    fill = [model.new_bool_var("") for _ in range(owner.size)]
    left = [model.new_int_var(0, int(need), "") for need in problem.demand]

    def taken(cases: Iterable[int], people: Iterable[int]) -> cp_model.LinearExpr:
        return cp_model.LinearExpr.sum([take[pair] for pair in product(cases, people) if pair in take])

    everyone, places = range(problem.m), np.split(np.arange(owner.size), np.flatnonzero(np.diff(owner)) + 1)
    filled = {int(owner[part[0]]): sum(fill[slot] for slot in part) for part in places if part.size}
    for i in range(problem.n):
        model.add(taken([i], everyone) + left[i] == int(problem.demand[i]))
    for j in everyone:
        model.add(taken(range(problem.n), [j]) == filled.get(j, 0))
    members = [np.flatnonzero(problem.institution == k).tolist() for k in range(problem.p)]
    alone = [[j] for j in np.flatnonzero(problem.institution < 0).tolist()]
    for k, people in enumerate(members):
        model.add(taken(range(problem.n), people) <= int(problem.institution_capacity[k]))
    for group, j in product(problem.exclusive, everyone):
        model.add(taken(group.tolist(), [j]) <= 1)
    for (one, other), people in product(problem.separate.tolist(), members + alone):
        sides = [[take[i, j] for j in people if (i, j) in take] for i in (one, other)]
        for here, there in product(*sides):
            model.add_bool_or(~here, ~there)
    gain = cp_model.LinearExpr.weighted_sum(list(take.values()), pairs[rows, cols].tolist())
    cost = cp_model.LinearExpr.weighted_sum(fill + left, price.tolist() + problem.open_price.tolist())
    model.maximize(gain - cost)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = workers, patience_s
    status = solver.solve(model)
    if status != cp_model.OPTIMAL and (patience_s == inf or status != cp_model.FEASIBLE):
        raise AssertionError("CP-SAT did not prove an optimum")
    used = np.array([solver.boolean_value(literal) for literal in take.values()], bool)
    return rows[used], cols[used]


def highs(problem: Problem) -> Plan:
    """HiGHS linear program; integral because the network is."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    pairs, (owner, price), n, m = scores(problem), slots(problem), problem.n, problem.m
    rows, cols = np.nonzero(pairs >= 0)
    a, b = rows.size, owner.size
    total = a + b + n
    equal = coo_array(
        (
            np.concatenate((np.ones(a), np.ones(n), np.ones(a), -np.ones(b))),
            (
                np.concatenate((rows, np.arange(n), n + cols, n + owner)),
                np.concatenate((np.arange(a), a + b + np.arange(n), np.arange(a), a + np.arange(b))),
            ),
        ),
        shape=(n + m, total),
    ).tocsr()
    cost = np.concatenate((-pairs[rows, cols], price, problem.open_price)).astype(np.float64)
    upper = np.concatenate((np.ones(a + b), problem.demand))
    answer = linprog(
        cost,
        A_eq=equal,
        b_eq=np.append(problem.demand, np.zeros(m)),
        bounds=np.column_stack((np.zeros(total), upper)),
        method="highs",
    )
    used = answer.x[:a] > 0.5
    return rows[used], cols[used]


def greedy(problem: Problem) -> Plan:
    """Case by case in row order, the best that is left."""
    return _one_by_one(problem, lambda value, _: int(value.argmax()))


def rotation(problem: Problem) -> Plan:
    """Case by case, the eligible practitioner with the fewest new cases, in a fixed ring."""
    return _one_by_one(
        problem,
        lambda value, load: int(np.where(value >= 0, load, np.iinfo(np.int64).max).argmin()),
    )


def _one_by_one(problem: Problem, pick: Callable[[Rows, Rows], int]) -> Plan:
    pairs, load = scores(problem), np.zeros(problem.m, np.int64)
    last = problem.slot_price.shape[1] - 1
    plan: list[tuple[int, int]] = []
    for i, row in enumerate(pairs):
        price = problem.slot_price[np.arange(problem.m), np.minimum(load, last)]
        able = (row >= 0) & (load < problem.capacity)
        j = pick(np.where(able, row - price, -problem.open_price[i] - 1), load) if able.any() else -1
        if j >= 0 and able[j]:
            plan.append((i, j))
            load[j] += 1
    rows, cols = np.array(plan, np.int64).reshape(-1, 2).T
    return rows, cols


# fmt: off
PEERS = (
    # name                            how                            exact  size      at most
    Peer("ours",                     ours,                          True,  pairs_of, np.inf, side_rules=True),
    Peer("SciPy LSA",                with_room(scipy_assignment),   True,  cells_of, 4.3e8),
    Peer("SciPy sparse matching",    with_room(scipy_sparse),       True,  pairs_of, 1e6),
    Peer("lapx",                     with_room(lapx_assignment),    True,  cells_of, 1.5e5),
    Peer("OR-Tools flow, all arcs",  with_room(flow_on_all_arcs),   True,  pairs_of, 6e7),
    Peer("OR-Tools LSA",             with_room(ortools_assignment), True,  cells_of, 1e5),
    Peer("CP-SAT",                   cp_sat,                        True,  pairs_of, 1e5, side_rules=True),
    Peer("HiGHS LP",                 with_room(highs),              True,  pairs_of, 5e5),
    Peer("greedy",                   with_room(greedy),             False, pairs_of, 1e8),
    Peer("rotation",                 with_room(rotation),           False, pairs_of, 1e8),
)
# fmt: on
