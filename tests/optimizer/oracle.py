"""The slow truth about certificates: Python's own integers, every pair and every slot, nothing from the verifier."""

import hashlib
import struct
from itertools import product

import numpy as np

from optimizer import Certificate, Pairs, Proof, Solution

PRICE_LIMIT = 2**50
NUMBER_LIMIT = 2**256


def proves(problem, solution):
    """Whether a solution is legal, worth what it claims, and proven by its certificate, to the last point."""
    try:
        return _proves(problem, solution)
    except NotWholeError:
        return False


class NotWholeError(Exception):
    """A field is not what it is declared to be."""


def _proves(problem, solution):
    need(type(solution) is Solution and type(solution.certificate) is Certificate)
    claim = solution.certificate
    numbers = (solution.objective, solution.bound, claim.seed)
    need(all(type(number) is int and abs(number) < NUMBER_LIMIT for number in numbers))
    need([type(solution.optimal), type(claim.instance), type(claim.seal)] == [bool, str, str])
    need(type(claim.leaves) is tuple and claim.leaves and all(type(leaf) is Proof for leaf in claim.leaves))
    rows, cols, unmet = entries(solution.rows), entries(solution.cols), entries(solution.open)
    need(len(rows) == len(cols))
    pairs = list(zip(rows, cols, strict=True))
    leaves = [leaf_of(leaf) for leaf in claim.leaves]
    need(claim.instance == problem.digest and claim.seal == seal(solution))
    need(is_legal(problem, pairs, unmet))
    need(all(is_leaf(problem, leaf) for leaf in leaves) and covers([leaf["path"] for leaf in leaves]))
    value, bound = worth(problem, pairs, unmet), max(bound_of(problem, leaf) for leaf in leaves)
    return (solution.objective, solution.bound, solution.optimal) == (value, bound, value == bound)


def need(holds):
    if not holds:
        raise NotWholeError


def entries(array, dimensions=1):
    """The entries of an array of whole numbers as Python integers."""
    need(type(array) is np.ndarray and array.dtype.kind in "iu" and array.ndim == dimensions)
    return array.tolist()


def leaf_of(proof):
    group = proof.group_price
    need(type(group) is Pairs)
    rows, cols, values = entries(group.rows), entries(group.cols), entries(group.values)
    need(len(rows) == len(cols) == len(values))
    need(proof.path.shape[1:] == (3,) if isinstance(proof.path, np.ndarray) else False)
    names = ("case_price", "practitioner_price", "institution_price")
    prices = {name: entries(getattr(proof, name)) for name in names}
    return prices | {"group": list(zip(rows, cols, values, strict=True)), "path": entries(proof.path, 2)}


def seal(solution):
    """The seal as it is published: facts as text, then type, shape and bytes of each array of int64."""
    claim = solution.certificate
    facts = (claim.instance, claim.seed, solution.objective, solution.bound, solution.optimal)
    content = repr(facts).encode()
    arrays = [solution.rows, solution.cols, solution.open]
    for leaf in claim.leaves:
        group = leaf.group_price
        arrays += [leaf.case_price, leaf.practitioner_price, leaf.institution_price]
        arrays += [group.rows, group.cols, group.values, leaf.path]
    for array in arrays:
        flat = array.ravel().tolist()
        need(all(-(2**63) <= entry < 2**63 for entry in flat))
        content += f"<i8 {array.shape}".encode() + struct.pack(f"<{len(flat)}q", *flat)
    return hashlib.sha256(content).hexdigest()


def score(problem, i, j):
    """The score of a pair, None if no plan may use it."""
    terms = zip(problem.case_terms[i].tolist(), problem.practitioner_terms[j].tolist(), strict=True)
    total = sum(int(a) * int(b) for a, b in terms) + int(problem.base_score[i, j])
    total += sum(v for r, c, v in listed(problem.bonus) if (r, c) == (i, j))
    barred = any((r, c) == (i, j) for r, c, _ in listed(problem.barred))
    return None if total < 0 or barred else total


def listed(pairs):
    return zip(pairs.rows.tolist(), pairs.cols.tolist(), pairs.values.tolist(), strict=True)


def unit(problem, j):
    institution = int(problem.institution[j])
    return institution if institution >= 0 else problem.p + j


def slot_prices(problem, j, count):
    ladder = problem.slot_price[j].tolist()
    return [ladder[min(t, len(ladder) - 1)] for t in range(count)]


def is_legal(problem, pairs, unmet):
    need(all(0 <= i < problem.n and 0 <= j < problem.m for i, j in pairs))
    need(pairs == sorted(set(pairs)) and len(unmet) == problem.n)
    demand = problem.demand.tolist()
    return (
        all(score(problem, i, j) is not None for i, j in pairs)
        and all(u >= 0 and u + sum(i == r for r, _ in pairs) == demand[i] for i, u in enumerate(unmet))
        and all(sum(j == c for _, c in pairs) <= cap for j, cap in enumerate(problem.capacity.tolist()))
        and all(
            sum(problem.institution[c] == k for _, c in pairs) <= cap
            for k, cap in enumerate(problem.institution_capacity.tolist())
        )
        and all(
            sum(j == c and r in group.tolist() for r, c in pairs) <= 1
            for group in problem.exclusive
            for j in range(problem.m)
        )
        and not any(
            {unit(problem, c) for r, c in pairs if r == one} & {unit(problem, c) for r, c in pairs if r == other}
            for one, other in problem.separate.tolist()
        )
    )


def worth(problem, pairs, unmet):
    slots = sum(sum(slot_prices(problem, j, sum(j == c for _, c in pairs))) for j in range(problem.m))
    opened = sum(u * price for u, price in zip(unmet, problem.open_price.tolist(), strict=True))
    return sum(score(problem, i, j) for i, j in pairs) - slots - opened


def is_leaf(problem, leaf):
    sizes = len(leaf["case_price"]), len(leaf["practitioner_price"]), len(leaf["institution_price"])
    places = [(g, j) for g, j, _ in leaf["group"]]
    prices = [*leaf["case_price"], *leaf["practitioner_price"]]
    limits = [*leaf["institution_price"], *(price for _, _, price in leaf["group"])]
    return (
        sizes == (problem.n, problem.m, problem.p)
        and places == sorted(set(places))
        and all(0 <= g < len(problem.exclusive) and 0 <= j < problem.m for g, j in places)
        and all(abs(price) < PRICE_LIMIT for price in prices)
        and all(0 <= price < PRICE_LIMIT for price in limits)
        and all(u >= -e for u, e in zip(leaf["case_price"], problem.open_price.tolist(), strict=True))
        and all(
            case in problem.separate and 0 <= k < problem.p + problem.m and side in (0, 1)
            for case, k, side in leaf["path"]
        )
    )


def covers(paths):
    """Whether the paths are leaves of a tree that splits every inner node in two, or lie below such leaves."""
    if [] in paths:
        return True
    heads = {(case, k) for (case, k, _), *_ in paths}
    sides = [[rest for (_, _, at), *rest in paths if at == side] for side in (0, 1)]
    return len(heads) == 1 and all(map(covers, sides))


def obeyed_by_all(paths):
    """The same by definition: whichever side of each split a plan is on, it obeys every decision of some path."""
    splits = sorted({(case, k) for path in paths for case, k, _ in path})
    ways = (dict(zip(splits, sides, strict=True)) for sides in product((0, 1), repeat=len(splits)))
    return all(any(all(way[case, k] == side for case, k, side in path) for path in paths) for way in ways)


def bound_of(problem, leaf):
    """What no plan on a leaf can exceed: every limit at its price, plus what single pairs gain above the prices."""
    u, pi, through = leaf["case_price"], leaf["practitioner_price"], leaf["institution_price"]
    total = sum(r * price for r, price in zip(problem.demand.tolist(), u, strict=True))
    total += sum(cap * price for cap, price in zip(problem.institution_capacity.tolist(), through, strict=True))
    total += sum(price for _, _, price in leaf["group"])
    for j in range(problem.m):
        k = int(problem.institution[j])
        net = pi[j] - (through[k] if k >= 0 else 0)
        room = min(int(problem.capacity[j]), problem.n)
        total += sum(max(0, net - price) for price in slot_prices(problem, j, room))
        if room and (k < 0 or problem.institution_capacity[k] > 0):
            total += sum(gain(problem, leaf, i, j) for i in range(problem.n))
    return total


def gain(problem, leaf, i, j):
    points = score(problem, i, j)
    kept_out = any(unit(problem, j) == k and i in keeps_out(problem, case, side) for case, k, side in leaf["path"])
    if points is None or kept_out:
        return 0
    relief = sum(price for g, c, price in leaf["group"] if c == j and i in problem.exclusive[g])
    return max(0, points - leaf["case_price"][i] - leaf["practitioner_price"][j] - relief)


def keeps_out(problem, case, side):
    """Whom a decision about a case keeps out of a unit: the case itself, or everyone who opposes it."""
    opponents = {other for pair in problem.separate.tolist() if case in pair for other in pair if other != case}
    return opponents if side else {case}
