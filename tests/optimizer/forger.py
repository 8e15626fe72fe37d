"""False claims made from true ones: every trick with numbers, types, shapes and order that a checker could fall for."""

import struct
from dataclasses import replace

import numpy as np

from optimizer import Pairs
from tests.optimizer import oracle

EXTREMES = [-(2**63), 2**63 - 1, 2**62, -(2**62), 2**61, 2**53 + 1, 2**50, -(2**50), 2**50 - 1, 2**49, 2**31, -1, 0]


class AlwaysEqual(str):
    """A text that claims to be any other."""

    __hash__ = str.__hash__

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


class Obliging(np.ndarray):
    """An array that says of every comparison that it holds nowhere."""

    def __lt__(self, other):
        return np.zeros(self.shape, bool)

    __gt__ = __ne__ = __le__ = __ge__ = __lt__


def whole(values):
    """An int64 array whose numbers are what is left of these after wrapping, as in a careless sum."""
    return np.array([(int(value) + 2**63) % 2**64 - 2**63 for value in values], np.int64)


def bypassed(rows, cols, values):
    """Pairs that went past the checks of their type."""
    pairs = Pairs([], [])
    for name, array in (("rows", rows), ("cols", cols), ("values", values)):
        object.__setattr__(pairs, name, array)
    return pairs


def sealed(solution):
    """The claim with a seal that fits it, or would, if it were of whole numbers."""
    try:
        return replace(solution, certificate=replace(solution.certificate, seal=oracle.seal(solution)))
    except (AttributeError, TypeError, ValueError, struct.error, oracle.NotWholeError):
        return solution


def with_leaves(solution, *leaves, **changes):
    return replace(solution, certificate=replace(solution.certificate, leaves=leaves), **changes)


def with_leaf(solution, **changes):
    first, *others = solution.certificate.leaves
    return with_leaves(solution, replace(first, **changes), *others)


def nothing(problem, leaf, solution):
    """The plan that leaves everything open, claimed to be the best there is."""
    worst = -sum(r * e for r, e in zip(problem.demand.tolist(), problem.open_price.tolist(), strict=True))
    empty = np.empty(0, np.int64)
    plan = {"rows": empty, "cols": empty, "open": problem.demand.copy()}
    return with_leaves(solution, leaf, **plan, objective=worst, bound=worst, optimal=True)


def honest(problem, solution):
    """The claim with the bound that its prices do prove, and the word that fits it."""
    leaves = solution.certificate.leaves
    bound = max(oracle.bound_of(problem, oracle.leaf_of(leaf)) for leaf in leaves)
    return replace(solution, bound=bound, optimal=bound == solution.objective)


def touched(array, random, by):
    array = array.copy()
    if array.size:
        array.flat[random.randrange(array.size)] += by
    return array


# Each takes the problem, a true solution of it and dice, and returns a claim, sealed afterwards.


def smallest_integer(problem, solution, random):
    leaf = solution.certificate.proof
    prices = {"practitioner_price": np.full(problem.m, -(2**63)), "case_price": -problem.open_price}
    return nothing(problem, replace(leaf, **prices, path=leaf.path[:0]), solution)


def wrapped_sum(problem, solution, random):
    count = max(1, int(problem.demand.sum()))
    worst = int(problem.demand @ problem.open_price)
    leaf = replace(
        solution.certificate.proof,
        case_price=np.full(problem.n, (random.choice([2**64, 2**65, 2**66]) - worst) // count % 2**63),
        practitioner_price=np.zeros(problem.m, np.int64),
        institution_price=np.zeros(problem.p, np.int64),
    )
    return nothing(problem, leaf, solution)


def huge_prices(problem, solution, random):
    name = random.choice(["practitioner_price", "institution_price", "case_price"])
    extreme = random.choice(EXTREMES)
    prices = np.full(getattr(solution.certificate.proof, name).size, extreme)
    return random.choice([with_leaf(solution, **{name: prices}), nothing(problem, replace(
        solution.certificate.proof, **{name: prices}), solution)])  # fmt: skip


def one_huge_price(problem, solution, random):
    name = random.choice(["practitioner_price", "institution_price", "case_price"])
    prices = getattr(solution.certificate.proof, name).copy()
    if prices.size:
        prices[random.randrange(prices.size)] = random.choice(EXTREMES)
    forged = with_leaf(solution, **{name: prices})
    return random.choice([forged, replace(forged, bound=wrapped_bound(problem, forged), optimal=False)])


def wrapped_bound(problem, solution):
    """The bound a checker of 64 bits might find."""
    leaves = solution.certificate.leaves
    return int(whole([max(oracle.bound_of(problem, oracle.leaf_of(leaf)) for leaf in leaves)])[0])


def fractions(problem, solution, random):
    name = random.choice(["practitioner_price", "institution_price", "case_price"])
    prices = getattr(solution.certificate.proof, name).astype(random.choice([np.float64, np.float32, np.longdouble]))
    return with_leaf(solution, **{name: prices - random.choice([0, 0.5, 0.999])})


def other_type(problem, solution, random):
    kind = random.choice(["u8", "u4", "u2", "u1", "i1", "i2", "i4", ">i8", "f8", "?", "O", "c16", "U5", "m8[s]"])
    plan, leaf = ("rows", "cols", "open"), ("case_price", "practitioner_price", "institution_price", "path")
    name = random.choice([*plan, *leaf])
    holder = solution if name in plan else solution.certificate.proof
    with np.errstate(all="ignore"):
        array = getattr(holder, name).astype(kind)
    return replace(solution, **{name: array}) if name in plan else with_leaf(solution, **{name: array})


def other_object(problem, solution, random):
    name = random.choice(["rows", "cols", "open", "objective", "bound", "optimal", "certificate"])
    found = getattr(solution, name)
    options = [None, "40", 40.5, [1], {}, np.float64(1), np.array(3), Ellipsis]
    options += [float(found), np.int64(found), complex(found), str(found)] if type(found) is int else []
    options += [int(found), np.bool_(found), "no", 1.0] if type(found) is bool else []
    options += [found.tolist(), found.reshape(-1, 1), found.view(Obliging), np.ma.array(found)]\
        if isinstance(found, np.ndarray) else []  # fmt: skip
    return replace(solution, **{name: random.choice(options)})


def other_certificate(problem, solution, random):
    claim = solution.certificate
    name = random.choice(["instance", "seed", "leaves", "seal"])
    options = {
        "instance": [AlwaysEqual(claim.instance[:-1]), claim.instance.upper() + " ", None, b"", 3],
        "seed": [True, 0.0, float(claim.seed), np.int64(claim.seed), None, "0"],
        "leaves": [(), list(claim.leaves), None, (None,), (*claim.leaves, claim), claim.leaves[0]],
        "seal": [AlwaysEqual("0"), "", None, 0],
    }
    changed = replace(claim, **{name: random.choice(options[name])})
    return replace(solution, certificate=changed)


def pair_twice(problem, solution, random):
    if not solution.rows.size:
        return solution
    at = random.randrange(solution.rows.size)
    kind = random.choice([np.int64, np.uint64, np.uint8, np.uint16])
    rows, cols = (np.insert(array, at, array[at]).astype(kind) for array in (solution.rows, solution.cols))
    return replace(solution, rows=rows, cols=cols)


def unsorted(problem, solution, random):
    kind = random.choice([np.int64, np.uint64, np.uint8])
    return replace(solution, rows=solution.rows[::-1].astype(kind), cols=solution.cols[::-1].astype(kind))


def another_pair(problem, solution, random):
    """A pair more, a pair less, a pair moved; with or without the other numbers that go with it."""
    pairs = set(zip(solution.rows.tolist(), solution.cols.tolist(), strict=True))
    if problem.n and problem.m:
        pairs ^= {(random.randrange(problem.n), random.randrange(problem.m))}
    pairs -= {random.choice(sorted(pairs))} if pairs and random.random() < 0.5 else set()
    table = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    unmet = problem.demand - np.bincount(table[:, 0], minlength=problem.n)
    moved = replace(solution, rows=table[:, 0].copy(), cols=table[:, 1].copy(), open=unmet)
    return moved if random.random() < 0.3 else with_value(problem, moved)


def with_value(problem, solution):
    pairs = list(zip(solution.rows.tolist(), solution.cols.tolist(), strict=True))
    try:
        value = oracle.worth(problem, pairs, solution.open.tolist())
    except TypeError:
        return solution
    return replace(solution, objective=value, optimal=value == solution.bound)


def outside(problem, solution, random):
    name = random.choice(["rows", "cols", "open"])
    array = getattr(solution, name).copy()
    if array.size:
        array[random.randrange(array.size)] = random.choice([*EXTREMES, problem.n, problem.m])
    return replace(solution, **{name: array})


def other_number(problem, solution, random):
    name = random.choice(["objective", "bound"])
    by = random.choice([-1, 1, 2**24, 2**32, 2**63, 2**64, -(2**64), 2**256, -(10**5000)])
    changed = replace(solution, **{name: getattr(solution, name) + by})
    return replace(changed, optimal=random.random() < 0.5)


def claimed_best(problem, solution, random):
    """A poorer plan, its own value as bound."""
    poorer = another_pair(problem, solution, random)
    return replace(poorer, bound=poorer.objective, optimal=True)


def small_price(problem, solution, random):
    """One price moved a little, its bound as it was or as it now is."""
    name = random.choice(["practitioner_price", "institution_price", "case_price"])
    by = random.choice([-(2**30), -7, -1, 1, 7, 2**26 + 1])
    leaf = solution.certificate.proof
    forged = with_leaf(solution, **{name: touched(getattr(leaf, name), random, by)})
    return forged if random.random() < 0.3 else honest(problem, forged)


def shifted_prices(problem, solution, random):
    """All prices moved against each other, so far that single precision would not see a point."""
    by = random.choice([2**23, 2**26, 2**40, 2**48]) + random.randrange(3)
    leaf = solution.certificate.proof
    forged = with_leaf(solution, practitioner_price=leaf.practitioner_price + by, case_price=leaf.case_price - by)
    return random.choice([forged, honest(problem, forged), replace(honest(problem, forged), bound=solution.bound)])


def group_price(problem, solution, random):
    leaf = solution.certificate.proof
    most = max(1, len(problem.exclusive))
    size = random.randrange(1, 4)
    rows, cols = ([random.randrange(-1, top + 1) for _ in range(size)] for top in (most, problem.m))
    values = [random.choice([*EXTREMES, 1, 5]) for _ in range(size)]
    arrays = [np.array(part, np.int64) for part in (rows, cols, values)]
    listed = leaf.group_price
    options = [
        bypassed(*arrays),
        bypassed(listed.rows[::-1], listed.cols[::-1], listed.values),
        bypassed(*(np.repeat(part, 2) for part in (listed.rows, listed.cols, listed.values))),
        bypassed(listed.rows.astype(np.uint8), listed.cols.astype(np.int8), listed.values.astype(np.float64)),
        bypassed(listed.rows, listed.cols, listed.values[:, None]),
        Pairs(listed.rows, listed.cols, listed.values + 1 if listed.size else listed.values),
        (listed.rows, listed.cols, listed.values),
    ]
    return with_leaf(solution, group_price=random.choice(options))


def lost_leaf(problem, solution, random):
    leaves = list(solution.certificate.leaves)
    leaves.pop(random.randrange(len(leaves)))
    forged = with_leaves(solution, *leaves)
    return honest(problem, forged) if leaves and random.random() < 0.5 else forged


def other_path(problem, solution, random):
    """Decisions flipped, cut short, doubled, moved to another leaf, or such that nobody can make them."""
    leaves = list(solution.certificate.leaves)
    at = random.randrange(len(leaves))
    path = leaves[at].path
    made_up = [[random.randrange(-1, 3), random.randrange(-1, problem.p + problem.m + 1), random.randrange(-1, 3)]]
    options = [
        path[:-1],
        path[1:],
        path ^ np.array([0, 0, 1]),
        path[::-1].copy(),
        np.concatenate((path, path)),
        np.concatenate((path, np.array(made_up, np.int64))),
        np.array(made_up, np.int64),
        np.repeat(np.array([[0, 0, 0]]), 300, axis=0),
        random.choice(leaves).path,
        path.ravel(),
        path.astype(np.uint8),
        touched(path, random, random.choice([-1, 1, 2**40])),
    ]
    leaves[at] = replace(leaves[at], path=random.choice(options))
    forged = with_leaves(solution, *leaves)
    try:
        return honest(problem, forged) if random.random() < 0.5 else forged
    except (IndexError, AttributeError, oracle.NotWholeError):
        return forged


def more_leaves(problem, solution, random):
    """A leaf twice, or a split that adds nothing: as true as before, if its bound is."""
    leaves = solution.certificate.leaves
    extra = random.choice(leaves)
    return with_leaves(solution, *random.sample([*leaves, extra], len(leaves) + 1))


def split_leaf(problem, solution, random):
    """Every plan lies on one side of a decision: two leaves in the place of one prove the same or more."""
    if not problem.separate.size or not problem.m:
        return solution
    first, *others = solution.certificate.leaves
    case, k = random.choice(problem.separate.ravel().tolist()), random.randrange(problem.p + problem.m)
    sides = [replace(first, path=np.vstack((first.path, [[case, k, side]]))) for side in (0, 1)]
    return honest(problem, with_leaves(solution, *sides, *others))


def shifted_border(problem, solution, random):
    """The same numbers, one of them in the next array."""
    if not solution.cols.size:
        return solution
    return replace(solution, rows=np.append(solution.rows, solution.cols[0]), cols=solution.cols[1:])


def untouched(problem, solution, random):
    return solution


TRICKS = (
    smallest_integer, wrapped_sum, huge_prices, one_huge_price, fractions, other_type, other_object, other_certificate,
    pair_twice, unsorted, another_pair, outside, other_number, claimed_best, small_price, shifted_prices, group_price,
    lost_leaf, other_path, more_leaves, split_leaf, shifted_border, untouched,
)  # fmt: skip
