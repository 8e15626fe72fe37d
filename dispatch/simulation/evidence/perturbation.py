"""A docket as a problem with one perturbation: the border between an axis of the policy and arrays."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.policy.criteria import BASIS_POINTS, Criterion
from dispatch.domain.policy.schema import MAX_SLOT_PRICE, Policy
from dispatch.domain.policy.sweep_axis import FIELDS, Axis, is_weight, level_of, with_level
from dispatch.modes.encode import EXACT_BELOW, HARD, encode, frame
from optimizer import Problem
from optimizer.analysis.questions import Perturbation, perturbation_between, staying
from optimizer.checks import PRICE_LIMIT, SCORE_LIMIT

Pair = tuple[int, int]
"""Case and practitioner, as row and column of the problem."""


class PerturbedDay(NamedTuple):
    """
    A day in which one number of the policy is free.

    Parameters
    ----------
    problem : Problem
        The day with the number at 0.
    perturbation : Perturbation
        What one more of it does.
    now, most : int
        Where it is, and how far it can be moved.
    """

    problem: Problem
    perturbation: Perturbation
    now: int
    most: int


def perturbed_day(docket: Docket, eligibility: Eligibility, axis: Axis, before: Sequence[Pair] = ()) -> PerturbedDay:
    """Return the day with the axis as its perturbation; ``before`` is the plan that ``Axis.CHURN`` keeps to."""
    if axis is Axis.CHURN:
        problem = encode(docket, eligibility)
        rows, cols = np.array(before, np.int64).reshape(-1, 2).T
        most = min(MAX_SLOT_PRICE, SCORE_LIMIT - 1 - problem.reach)
        return PerturbedDay(problem, staying(problem, rows, cols), 0, most)
    less, more = (encode(_at(docket, with_level(docket.policy, axis, level)), eligibility) for level in (0, 1))
    most = _most(docket.policy, axis, less)
    # What is open costs the same all along the axis, and at its end still more than all matches can gain.
    dearest = frame(_at(docket, with_level(docket.policy, axis, most)), eligibility)["open_price"]
    sum_of_weights = sum(with_level(docket.policy, axis, most).weights.of(each) for each in Criterion)
    times = min(1 + sum_of_weights // BASIS_POINTS, (PRICE_LIMIT - 1) // max(int(dearest.max(initial=1)), 1))
    steady = replace(less, open_price=dearest * times)
    return PerturbedDay(
        _strict(steady, sum_of_weights), perturbation_between(less, more), level_of(docket.policy, axis), most
    )


def _at(docket: Docket, policy: Policy) -> Docket:
    return replace(docket, policy=policy)


def _most(policy: Policy, axis: Axis, problem: Problem) -> int:
    """How far the axis can be moved: to the policy's bound, or a weight as far as scores stay exact."""
    if not is_weight(axis):
        return FIELDS[axis][2]
    others = BASIS_POINTS - level_of(policy, axis)
    rules = int((problem.case_terms @ (problem.practitioner_terms < 0).any(axis=0)).max(initial=0))
    return (EXACT_BELOW - 1 - rules) // (rules + 1) // 100 - others


def _strict(problem: Problem, sum_of_weights: int) -> Problem:
    """Let one hard rule outweigh all criteria, also where their weights sum to more than 10,000."""
    deeper = max(100 * sum_of_weights + 1 - HARD, 0)
    terms = problem.practitioner_terms
    return replace(problem, practitioner_terms=(terms - deeper * (terms < 0)).astype(np.float32))
