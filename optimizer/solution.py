"""Solution and certificate: what a solver hands over, and all that a verifier needs."""

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from optimizer.pairs import IntArray, Pairs, whole


def no_path() -> IntArray:
    """Return the path of the root: nothing is barred."""
    return np.empty((0, 3), np.int64)


@dataclass(frozen=True, eq=False)
class Proof:
    """
    Prices that bound from above the value of every plan on one leaf of the search tree.

    Parameters
    ----------
    case_price : (n,) int64, points
        Surplus of each case: what one unit of its demand is worth at these prices.
    practitioner_price : (m,) int64, points
        Price of one more case of each practitioner, the institution's price included.
    institution_price : (p,) int64, points, >= 0
        Price of one more case of each institution.
    group_price : Pairs of (group, practitioner), points, >= 0
        Price of the one place an exclusive group has with a practitioner.
    path : (t, 3) int64, default none
        Decisions on the way to the leaf: a case, a unit (an institution, or p + column for a practitioner outside
        all), and who is kept out of that unit: the case itself (0), or every case that opposes it (1).
    """

    case_price: IntArray
    practitioner_price: IntArray
    institution_price: IntArray
    group_price: Pairs
    path: IntArray = field(default_factory=no_path)


@dataclass(frozen=True, eq=False)
class Certificate:
    """
    A claim about one problem, with its proof.

    Parameters
    ----------
    instance : str
        Digest of the problem that was solved.
    seed : int
        Seed of the draw among equally good plans.
    leaves : tuple of Proof
        Together they cover all plans; the plan itself lies on the first.
    seal : str
        Digest of everything else in certificate and solution.
    """

    instance: str
    seed: int
    leaves: tuple[Proof, ...]
    seal: str

    @property
    def proof(self) -> Proof:
        """The prices of the leaf the plan lies on."""
        return self.leaves[0]


class Coverage(StrEnum):
    """Whether a plan meets all demand; how good it is among all plans is for ``optimal`` and ``bound``."""

    ALL_SERVED = "all served"
    SOME_OPEN = "some stay open"


@dataclass(frozen=True, eq=False)
class Solution:
    """
    A plan, its value, and what proves it.

    Parameters
    ----------
    rows, cols : (q,) int64
        The assigned pairs, sorted by row, then column.
    open : (n,) int64, practitioners
        Unmet demand of each case.
    objective : int, points
        Scores, less slot prices, less open prices.
    bound : int, points
        No plan is worth more.
    optimal : bool
        Whether the bound is reached.
    certificate : Certificate
        What ``verify`` checks.
    """

    rows: IntArray
    cols: IntArray
    open: IntArray
    objective: int
    bound: int
    optimal: bool
    certificate: Certificate

    @property
    def status(self) -> Coverage:
        """Whether all demand is met; at open prices above all gains, a best plan leaves open only what it must."""
        return Coverage.SOME_OPEN if self.open.any() else Coverage.ALL_SERVED

    def sealed(self) -> "Solution":
        """Return the same solution with the seal that fits it; ValueError if it holds no whole numbers."""
        return replace(self, certificate=replace(self.certificate, seal=seal_of(self)))


def seal_of(solution: Solution) -> str:
    """
    Return the SHA-256 of every fact in the solution but the seal itself.

    Raises
    ------
    ValueError
        If an array does not hold whole numbers.

    Notes
    -----
    Facts are given as their own text, and type and shape before each array, so where each ends is known: no two claims
    give the same bytes.
    """
    claim = solution.certificate
    facts = (claim.instance, claim.seed, solution.objective, solution.bound, solution.optimal)
    seal = hashlib.sha256(repr(facts).encode())
    arrays = [solution.rows, solution.cols, solution.open]
    for leaf in claim.leaves:
        group = leaf.group_price
        arrays += [leaf.case_price, leaf.practitioner_price, leaf.institution_price]
        arrays += [group.rows, group.cols, group.values, leaf.path]
    for array in arrays:
        # One claim has one seal, whatever integer type its numbers were handed over in.
        numbers = whole(array, "an array of the claim")
        seal.update(f"{numbers.dtype.str} {numbers.shape}".encode())
        seal.update(numbers.data)
    return seal.hexdigest()
