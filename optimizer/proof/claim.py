"""The form of a claim: types, shapes, order and ranges, checked before anything is computed from it."""

from dataclasses import replace
from typing import Any

import numpy as np

from optimizer.pairs import IntArray, Pairs, require, require_shape, whole
from optimizer.problem import Problem
from optimizer.solution import Certificate, Proof, Solution

PRICE_LIMIT = 2**50
"""
Every price of a certificate is below this in size. A problem's own prices are below 2**40 and its scores below 2**24,
so a score less three prices of a certificate, or a slot's gain, is below 2**52: no int64 wraps and no float64 rounds.
What is summed or multiplied beyond that is summed by ``optimizer.exact``. The solver's prices are residual distances:
at most two prices of the problem and two scores for each case, below the limit up to 2**24 cases.
"""

NUMBER_LIMIT = 2**256
"""
Every single number of a claim is below this in size. A bound adds fewer than 2**64 prices below 2**50, each times less
than 2**63, so none comes near; Python refuses to spell out numbers far longer.
"""

# fmt: off
FIELDS: dict[type, dict[str, type]] = {
    Solution:    {"objective": int, "bound": int, "optimal": bool, "certificate": Certificate},
    Certificate: {"instance": str, "seed": int, "leaves": tuple, "seal": str},
    Proof:       {"group_price": Pairs},
}
# fmt: on


def checked(problem: Problem, solution: Solution) -> Solution:
    """
    Return a claim in the one form the verifier computes with: its arrays copied, plain int64.

    Parameters
    ----------
    problem : Problem
        The instance the claim is about.
    solution : Solution
        The claim, from any source.

    Raises
    ------
    ValueError
        If a field has the wrong type, shape, order or range; the message names it.
    """
    _require_fields(solution, Solution, "the solution")
    claim = solution.certificate
    _require_fields(claim, Certificate, "certificate")
    if not claim.leaves:
        raise ValueError("leaves is empty; there must be a proof")
    leaves = tuple(_proof(problem, leaf, f"leaves[{at}]") for at, leaf in enumerate(claim.leaves))
    rows = _array(solution, "rows", (None,))
    cols = _array(solution, "cols", rows.shape)
    unmet = _array(solution, "open", (problem.n,))
    _require_sorted(rows, cols, problem.n, problem.m, ("rows", "cols"))
    require((unmet >= 0) & (unmet <= problem.demand), "open", unmet, "it must be from 0 to the demand of the case")
    return replace(solution, rows=rows, cols=cols, open=unmet, certificate=replace(claim, leaves=leaves))


def _proof(problem: Problem, leaf: Proof, name: str) -> Proof:
    _require_fields(leaf, Proof, name)
    sizes = {"case_price": problem.n, "practitioner_price": problem.m, "institution_price": problem.p}
    prices = {field: _array(leaf, field, (size,), f"{name}.") for field, size in sizes.items()}
    group = _group_price(problem, leaf.group_price, f"{name}.group_price.")
    for field, values in (prices | {"group_price.values": group.values}).items():
        inside = (values > -PRICE_LIMIT) & (values < PRICE_LIMIT)
        require(inside, f"{name}.{field}", values, f"its size must be below {PRICE_LIMIT}")
    dear = prices["case_price"] >= -problem.open_price
    require(dear, f"{name}.case_price", prices["case_price"], "a case is priced below leaving it open")
    for field, values in (("institution_price", prices["institution_price"]), ("group_price.values", group.values)):
        require(values >= 0, f"{name}.{field}", values, "an institution or a group has a negative price")
    return Proof(**prices, group_price=group, path=_path(problem, leaf, name))


def _group_price(problem: Problem, group: Pairs, name: str) -> Pairs:
    rows = _array(group, "rows", (None,), name)
    cols, values = (_array(group, field, rows.shape, name) for field in ("cols", "values"))
    _require_sorted(rows, cols, len(problem.exclusive), problem.m, (f"{name}rows", f"{name}cols"))
    return Pairs(rows, cols, values)


def _path(problem: Problem, leaf: Proof, name: str) -> IntArray:
    path = _array(leaf, "path", (None, 3), f"{name}.")
    limits = np.array([problem.n, problem.p + problem.m, 2])
    exists = (path >= 0) & (path < limits)
    exists[:, 0] &= np.isin(path[:, 0], problem.separate)
    require(exists, f"{name}.path", path, "it must be a decision that exists")
    return path


def _require_sorted(rows: IntArray, cols: IntArray, height: int, width: int, names: tuple[str, str]) -> None:
    for name, index, size in zip(names, (rows, cols), (height, width), strict=True):
        require((index >= 0) & (index < size), name, index, f"it does not exist; it must be from 0 to {size - 1}")
    # Rows and columns are below 2**31, so their key is below 2**62.
    key = rows * width + cols
    require(key[1:] > key[:-1], names[0], rows[1:], "the pairs are not sorted, or one is listed twice")


def _require_fields(holder: object, kind: type, name: str) -> None:
    _require_type(holder, kind, name)
    for field, wanted in FIELDS[kind].items():
        value = getattr(holder, field, None)
        _require_type(value, wanted, f"{name}.{field}")
        if type(value) is int and not -NUMBER_LIMIT < value < NUMBER_LIMIT:
            raise ValueError(f"{name}.{field} has {value.bit_length()} bits; no claim needs so long a number")


def _require_type(value: object, wanted: type, name: str) -> None:
    # A subclass may answer comparisons as it likes; True is an int to isinstance.
    if type(value) is not wanted:
        raise ValueError(f"{name} has type {type(value).__name__}; it must be {wanted.__name__}")


def _array(holder: Any, field: str, shape: tuple[int | None, ...], where: str = "") -> IntArray:
    name = where + field
    value: Any = getattr(holder, field, None)
    _require_type(value, np.ndarray, name)
    if value.dtype.kind not in "iu":
        raise ValueError(f"{name} has type {value.dtype}; it must hold integers")
    require_shape(value, name, shape, "it does not fit the problem")
    return whole(value, name).copy()
