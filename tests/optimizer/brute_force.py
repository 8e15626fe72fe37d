"""The slow truth: every legal plan of a tiny problem."""

from itertools import combinations

import numpy as np

NOTHING = -(10**18)


def score_table(problem):
    """Scores of all pairs, -1 where the pair is not allowed."""
    factored = problem.case_terms.astype(np.int64) @ problem.practitioner_terms.astype(np.int64).T
    table = (factored + problem.base_score.astype(np.int64)).tolist()
    for i, j, value in zip(problem.bonus.rows, problem.bonus.cols, problem.bonus.values, strict=True):
        table[i][j] += int(value)
    for i, j in zip(problem.barred.rows, problem.barred.cols, strict=True):
        table[i][j] = -1
    return table


def price_of_load(problem, j, load):
    prices = problem.slot_price[j].tolist()
    return sum(prices[min(k, len(prices) - 1)] for k in range(load))


def best_value(problem, forced=None):
    """Value of the best plan; ``forced`` is a pair that must be in it."""
    return best_among(problem, lambda i, team: not forced or forced[0] != i or forced[1] in team)


def value_of_plan(problem, teams):
    """Value of the plan that gives each case this set of practitioners, far below zero if it is not legal."""
    return best_among(problem, lambda i, team: set(team) == teams[i])


def best_among(problem, wanted):
    """Value of the best plan of wanted teams, by trying each set of practitioners for each case in turn."""
    scores, cache = score_table(problem), {}
    group = problem.group.tolist()

    def best(i, loads, taken):
        if i == problem.n:
            return -sum(price_of_load(problem, j, load) for j, load in enumerate(loads))
        key = (i, loads, taken)
        if key not in cache:
            cache[key] = max(options(i, loads, taken), default=NOTHING)
        return cache[key]

    def marks(i, j):
        """What taking j for i uses up: the place of the group, and the unit for the cases kept apart from i."""
        unit = int(problem.institution[j]) if problem.institution[j] >= 0 else problem.p + j
        apart = {("unit", frozenset(pair), unit) for pair in problem.separate.tolist() if i in pair}
        return apart | ({("group", group[i], j)} if group[i] >= 0 else set())

    def options(i, loads, taken):
        allowed = [j for j in range(problem.m) if scores[i][j] >= 0 and not marks(i, j) & taken]
        for size in range(int(problem.demand[i]) + 1):
            for team in combinations(allowed, size):
                if not wanted(i, team):
                    continue
                after = tuple(load + (j in team) for j, load in enumerate(loads))
                if within_limits(problem, after):
                    seen = taken.union(*(marks(i, j) for j in team))
                    value = sum(scores[i][j] for j in team) - int((problem.demand[i] - size) * problem.open_price[i])
                    yield value + best(i + 1, after, frozenset(seen))

    return best(0, (0,) * problem.m, frozenset())


def within_limits(problem, loads):
    of = np.zeros(problem.institution_capacity.size + 1, np.int64)
    np.add.at(of, problem.institution, loads)
    return (np.array(loads, np.int64) <= problem.capacity).all() and (of[:-1] <= problem.institution_capacity).all()
