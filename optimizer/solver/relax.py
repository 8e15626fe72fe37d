"""Candidates, flow, prices, rescan, until proven: one problem without its crossing rules."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import IntArray
from optimizer.problem import Problem
from optimizer.solution import Proof
from optimizer.solver.build import MatchingNetwork
from optimizer.solver.classes import deal, merge_cases
from optimizer.solver.dense import DenseSolver, suits
from optimizer.solver.price_init import likely_pairs, scarce_prices
from optimizer.solver.scoring import NOTHING, TABLE_CELLS, ScoreSheet, ScoreTable, SparsePairs
from optimizer.solver.tie_break import ListedFace, TieBreaker, draw
from optimizer.watch import Watch

KEEP = 32
"""Where there is room enough: pairs kept of each class, and two more for each unit of its demand."""

LEAD = 16
"""Of these, the pairs in the first flow; the others wait until prices call them."""

KEEP_SCARCE = 24
"""Where practitioners are scarce: pairs kept, by estimated prices; all are called sooner or later, so none waits."""

KEEP_NEAR = 4
"""Where prices of a problem close by are known: pairs kept at these prices; most of them are level or nearly so."""

SCARCE = 2
"""Below this many slots for each unit of demand, prices are estimated before the first scan."""

SAMPLE_CELLS = 2**20, 2**24
"""Least and most pairs that prices are estimated on; between them, an eighth of all."""
NEAR = 2**10
"""A rescan also returns pairs that miss by this fraction of the largest score: the next prices may call them."""

MAX_TIES = 64
"""Pairs of one class kept on the optimal face from a rescan; beyond, those with the lowest lots."""


class Outcome(NamedTuple):
    """
    A plan of a relaxation and what its prices prove, the same number unless costs had to be rounded.

    Parameters
    ----------
    rows, cols : (q,) int64
        The plan drawn from the optimal face.
    value : int, points
        Its value.
    bound : int, points
        No plan without the crossing rules is worth more.
    proof : Proof
        Highest prices that prove the bound.
    candidates : SparsePairs
        The pairs that were looked at, for a warm start.
    """

    rows: IntArray
    cols: IntArray
    value: int
    bound: int
    proof: Proof
    candidates: SparsePairs


class Relaxation:
    """
    A problem without its crossing rules, prepared to be solved again and again.

    Parameters
    ----------
    problem : Problem
        The instance.
    seed : int
        Seed of the draw among equally good plans.
    watch : Watch
        Hooks for progress and cancellation.
    near : (m,) int64, points, optional
        Prices of the practitioners in a problem close by: few pairs are then looked at. A face is known whole as long
        as no class has too many level pairs; ``certain`` tells whether that was so, and outcomes are then the same as
        without them.

    Notes
    -----
    Column generation over the arcs of a convex min-cost flow: prices of the flow on few candidates either prove
    the plan for all pairs or name the pairs that are missing. Prices never fall below the first slot's, so a class
    whose surplus beats the best pair left out at those is proven without another look.
    Source: Desaulniers, Desrosiers, Solomon (eds.), *Column Generation*, chapter 1.
    """

    def __init__(self, problem: Problem, seed: int, watch: Watch, near: IntArray | None = None) -> None:
        self.problem, self.watch, self.certain = problem, watch, True
        self.classes = merge_cases(problem)
        self.tie_breaker = TieBreaker(problem, self.classes, seed)
        small = self.classes.count.size * np.count_nonzero(problem.room) <= TABLE_CELLS
        sheet = ScoreTable if near is not None and small else ScoreSheet
        self.sheet = sheet(problem, self.classes, watch.check)
        self.units = self.classes.count * problem.demand[self.classes.member]
        watch.report("scan", self.classes.member.size)
        self.candidates = NOTHING
        self._dense = suits(problem)
        if self._dense:
            return
        if near is None:
            self._choose_candidates()
        else:
            self._keep_near(np.maximum(near, problem.slot_price[:, 0]))

    def _keep_near(self, price: IntArray) -> None:
        self._price, self._lead = price, None
        self.candidates, self._rest = self.sheet.best(KEEP_NEAR + 2 * np.maximum(self.units, 1), price)

    def _choose_candidates(self) -> None:
        self._scarce = bool(self.sheet.columns.size and self.problem.room.sum() < SCARCE * self.units.sum())
        # A class that needs nobody has prices to prove all the same.
        each = 2 * np.maximum(self.units, 1)
        keep = (KEEP_SCARCE if self._scarce else KEEP) + each
        self._lead = None if self._scarce else LEAD + each
        self._price, likely = self._first_prices()
        best, self._rest = self.sheet.best(keep, self._price)
        self.candidates = best.merged(likely.only(likely.values >= 0))

    def solve(self, candidates: SparsePairs, barred: SparsePairs = NOTHING) -> Outcome:
        """
        Return the optimum of the relaxation.

        Parameters
        ----------
        candidates : SparsePairs
            Pairs to start from, with their scores; none of them barred.
        barred : SparsePairs
            Pairs of class and practitioner that may not be used, besides those of the problem.
        """
        if self._dense:
            return self._on_one_table()
        used, price = self._leading(candidates, candidates.values - self._price[candidates.cols]), self._price
        while True:
            self.watch.report("flow", self.classes.member.size)
            built = MatchingNetwork(self.problem, self.classes, candidates.only(used))
            flow = built.network.cheapest_flow(built.estimates(price))
            proof = built.prices(flow)
            price = proof.practitioner_price
            gain = self._gain(candidates, proof)
            better = (gain > 0) & ~used
            if better.any():
                used |= better & self._leading(candidates, np.where(better, gain, -1))
                continue
            found = self._not_ruled_out(candidates, proof, barred)
            if not (self._gain(found, proof) > 0).any():
                return self._outcome(candidates.stacked(found), proof, built, flow)
            candidates, used = candidates.stacked(found), np.append(used, np.ones(found.rows.size, bool))

    def _on_one_table(self) -> Outcome:
        count = self.classes.member.size
        dense = DenseSolver(self.problem, self.classes, self.sheet.sample(np.arange(count)))
        self.watch.report("flow", count)
        assignment = dense.assignment()
        self.watch.report("proof", count)
        prices = dense.prices(assignment)
        self.watch.report("draw", 0)
        pairs, units = dense.drawn(assignment, prices, self.tie_breaker)
        return self._dealt(pairs, units, dense.proof(prices), pairs)

    def _first_prices(self) -> tuple[IntArray, SparsePairs]:
        """The first slot's prices; where practitioners are scarce, estimates above them, and pairs they make likely."""
        problem, columns = self.problem, self.sheet.columns
        price = problem.slot_price[:, 0].copy()
        if not self._scarce:
            return price, NOTHING
        cells = self.units.size * columns.size
        rows = np.arange(0, self.units.size, 1 + cells // int(np.clip(cells // 8, *SAMPLE_CELLS)))
        room = problem.room[columns] * (self.units[rows].sum() / self.units.sum())
        outside = -problem.open_price[self.classes.member[rows]]
        sample = self.sheet.sample(rows)
        price[columns] = scarce_prices(sample, self.units[rows], outside, room, price[columns])
        r, c = likely_pairs(sample, outside, price[columns])
        return price, SparsePairs(rows[r], columns[c], self.sheet.scores(rows[r], columns[c]))

    def _leading(self, pairs: SparsePairs, value: IntArray) -> NDArray[np.bool_]:
        """Which pairs are among those of largest value of their class; where practitioners are scarce, all are."""
        if self._lead is None:
            return np.ones(value.size, bool)
        order = np.lexsort((-value, pairs.rows))
        rows = pairs.rows[order]
        leading = np.empty(rows.size, bool)
        leading[order] = np.arange(rows.size) - np.searchsorted(rows, rows) < self._lead[rows]
        return leading

    def _not_ruled_out(self, candidates: SparsePairs, proof: Proof, barred: SparsePairs) -> SparsePairs:
        """Pairs outside the candidates that would improve the plan or draw level."""
        surplus = proof.case_price[self.classes.member]
        fallen = max(0, int((self._price - proof.practitioner_price).max(initial=0)))
        suspects = np.flatnonzero(surplus <= self._rest + fallen)
        self.watch.report("proof", suspects.size)
        if not suspects.size:
            return NOTHING
        hidden, relief = candidates.joined(barred), self._relief(proof)
        price = proof.practitioner_price
        floor = surplus - self.problem.reach // NEAR
        return self.sheet.beating(suspects, floor, price, relief, hidden, MAX_TIES, self.tie_breaker.of)

    def _gain(self, pairs: SparsePairs, proof: Proof) -> IntArray:
        group = self.problem.group[self.classes.member[pairs.rows]]
        relief = np.where(group >= 0, proof.group_price.at(np.maximum(group, 0), pairs.cols), 0)
        surplus = proof.case_price[self.classes.member[pairs.rows]]
        return pairs.values - proof.practitioner_price[pairs.cols] - relief - surplus

    def _relief(self, proof: Proof) -> SparsePairs:
        prices, classes = proof.group_price, self.classes
        rows = [classes.of_case[self.problem.exclusive[g]] for g in prices.rows]
        sizes = np.array([part.size for part in rows], np.int64)
        stacked = np.concatenate((NOTHING.rows, *rows))
        return SparsePairs(stacked, np.repeat(prices.cols, sizes), np.repeat(prices.values, sizes)).joined(NOTHING)

    def _outcome(self, candidates: SparsePairs, proof: Proof, built: MatchingNetwork, flow: IntArray) -> Outcome:
        self.watch.report("draw", 0)
        pairs, units = built.candidates, flow[: built.candidates.rows.size]
        exact = self._bound(candidates, proof) == -int((built.network.cost * flow).sum())
        self.certain &= exact
        if exact:
            level = candidates.only(self._gain(candidates, proof) >= 0).joined(NOTHING)
            self.certain &= int(np.bincount(level.rows).max(initial=0)) < MAX_TIES
            planned = np.isin(self.sheet.keys(level), self.sheet.keys(pairs.only(units > 0)))
            # A place of a group has a price of its own, which a pair left out would need.
            always = planned | (self.problem.group[self.classes.member[level.rows]] >= 0)
            face = ListedFace(level, always, self.classes.count)
            pairs, units = draw(self.problem, self.classes, self.tie_breaker, proof, face)
        return self._dealt(pairs, units, proof, candidates)

    def _dealt(self, pairs: SparsePairs, units: IntArray, proof: Proof, candidates: SparsePairs) -> Outcome:
        used = np.flatnonzero(units)
        order = used[np.lexsort((self.tie_breaker.of(pairs.rows[used], pairs.cols[used]), pairs.rows[used]))]
        turned = pairs.rows[order], pairs.cols[order], units[order]
        rows, cols = deal(self.classes, self.tie_breaker.case, *turned)
        return Outcome(rows, cols, self.value(rows, cols), self._bound(candidates, proof), proof, candidates)

    def _bound(self, candidates: SparsePairs, proof: Proof) -> int:
        """
        What the prices prove: every limit at its price, and what single pairs gain above the prices.

        No pair outside the candidates gains anything. Only what is full has a price above its cost, so no sum has more
        than all units of demand times a price, which ``Problem`` keeps below 2**60.
        """
        problem = self.problem
        net = proof.practitioner_price - np.append(proof.institution_price, 0)[problem.institution]
        full = np.flatnonzero(net > problem.slot_price[:, 0])
        last = problem.slot_price.shape[1] - 1
        room = np.minimum(problem.capacity[full], problem.n)[:, None]
        slots = np.clip(room - np.arange(last + 1), 0, 1)
        slots[:, last] = np.maximum(room[:, 0] - last, 0)
        over = (slots * np.maximum(net[full, None] - problem.slot_price[full], 0)).sum()
        limits = problem.institution_capacity[proof.institution_price > 0] @ proof.institution_price.compress(
            proof.institution_price > 0
        )
        gain = np.maximum(self._gain(candidates, proof), 0) @ self.classes.count[candidates.rows]
        parts = problem.demand @ proof.case_price, over, limits, proof.group_price.values.sum(), gain
        return sum(map(int, parts))

    def value(self, rows: IntArray, cols: IntArray) -> int:
        """Return what a plan is worth, in points; its pairs are allowed and sorted by case."""
        score = self.sheet.scores(self.classes.of_case[rows], cols).sum()
        ranked = np.sort(cols)
        step = np.arange(ranked.size) - np.searchsorted(ranked, ranked)
        slots = self.problem.slot_price[ranked, np.minimum(step, self.problem.slot_price.shape[1] - 1)].sum()
        unmet = self.problem.demand - np.bincount(rows, minlength=self.problem.n)
        return int(score) - int(slots) - int(unmet @ self.problem.open_price)
