"""Solution and certificate: what a solver hands over, and all that a verifier needs."""

import hashlib
from dataclasses import dataclass

import numpy as np

from optimizer.problem import IntArray, Pairs


@dataclass(frozen=True, eq=False)
class Proof:
    """
    Prices that bound the value of every plan obeying ``bars`` from above.

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
    """

    case_price: IntArray
    practitioner_price: IntArray
    institution_price: IntArray
    group_price: Pairs


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
    proof : Proof
        Prices at which the bound is reached.
    seal : str
        Digest of everything else in certificate and solution.
    """

    instance: str
    seed: int
    proof: Proof
    seal: str


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


def seal_of(solution: Solution) -> str:
    """Return the SHA-256 of every fact in the solution but the seal itself."""
    claim, proof = solution.certificate, solution.certificate.proof
    facts = (claim.instance, claim.seed, solution.objective, solution.bound, solution.optimal)
    seal = hashlib.sha256(repr(facts).encode())
    prices = proof.group_price
    arrays = (solution.rows, solution.cols, solution.open, proof.case_price, proof.practitioner_price,
              proof.institution_price, prices.rows, prices.cols, prices.values)
    for array in arrays:
        seal.update(str(array.shape).encode())
        seal.update(np.ascontiguousarray(array, np.int64).data)
    return seal.hexdigest()
