"""Solutions along a sweep, each begun at the prices of those beside it."""

from fractions import Fraction

import numpy as np

from optimizer.analysis.sweep import Sweep
from optimizer.pairs import IntArray
from optimizer.solution import Solution
from optimizer.solver.solve import solve

WHOLE = Fraction(1)


class Levels:
    """
    What is best at the levels of a sweep; each is solved once.

    Parameters
    ----------
    sweep : Sweep
        What moves.
    seed : int, default 0
        Seed of the draw among equally good plans.
    near : (m,) int64, points, optional
        About what the practitioners cost where it begins.
    """

    def __init__(self, sweep: Sweep, seed: int = 0, near: IntArray | None = None) -> None:
        self.sweep, self.seed, self.near = sweep, seed, near
        self.solved: dict[int, Solution] = {}

    def solution(self, level: int) -> Solution:
        """Return the best plan found at a level, with its bound."""
        if level not in self.solved:
            self.solved[level] = solve(self.sweep.at(level), self.seed, near=self.prices_near(level))
        return self.solved[level]

    def prices_near(self, level: int, scale: Fraction = WHOLE) -> IntArray | None:
        """
        Return about what the practitioners cost at a level; ``near`` while nothing is solved.

        It is a mixture of the prices at the levels on either side, or those of the nearest; ``scale`` is that of the
        problem asked about.
        """
        if not self.solved:
            return self.near
        below = max((each for each in self.solved if each <= level), default=min(self.solved))
        above = min((each for each in self.solved if each >= level), default=below)
        low, high = (self.solved[each].certificate.proof.practitioner_price for each in (below, above))
        share = (level - below) / (above - below) if above > below else 0
        mixed: IntArray = np.rint(float(scale) * (low + share * (high - low))).astype(np.int64)
        return mixed
