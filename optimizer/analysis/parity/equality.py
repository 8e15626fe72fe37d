"""A gap between groups as rows of a linear program, and the bound its prices prove in whole numbers."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import scipy  # its parts are loaded when they are first used
from numpy.typing import NDArray

from optimizer.analysis.parity.legal_pairs import LegalPairs
from optimizer.exact import exact_dot, exact_sum
from optimizer.pairs import IntArray
from optimizer.solver.linear import Floats, LinearProgram

FINEST = 40
"""Prices are whole multiples of a point over two to the power of this, at the finest."""

SAFE = 2.0**60
"""No figure of a pair, in these multiples, leaves this range."""


class PricedBound(NamedTuple):
    """
    What prices prove about all plans within a gap.

    Parameters
    ----------
    scaled : int
        No plan is worth more than this over ``scale`` points.
    scale : int
        Power of two.
    loss : (q,) int64, >= 0
        A plan that uses the pair is worth so much less than that, at the same scale.
    share : (q,) float64
        How much of each pair the linear program uses, for a search to start at.
    """

    scaled: int
    scale: int
    loss: IntArray
    share: Floats

    @property
    def value(self) -> int:
        """No plan is worth more, in whole points."""
        return self.scaled // self.scale

    def near(self, value: int) -> NDArray[np.bool_]:
        """Return which pairs a plan of at least so much may use, (q,)."""
        room: NDArray[np.bool_] = self.loss <= min(max(self.scaled - value * self.scale, -1), 2**62)
        return room


class Equality:
    """
    The rule that mean figures of any two groups differ by a gap at most.

    Parameters
    ----------
    pairs : LegalPairs
        What a plan may use.
    figure : (q,) int64
        What is to be equal, of each pair.
    groups : (g, n) bool
        Which cases each group holds, by place; each has demand.
    gap : int, >= 0
        Largest difference of means.

    Notes
    -----
    With t the lowest mean, ``0 <= S_g - N_g t <= N_g gap`` for the sum S_g and the N_g seats of each group: two limits
    a group instead of two for each pair of groups.
    """

    def __init__(self, pairs: LegalPairs, figure: IntArray, groups: NDArray[np.bool_], gap: int) -> None:
        self.pairs, self.figure, self.gap = pairs, figure, gap
        self.groups, self.seats = groups, (groups @ pairs.demand).astype(np.int64)

    def kept_by(self, used: NDArray[np.bool_]) -> bool:
        """Tell whether a plan keeps the gap."""
        sums = [int(self.figure[used & inside].sum()) for inside in self.inside]
        means = list(zip(sums, self.seats.tolist(), strict=True))
        return all(a * n - b * m <= self.gap * m * n for a, m in means for b, n in means)

    @cached_property
    def inside(self) -> list[NDArray[np.bool_]]:
        """Which pairs belong to each group, (q,)."""
        return [group[self.pairs.place] for group in self.groups]

    def best(self) -> PricedBound | None:
        """Return what the linear program proves about the value of plans; None if it has no solution."""
        found = self._program(self.pairs.scores, beyond=False).optimum()
        return None if found is None else self.bound(self.pairs.scores, *found)

    def plain(self) -> PricedBound:
        """Return what no prices at all prove."""
        rows = self.pairs.demand.size + self.pairs.most.size + 2 * self.seats.size
        return self.bound(self.pairs.scores, np.zeros(self.pairs.size + 2), np.zeros(rows))

    def impossible(self) -> bool:
        """Tell whether prices prove that no plan keeps the gap: with scores of nothing it would be worth below 0."""
        nothing = np.zeros_like(self.pairs.scores)
        found = self._program(nothing, beyond=True).optimum()
        return found is not None and self.bound(nothing, *found).scaled < 0

    def bound(self, scores: IntArray, share: Floats, prices: Floats) -> PricedBound:
        """
        Return what prices prove, whatever they are and however they were rounded.

        Parameters
        ----------
        scores : (q,) int64
            What each pair is worth.
        share, prices : (q + 2,) and (n + l + 2 g,) float64
            Variables and prices of the linear program.

        Notes
        -----
        Weak duality: each limit at its price, plus the best pairs of each case at those prices.
        """
        pairs, n = self.pairs, self.pairs.demand.size
        limit = np.maximum(prices[n : n + pairs.most.size], 0)
        below, above = np.split(prices[n + pairs.most.size :], 2)
        scale = _scale(scores, pairs.limits.T @ limit, (below + above) @ self.groups, self.figure)
        limit, group = (np.rint(part * scale).astype(np.int64) for part in (limit, below + above))
        worth = scale * scores - pairs.limits.T @ limit - (group @ self.groups)[pairs.place] * self.figure
        chosen, last = self._best_of_each(worth)
        total = exact_sum(worth[chosen]) + exact_dot(limit, pairs.most)
        total += self.gap * exact_dot(np.maximum(group, 0), self.seats) + self._lowest_mean(group)
        loss = np.maximum(last[pairs.place] - worth, 0)
        return PricedBound(total, scale, loss, share[: pairs.size])

    def _lowest_mean(self, group: IntArray) -> int:
        """The most that the lowest mean adds at these prices: nothing, but for what was rounded."""
        slope = exact_dot(group, self.seats)
        return max(slope * int(self.figure.min(initial=0)), slope * int(self.figure.max(initial=0)))

    def _best_of_each(self, worth: IntArray) -> tuple[NDArray[np.bool_], IntArray]:
        """The pairs of greatest worth that meet the demand of each case, (q,), and the last one's worth, (n,)."""
        place, demand = self.pairs.place, self.pairs.demand
        order = np.lexsort((-worth, place))
        turn = np.arange(order.size) - np.searchsorted(place, place)
        chosen, last = np.zeros(order.size, bool), np.zeros(demand.size, np.int64)
        chosen[order] = turn < demand[place]
        ends = order[turn == demand[place] - 1]
        last[place[ends]] = worth[ends]
        return chosen, last

    def _program(self, scores: IntArray, *, beyond: bool) -> LinearProgram:
        """The linear program; ``beyond`` lets it exceed the gap, as little as can be."""
        pairs, seats, sparse = self.pairs, self.seats.astype(np.float64), scipy.sparse
        sums = sparse.csr_array(
            np.where(np.array(self.inside).reshape(self.seats.size, pairs.size), self.figure, 0).astype(np.float64)
        )
        fixed = sparse.csr_array((pairs.demand.size + pairs.most.size, 2))
        mean, more = (sparse.csr_array(np.column_stack((seats, part))) for part in (np.zeros_like(seats), seats))
        pure = sparse.vstack((pairs.needs, pairs.limits, sums, sums)).astype(np.float64)
        rows = sparse.csr_array(sparse.hstack((pure, sparse.vstack((fixed, -mean, -more))), format="csr"))
        free, none = np.full(pairs.most.size, -np.inf), np.full(seats.size, np.inf)
        least = np.concatenate((pairs.demand, free, np.zeros_like(seats), -none))
        most = np.concatenate((pairs.demand, pairs.most, none, seats * self.gap))
        low, high = np.zeros(pairs.size + 2), np.ones(pairs.size + 2)
        low[-2], high[-2], high[-1] = -np.inf, np.inf, np.inf if beyond else 0
        gain = np.concatenate((scores, (0, -1.0 if beyond else 0)))
        return LinearProgram(rows, least.astype(np.float64), most.astype(np.float64), low, high, gain)


def _scale(scores: IntArray, limit: Floats, group: Floats, figure: IntArray) -> int:
    """The finest power of two at which no figure leaves its range."""
    sizes = np.abs(scores).max(initial=0), np.abs(limit).max(initial=0), np.abs(group).max(initial=0)
    largest = 4.0 + sizes[0] + sizes[1] + sizes[2] * float(np.abs(figure).max(initial=0))
    finest: int = 2 ** int(np.clip(np.floor(np.log2(SAFE / largest)), 0, FINEST))
    return finest
