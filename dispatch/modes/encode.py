"""Docket to optimizer.Problem and back: the only border between names and indices.

A row of the problem is a case with its demand; its columns are blocks, one a case column or
rule group, each one-hot over the values that occur. So every case has one term a block.

Exactness. A criterion contributes 0 to weight * 100 points, and all weights sum to 10,000, so
the criteria of a pair sum to 0 … 1,000,000 < 2**20 = HARD. A rule group of hard rules contributes 0
or -HARD: one refusal makes the sum negative, whatever the criteria give, and a bonus is added
only to pairs that pass. With F rule groups every partial sum, in any order, lies between -F * HARD
and 1,000,000; F * HARD + 1,000,000 < 2**24 is asserted, so float32 holds each of them exactly.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.columns import Integers
from dispatch.domain.docket.docket import NOBODY, Choice, Docket, PairList
from dispatch.domain.eligibility.verdicts import Eligibility, RuleGroup
from dispatch.domain.law.recipients import served_first
from dispatch.domain.ledger import slot_prices
from dispatch.domain.policy.criteria import MAX_SCORE
from dispatch.modes.places import capacity_of, institution_rooms
from dispatch.modes.scores import Scores, score
from optimizer import Pairs, Problem, Solution

HARD = 2**20
EXACT_BELOW = 2**24
PRICE_BELOW = 2**39
MAX_SLOTS = 64
SPARSE_PAIRS = 256
MIN_URGENCY = 8

Block = tuple[Integers, Integers]
"""Key (n,) of each case and points (k, m)."""


def encode(docket: Docket, eligibility: Eligibility) -> Problem:
    """
    Return the matching problem of a docket under its policy.

    Parameters
    ----------
    docket : Docket
        Rows are seats; the problem's rows are its cases, in the order of ``docket.facts.cases``.
    eligibility : Eligibility
        Hard rules: those on the practitioner alone close the capacity, those on a rule group of the
        case ride in the terms or, where they concern few pairs, as barred pairs.

    Raises
    ------
    AssertionError
        If the rule groups are too many for exact scores; a rule that adds one is noticed by any test.
    """
    assert len(eligibility.rule_groups) * HARD + MAX_SCORE < EXACT_BELOW, (
        "too many rule groups for exact scores in float32"
    )
    scores = score(docket)
    first = first_rows(docket)
    blocks, sparse = blocks_of(docket, eligibility, scores, first)
    barred_pairs = np.concatenate([sparse, pairs_of_cases(docket, eligibility.barred_pairs)])
    bonus = bonus_of_cases(docket, eligibility, scores)
    return Problem(
        case_terms=stacked_cases(blocks, len(first)),
        practitioner_terms=np.concatenate([points for _, points in blocks]).T.astype(np.float32),
        barred=Pairs(barred_pairs[:, 0], barred_pairs[:, 1]),
        bonus=Pairs(bonus[:, 0], bonus[:, 1], bonus[:, 2]),
        **frame(docket, eligibility),
    )


def decode(docket: Docket, solution: Solution) -> Choice:
    """Return a plan as one column a row; of two seats the better-scored practitioner leads."""
    scores = score(docket)
    choice = np.full(docket.n, NOBODY, np.int64)
    first = first_rows(docket)
    plan: dict[int, list[int]] = {}
    for case, j in zip(solution.rows.tolist(), solution.cols.tolist(), strict=True):
        plan.setdefault(case, []).append(j)
    for case, cols in plan.items():
        i = int(first[case])
        keys = docket.practitioner_key
        # `i=i` has no type.
        cols.sort(key=lambda j, i=i: (-sum(scores.terms(i, j).values()), int(keys[j])))  # type: ignore[misc]
        choice[i : i + len(cols)] = cols
    return choice


def frame(docket: Docket, eligibility: Eligibility) -> dict[str, Any]:
    """Return all of a problem but its scores: room, prices, and what must be kept apart."""
    capacity = capacity_of(docket, eligibility)
    rooms = institution_rooms(docket)
    slots = min(max(int(capacity.max(initial=0)), 1), max(docket.n, 1), MAX_SLOTS)
    prices = slot_prices(docket.practitioner, docket.policy.fairness, slots)
    groups = (np.unique(docket.case_of[rows]) for rows in docket.exclusive)
    return {
        "capacity": np.minimum(capacity, docket.n),
        "slot_price": prices,
        "open_price": open_prices(docket, int(prices.max(initial=0)) - int(prices.min(initial=0))),
        "demand": np.bincount(docket.case_of, minlength=len(docket.facts.cases)),
        "institution": docket.practitioner.institution[0],
        "institution_capacity": np.minimum(rooms, docket.n),
        "exclusive": tuple(group for group in groups if len(group) > 1),
        "separate": np.unique(docket.case_of[docket.opposing].reshape(-1, 2), axis=0),
        "case_key": docket.case_key[first_rows(docket)],
        "practitioner_key": docket.practitioner_key,
    }


def open_prices(docket: Docket, dearest: int) -> Integers:
    """
    Return the price of leaving a seat of each case open; `dearest` is the span of slot prices.

    Notes
    -----
    Serving one more case may move every other to its worst match, which costs at most the
    number of seats times the span of gains. A level of the urgency ladder is worth more than
    that, and all levels together less than one case: first as many cases as possible, then
    the most urgent, of them those whom the law has served first, then the best matches.
    """
    first = np.array([served_first(case.categories) for case in docket.facts.cases], np.int64)
    # Where nobody is served first, a level needs no room for it.
    step = 1 + int(first.max(initial=0))
    base = min((docket.n + 1) * (MAX_SCORE + dearest + 1), PRICE_BELOW // (2 * MIN_URGENCY * step))
    hours = docket.hours_left[first_rows(docket)]
    steps = docket.policy.urgency
    edges = np.array([step.within_hours for step in steps])
    levels = np.array([*(step.level for step in steps), 0], np.int64)
    prices: Integers = base * (step * (MIN_URGENCY + levels[np.searchsorted(edges, hours)]) + first)
    return prices


def blocks_of(
    docket: Docket, eligibility: Eligibility, scores: Scores, first: Integers
) -> tuple[list[Block], Integers]:
    """Return the blocks of terms, and the pairs refused by rules too sparse for a column."""
    merged: dict[tuple[str, ...], Block] = {}
    for factor in scores.factors:
        reads = (factor.reads,) if factor.reads else ()
        _, points = merged.get(reads, (factor.key, 0))
        merged[reads] = (factor.key[first], points + factor.points)
    sparse = [np.empty((0, 2), np.int64)]
    for rule_group in eligibility.rule_groups:
        if rule_group.reads in merged:
            key, points = merged[rule_group.reads]
            merged[rule_group.reads] = (key, points - HARD * ~rule_group.allowed)
        else:
            block, pairs = hard_block(rule_group, rule_group.key[first])
            merged[rule_group.reads] = block
            sparse.append(pairs)
    return list(merged.values()), np.concatenate(sparse)


def hard_block(rule_group: RuleGroup, key: Integers) -> tuple[Block, Integers]:
    """Return a rule group's refusals as columns, alike ones once, and as pairs where they are few."""
    allowed, pattern_of = rule_group.patterns
    key = pattern_of[key]
    refused = np.count_nonzero(~allowed, axis=1)
    few = refused * np.bincount(key, minlength=len(allowed)) <= SPARSE_PAIRS
    pairs = np.concatenate([np.empty((0, 2), np.int64), *sparse_pairs(allowed, key, np.flatnonzero(few))])
    return (key, -HARD * ~(allowed | few[:, None])), pairs


def sparse_pairs(allowed: NDArray[np.bool_], key: Integers, few: Integers) -> Iterator[Integers]:
    """Yield the refused pairs of each sparse pattern."""
    for pattern in few:
        rows, cols = np.flatnonzero(key == pattern), np.flatnonzero(~allowed[pattern])
        yield np.stack([np.repeat(rows, len(cols)), np.tile(cols, len(rows))], axis=1)


def stacked_cases(blocks: list[Block], n: int) -> NDArray[np.float32]:
    """Return one-hot terms of the cases over all blocks, (n, d)."""
    widths = [len(points) for _, points in blocks]
    terms = np.zeros((n, sum(widths)), np.float32)
    for offset, (key, _) in zip(np.cumsum([0, *widths]), blocks, strict=False):
        terms[np.arange(n), offset + key] = 1
    return terms


def bonus_of_cases(docket: Docket, eligibility: Eligibility, scores: Scores) -> Integers:
    """Return the points of wishes and continuity, only for pairs that pass: (q, 3) case, column, points."""
    found = [np.empty((0, 3), np.int64)]
    for pairs in scores.bonuses.values():
        passes = eligibility.allows(pairs.rows, pairs.cols) & (docket.seat[pairs.rows] == 0)
        found.append(np.stack([docket.case_of[pairs.rows], pairs.cols, pairs.values], axis=1)[passes])
    return np.concatenate(found)


def pairs_of_cases(docket: Docket, pairs: PairList) -> Integers:
    """Return pairs of seats as pairs of cases, (q, 2)."""
    return np.unique(np.stack([docket.case_of[pairs.rows], pairs.cols], axis=1), axis=0)


def first_rows(docket: Docket) -> Integers:
    """Return the first row of each case."""
    return np.searchsorted(docket.case_of, np.arange(len(docket.facts.cases)))
