"""Sweep: the levels between which a perturbation moves, while the same plans stay legal and their values linear."""

from dataclasses import dataclass
from typing import SupportsIndex

import numpy as np
from numpy.typing import NDArray

from optimizer.perturbation import Perturbation, PerturbationError, moved, whole_level
from optimizer.problem import Problem
from optimizer.solver.reduced_costs import blocks, scores_of_rows


@dataclass(frozen=True, eq=False)
class Sweep:
    """
    A problem whose perturbation moves from one level to another.

    Parameters
    ----------
    problem : Problem
        The problem in which the perturbation counts nothing.
    perturbation : Perturbation
        What moves.
    least, most : int, 0 <= least <= most
        Its lowest and its highest level.

    Raises
    ------
    PerturbationError
        If a level is out of order, either end is out of the range of scores or prices, or a pair is allowed at one
        end and not at the other.

    Notes
    -----
    A score is linear in the level: of one sign at both ends, it is of that sign at every level between. So with
    the ends checked, the legal plans are the same at each level and the value of a plan is linear, which all that
    builds on a sweep needs. Sizes of scores, of prices and of steps between prices are convex in the level, so they
    too keep their limits between the ends.
    """

    problem: Problem
    perturbation: Perturbation
    least: int
    most: int

    def __post_init__(self) -> None:
        for name in ("least", "most"):
            object.__setattr__(self, name, whole_level(getattr(self, name), name))
        if not 0 <= self.least <= self.most:
            raise PerturbationError(f"least is {self.least} and most is {self.most}; 0 <= least <= most must hold")
        self._keep_signs()

    def at(self, level: SupportsIndex) -> Problem:
        """
        Return the problem at a level.

        Raises
        ------
        PerturbationError
            If the level lies outside of the sweep.
        """
        found = whole_level(level)
        if not self.least <= found <= self.most:
            raise PerturbationError(f"level is {found}; it must lie from {self.least} to {self.most}")
        return moved(self.problem, self.perturbation, found)

    def _keep_signs(self) -> None:
        """Refuse a pair that is allowed at one end only; barred pairs and full practitioners do not matter."""
        low, high = self.at(self.least), self.at(self.most)
        terms = self.perturbation.practitioner_terms.any(axis=0)
        touched: NDArray[np.bool_] = np.any(self.problem.case_terms[:, terms], axis=1)
        touched[self.perturbation.bonus.rows] = True
        cols = np.flatnonzero(self.problem.room > 0)
        for rows in blocks(self.problem):
            if not touched[rows].any():
                continue
            scores = scores_of_rows(low, rows, cols), scores_of_rows(high, rows, cols)
            differs = (scores[0] >= 0) != (scores[1] >= 0)
            if differs.any():
                i, j = (int(axis[0]) for axis in np.nonzero(differs))
                ends = zip((self.least, self.most), (int(each[i, j]) for each in scores), strict=True)
                found = " and ".join(f"{score} at level {level}" for level, score in ends)
                raise PerturbationError(
                    f"case {rows[i]} and practitioner {cols[j]} score {found}; below 0 a pair is not allowed, "
                    "so a score must keep its sign from the lowest level to the highest"
                )
