"""Lots: numbers drawn from a seed and the names of a case and a practitioner, the same on any machine."""

import numpy as np

from optimizer.classes import Classes
from optimizer.pairs import IntArray, KeyArray
from optimizer.problem import Problem

LOT_BITS = 30


class Lots:
    """
    The draw of one run.

    Parameters
    ----------
    problem : Problem
        Gives the names: ``case_key`` and ``practitioner_key``.
    classes : Classes
        Its cases, merged; a class draws under the least drawn name of its cases.
    seed : int
        Any whole number.
    """

    def __init__(self, problem: Problem, classes: Classes, seed: int) -> None:
        stem = scatter(np.array([seed % 2**64], np.uint64))
        self.case = scatter(problem.case_key ^ stem)
        self._practitioner = scatter(problem.practitioner_key + stem)
        self._class = np.full(classes.member.size, np.iinfo(np.uint64).max)
        np.minimum.at(self._class, classes.of_case, self.case)

    def of(self, rows: IntArray, cols: IntArray) -> IntArray:
        """Return the lot of each pair of class and practitioner, (q,) int64, 0 to 2**30 - 1; the lowest wins."""
        mixed = scatter(self._class[rows] + self._practitioner[cols])
        return (mixed >> np.uint64(64 - LOT_BITS)).astype(np.int64)


def scatter(keys: KeyArray) -> KeyArray:
    """
    Return well-mixed 64-bit numbers, one for each key.

    Notes
    -----
    The finaliser of SplitMix64. Source: Steele, Lea, Flood, *Fast splittable pseudorandom number generators*,
    OOPSLA 2014.
    """
    mixed = keys + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
