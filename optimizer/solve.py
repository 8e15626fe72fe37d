"""Candidates, flow, prices, rescan, until proven."""

import dataclasses

import numpy as np

from optimizer.build import MatchingNetwork
from optimizer.classes import Classes, deal, merge_cases
from optimizer.problem import IntArray, Pairs, Problem
from optimizer.scoring import Candidates, Sheet
from optimizer.solution import Certificate, Proof, Solution, seal_of

KEEP = 20


def solve(problem: Problem, seed: int = 0) -> Solution:
    """
    Find a plan of greatest value and prove that no plan is worth more.

    Parameters
    ----------
    problem : Problem
        The instance.
    seed : int, default 0
        Seed of the draw among equally good plans.

    Returns
    -------
    Solution
        Plan, value, bound and certificate.

    Notes
    -----
    Column generation over the arcs of a convex min-cost flow: prices of the flow on few candidates either prove
    the plan for all pairs or name the pairs that are missing.
    Source: Desaulniers, Desrosiers, Solomon (eds.), *Column Generation*, chapter 1.
    """
    classes = merge_cases(problem)
    sheet = Sheet(problem, classes)
    candidates = _first_candidates(problem, classes, sheet)
    while True:
        built = MatchingNetwork(problem, classes, candidates)
        flow = built.network.cheapest_flow()
        proof = built.prices(flow)
        missing = _missing(problem, classes, sheet, candidates, proof)
        if missing.rows.size == 0:
            return _solution(problem, classes, candidates, flow, proof, seed)
        candidates = _merge(candidates, missing)


def _first_candidates(problem: Problem, classes: Classes, sheet: Sheet) -> Candidates:
    keep = KEEP + 2 * classes.count * problem.demand[classes.member]
    return sheet.best(np.arange(keep.size), problem.slot_price[:, 0], keep)


def _missing(problem: Problem, classes: Classes, sheet: Sheet, candidates: Candidates, proof: Proof) -> Candidates:
    """Pairs outside the candidates that the prices do not rule out."""
    surplus = proof.case_price[classes.member]
    suspects = np.flatnonzero(surplus < candidates.rest)
    known = Pairs(candidates.rows, candidates.cols)
    keep = np.full(suspects.size, KEEP)
    found = sheet.best(suspects, proof.practitioner_price, keep, _relief(problem, classes, proof), known)
    relief = _relief(problem, classes, proof).at(found.rows, found.cols)
    gain = found.scores - proof.practitioner_price[found.cols] - relief - surplus[found.rows]
    return Candidates(found.rows[gain > 0], found.cols[gain > 0], found.scores[gain > 0], candidates.rest)


def _relief(problem: Problem, classes: Classes, proof: Proof) -> Pairs:
    prices = proof.group_price
    rows = [classes.of_case[problem.exclusive[g]] for g in prices.rows]
    sizes = np.array([part.size for part in rows], np.int64)
    stacked = np.concatenate([np.empty(0, np.int64), *rows])
    return Pairs(stacked, np.repeat(prices.cols, sizes), np.repeat(prices.values, sizes))


def _merge(old: Candidates, new: Candidates) -> Candidates:
    rows = np.concatenate((old.rows, new.rows))
    order = np.argsort(rows, kind="stable")
    cols, scores = np.concatenate((old.cols, new.cols)), np.concatenate((old.scores, new.scores))
    return Candidates(rows[order], cols[order], scores[order], old.rest)


def _solution(
    problem: Problem, classes: Classes, candidates: Candidates, flow: IntArray, proof: Proof, seed: int
) -> Solution:
    units = flow[: candidates.rows.size]
    used = units > 0
    rows, cols = deal(classes, candidates.rows[used], candidates.cols[used], units[used])
    unmet = problem.demand - np.bincount(rows, minlength=problem.n)
    value = int(units @ candidates.scores) - _slot_cost(problem, cols) - int(unmet @ problem.open_price)
    draft = Solution(rows, cols, unmet, value, value, True, Certificate(problem.digest, seed, proof, ""))
    return dataclasses.replace(draft, certificate=dataclasses.replace(draft.certificate, seal=seal_of(draft)))


def _slot_cost(problem: Problem, cols: IntArray) -> int:
    order = np.sort(cols)
    step = np.arange(order.size) - np.searchsorted(order, order)
    return int(problem.slot_price[order, np.minimum(step, problem.slot_price.shape[1] - 1)].sum())
