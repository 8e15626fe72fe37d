"""What prices prove, computed anew for the verifier: weak duality over every pair, by tiles."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.checks import SCORE_LIMIT
from optimizer.exact import exact_dot, exact_sum, largest
from optimizer.pairs import ABSENT, IntArray, Pairs
from optimizer.problem import Problem
from optimizer.solution import Proof

CELLS = 2**21
PAIRS = 2**15
"""Single pairs scored together."""

WORTHWHILE = 0.7
"""Terms or practitioners are left out of a product only if no more than this part of them remains: it is a copy."""

STRICT = -(2**19)
"""A level below this is a hard rule: few scores survive it."""

BELOW_ALL = np.float32(-3e38)

Values = NDArray[np.floating]


def unit_of(problem: Problem) -> IntArray:
    """Return what two separate cases may not share, (m,) int64: an institution, or p + column outside all."""
    alone = problem.p + np.arange(problem.m)
    return np.where(problem.institution < 0, alone, problem.institution)


def scores_of(problem: Problem, rows: IntArray, cols: IntArray) -> IntArray:
    """Return the score of each pair, (q,) int64, bonus included."""
    scores = problem.bonus.at(rows, cols)
    for top in range(0, rows.size, PAIRS):
        part = slice(top, top + PAIRS)
        # Every partial sum of a score is a whole number below 2**24, which float32 holds exactly.
        terms = problem.case_terms[rows[part]], problem.practitioner_terms[cols[part]]
        scores[part] += (np.einsum("qd,qd->q", *terms) + problem.base_score[rows[part], cols[part]]).astype(np.int64)
    return scores


class _Kinds(NamedTuple):
    """
    Cases of equal terms and no fact of their own, scored once; kinds that share all hard rules lie side by side.

    Parameters
    ----------
    of_case : (n,) int64
        Kind of each case.
    first : (k,) int64
        One case of each kind.
    start : (k + 1,) int64
        Where the cases of each kind begin in ``cases``.
    cases : (n,) int64
        All cases by kind.
    """

    of_case: IntArray
    first: IntArray
    start: IntArray
    cases: IntArray


class _Part(NamedTuple):
    """A tile: kinds from ``top`` to before ``bottom``, and the columns of those who pass their hard rules."""

    top: int
    bottom: int
    cols: IntArray


class _Leaf(NamedTuple):
    """
    The prices of a proof as the tiles need them.

    Parameters
    ----------
    case_price : (n,) int64
        As in the proof.
    least : (k,) int64
        The lowest case price of each kind.
    price : (m,) float32, or float64 where float32 would round
        Practitioner prices.
    relief : Pairs of (kind, column)
        Group prices, spread over the pairs of the group's cases.
    barred : (b, 2) int64, sorted
        Kinds and the units they stay out of.
    """

    case_price: IntArray
    least: IntArray
    price: Values
    relief: Pairs
    barred: IntArray


class Bounds:
    """
    What prices prove about one problem.

    Parameters
    ----------
    problem : Problem
        The instance.

    Notes
    -----
    Nothing here rounds. A score, its partial sums, and score less price while ``reach`` and price stay below 2**24
    together, are whole numbers that float32 holds; there the price rides in the matrix product. Dearer prices are
    subtracted in float64, exact below 2**53. See ``optimizer.proof.claim.PRICE_LIMIT``.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        strict = problem.practitioner_terms.min(axis=0, initial=0) < STRICT
        self._kinds = _kinds(problem, strict)
        ones = np.ones(self._kinds.first.size, np.float32)
        self._terms = np.column_stack((problem.case_terms[self._kinds.first], ones))
        self._levels = np.empty((self._terms.shape[1], problem.m), np.float32)
        self._levels[:-1] = problem.practitioner_terms.T
        self._units = unit_of(problem)
        self._bonus, self._barred = (self._by_kind(pairs) for pairs in (problem.bonus, problem.barred))
        self._parts = list(_parts(problem, self._terms[:, :-1], np.flatnonzero(strict)))

    def of(self, proof: Proof) -> int:
        """
        Return what no plan on the leaf of a proof can exceed, in points.

        Parameters
        ----------
        proof : Proof
            Prices and decisions in the form of ``optimizer.proof.claim``.

        Notes
        -----
        Lagrangian bound: every limit at its price, plus what single pairs gain above the prices.
        Source: Geoffrion, *Lagrangean relaxation for integer programming*, Mathematical Programming Study 2 (1974).
        """
        problem = self.problem
        through = np.append(proof.institution_price, 0)[problem.institution]
        net = proof.practitioner_price - through
        steps = problem.slot_price.shape[1]
        room = np.minimum(problem.capacity, problem.n)
        slots = np.maximum(net[:, None] - problem.slot_price, 0)
        listed = np.where(np.arange(steps) < room[:, None], slots, 0)
        total = exact_dot(problem.demand, proof.case_price) + exact_sum(listed)
        total += exact_dot(np.maximum(room - steps, 0), slots[:, -1])
        total += exact_dot(problem.institution_capacity, proof.institution_price) + exact_sum(proof.group_price.values)
        return total + self._gains(self._leaf(proof))

    def _gains(self, leaf: _Leaf) -> int:
        """What single pairs gain above the prices, summed over all pairs a plan could use."""
        # Below a few tiles, handing work to threads takes longer than the work.
        if self._kinds.first.size * self.problem.m < 4 * CELLS:
            return sum(self._of_part(leaf, part) for part in self._parts)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return sum(pool.map(lambda part: self._of_part(leaf, part), self._parts))

    def _leaf(self, proof: Proof) -> _Leaf:
        rides = self.problem.reach + largest(proof.practitioner_price) < SCORE_LIMIT
        price: Values = proof.practitioner_price.astype(np.float32 if rides else np.float64)
        self._levels[-1] = -proof.practitioner_price if rides else 0
        by_kind = proof.case_price[self._kinds.cases]
        least = np.minimum.reduceat(by_kind, self._kinds.start[:-1]) if by_kind.size else ABSENT
        cases, units = _kept_out(self.problem, proof).T
        barred = np.column_stack((self._kinds.of_case[cases], units))
        relief = self._by_kind(_spread(self.problem, proof.group_price))
        return _Leaf(proof.case_price, least, price, relief, np.unique(barred, axis=0))

    def _by_kind(self, pairs: Pairs) -> Pairs:
        """Pairs of kind and column: a case with facts of its own is the only one of its kind."""
        return Pairs(self._kinds.of_case[pairs.rows], pairs.cols, pairs.values)

    def _of_part(self, leaf: _Leaf, part: _Part) -> int:
        value = self._values(leaf, part)
        # Rounding keeps order, so a price that float32 rounds is still above or below every value as before.
        least = leaf.least[part.top : part.bottom].astype(value.dtype)
        hot = np.flatnonzero(value.max(axis=1) > least)
        sizes = np.diff(self._kinds.start)[part.top + hot]
        begin = np.repeat(self._kinds.start[part.top + hot] - np.cumsum(sizes) + sizes, sizes)
        cases = self._kinds.cases[begin + np.arange(begin.size)]
        r = np.repeat(hot, sizes)
        height = max(1, CELLS // part.cols.size)
        chunks = (slice(top, top + height) for top in range(0, cases.size, height))
        return sum(self._gain(leaf, part, value, r[chunk], cases[chunk]) for chunk in chunks)

    def _gain(self, leaf: _Leaf, part: _Part, value: Values, r: IntArray, cases: IntArray) -> int:
        """What the pairs of some cases gain, whose values are in these rows of the tile."""
        gain = value[r].astype(np.float64) - leaf.case_price[cases, None]
        at, c, relief = _inside(leaf.relief, part.top + r, part)
        gain[at, c] -= relief
        return exact_sum(np.maximum(gain, 0).astype(np.int64))

    def _values(self, leaf: _Leaf, part: _Part) -> Values:
        """Scores less prices; pairs that no plan may use lie below all, those of negative score where it matters."""
        problem, kinds = self.problem, np.arange(part.top, part.bottom)
        # Where no two prices sum to less than zero, no negative score exceeds them.
        masked = int(leaf.least[kinds].min()) + int(leaf.price.min()) < 0
        rides = leaf.price.dtype == np.float32 and not masked
        terms, levels = self._terms[kinds], self._levels
        terms, levels = (terms, levels) if rides else (terms[:, :-1], levels[:-1])
        used = np.flatnonzero(terms.any(axis=0))
        if part.cols.size < problem.m:
            terms, levels = terms[:, used], levels[np.ix_(used, part.cols)]
        elif used.size <= WORTHWHILE * len(levels):
            terms, levels = terms[:, used], levels[used]
        value: Values = terms @ levels
        if problem.dense:
            value += problem.base_score[np.ix_(self._kinds.first[kinds], part.cols)]
        r, c, extra = _inside(self._bonus, kinds, part)
        value[r, c] += extra
        if not rides:
            refused = value < 0
            value = value - leaf.price[part.cols]
            value[refused] = BELOW_ALL
        r, c, _ = _inside(self._barred, kinds, part)
        value[r, c] = BELOW_ALL
        for kind, unit in leaf.barred[slice(*np.searchsorted(leaf.barred[:, 0], (part.top, part.bottom)))].tolist():
            value[kind - part.top, self._units[part.cols] == unit] = BELOW_ALL
        return value


def _kinds(problem: Problem, strict: NDArray[np.bool_]) -> _Kinds:
    alone = np.full(problem.n, problem.dense)
    for rows in (problem.bonus.rows, problem.barred.rows, problem.separate.ravel(), *problem.exclusive):
        alone[rows] = True
    terms = np.ascontiguousarray(problem.case_terms[:, np.argsort(~strict, kind="stable")])
    own = np.where(alone, np.arange(problem.n), -1)[:, None]
    facts = np.concatenate((terms.view(np.uint8), own.view(np.uint8)), axis=1)
    row = np.ascontiguousarray(facts).view(np.dtype((np.void, facts.shape[1]))).ravel()
    _, first, of_case, count = np.unique(row, return_index=True, return_inverse=True, return_counts=True)
    return _Kinds(of_case, first, np.append(0, np.cumsum(count)), np.argsort(of_case, kind="stable"))


def _parts(problem: Problem, terms: NDArray[np.float32], strict: IntArray) -> Iterator[_Part]:
    """Cut the work into tiles; who cannot take a case, or fails a hard rule that a run of kinds shares, is left out."""
    limit = np.append(problem.institution_capacity, 1)[problem.institution]
    free = np.flatnonzero(np.minimum(problem.capacity, limit) > 0)
    rules = terms[:, strict]
    turns = np.flatnonzero((rules[1:] != rules[:-1]).any(axis=1)) + 1
    starts = np.append(0, turns) if turns.size < len(terms) / 8 else np.zeros(1, np.int64)
    best = _best_besides(problem, strict)
    for start, stop in zip(starts.tolist(), np.append(starts[1:], len(terms)).tolist(), strict=True):
        used = np.flatnonzero(rules[start]) if stop - start and (rules[start] == rules[start:stop]).all() else ABSENT
        penalty = problem.practitioner_terms[np.ix_(free, strict[used])] @ rules[start, used] if used.size else 0
        cols = free[np.broadcast_to(penalty + best >= 0, free.shape)]
        cols = cols if cols.size <= WORTHWHILE * problem.m else free
        height = max(1, CELLS // max(cols.size, 1))
        for top in range(start, stop if cols.size else start, height):
            yield _Part(top, min(top + height, stop), cols)


def _best_besides(problem: Problem, strict: IntArray) -> int:
    """No pair scores more than this besides the terms of hard rules."""
    levels = np.maximum(problem.by_term.max(axis=1, initial=0), -problem.by_term.min(axis=1, initial=0))
    levels[strict] = 0
    most = (np.abs(problem.case_terms) @ levels).max(initial=0)
    base = problem.base_score.max(initial=0) if problem.dense else 0
    return int(most) + int(base) + int(problem.bonus.values.max(initial=0))


def _inside(pairs: Pairs, kinds: IntArray, part: _Part) -> tuple[IntArray, IntArray, IntArray]:
    """The listed pairs of some kinds of a tile, increasing, in their own rows and the tile's columns."""
    near = slice(*np.searchsorted(pairs.rows, (part.top, part.bottom)))
    rows, cols, values = pairs.rows[near], pairs.cols[near], pairs.values[near]
    if not rows.size or not kinds.size:
        return ABSENT, ABSENT, ABSENT
    r = np.minimum(np.searchsorted(kinds, rows), kinds.size - 1)
    c = np.minimum(np.searchsorted(part.cols, cols), part.cols.size - 1)
    kept = (kinds[r] == rows) & (part.cols[c] == cols)
    return r[kept], c[kept], values[kept]


def _spread(problem: Problem, prices: Pairs) -> Pairs:
    """Spread each group price over the pairs of the group's cases with that practitioner."""
    sizes = np.array([problem.exclusive[g].size for g in prices.rows], np.int64)
    rows = np.concatenate((ABSENT, *(problem.exclusive[g] for g in prices.rows)))
    return Pairs(rows, np.repeat(prices.cols, sizes), np.repeat(prices.values, sizes))


def _kept_out(problem: Problem, proof: Proof) -> IntArray:
    """The case and the unit of all that the decisions on the way to the leaf keep out, (b, 2)."""
    one, other = np.concatenate((problem.separate, problem.separate[:, ::-1])).T
    out = [np.empty((0, 2), np.int64)]
    for case, unit, side in proof.path.tolist():
        cases = other[one == case] if side else np.array([case])
        out.append(np.column_stack((cases, np.full_like(cases, unit))))
    return np.concatenate(out)
