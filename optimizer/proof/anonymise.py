"""A proof under fresh names: the same plan of the same worth, its rows, columns and keys drawn anew."""

from dataclasses import replace

import numpy as np

from optimizer.pairs import IntArray, Pairs
from optimizer.problem import Problem, no_scores
from optimizer.proof.claim import checked
from optimizer.solution import Proof, Solution


def masked(problem: Problem, solution: Solution, seed: int) -> tuple[Problem, Solution]:
    """
    Return a proof in which nothing is named as before.

    Parameters
    ----------
    problem, solution : Problem, Solution
        A proven plan.
    seed : int
        Of the draw; a secret one, or the names can be drawn again.

    Returns
    -------
    Problem, Solution
        Cases, practitioners, institutions and terms in a drawn order, keys by that order. Scores, prices and limits
        are the same, so ``verify`` says the same of it. Two proofs masked with different seeds share no name;
        rows alike in both stay alike, for what is to be checked is what they hold.

    Raises
    ------
    ValueError
        If the solution has not the form of a claim about the problem.
    """
    solution = checked(problem, solution)
    cases, people, houses, terms = orders(problem, seed)
    at_case, at_person, at_house = (np.argsort(order) for order in (cases, people, houses))
    other = Problem(
        base_score=problem.base_score[cases][:, people] if problem.dense else no_scores(),
        case_terms=problem.case_terms[cases][:, terms],
        practitioner_terms=problem.practitioner_terms[people][:, terms],
        capacity=problem.capacity[people],
        slot_price=problem.slot_price[people],
        open_price=problem.open_price[cases],
        demand=problem.demand[cases],
        bonus=Pairs(at_case[problem.bonus.rows], at_person[problem.bonus.cols], problem.bonus.values),
        barred=Pairs(at_case[problem.barred.rows], at_person[problem.barred.cols], problem.barred.values),
        institution=np.append(at_house, -1)[problem.institution[people]],
        institution_capacity=problem.institution_capacity[houses],
        exclusive=tuple(at_case[group] for group in problem.exclusive),
        separate=at_case[problem.separate],
    )
    rows, cols = at_case[solution.rows], at_person[solution.cols]
    order = np.lexsort((cols, rows))
    leaves = tuple(_leaf(leaf, cases, people, houses) for leaf in solution.certificate.leaves)
    certificate = replace(solution.certificate, instance=other.digest, leaves=leaves)
    moved = replace(solution, rows=rows[order], cols=cols[order], open=solution.open[cases], certificate=certificate)
    return other, moved.sealed()


def orders(problem: Problem, seed: int) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return the drawn order of cases, practitioners, institutions and terms: who stands where in it, by index."""
    draw = np.random.default_rng(seed)
    cases, people, houses, terms = (
        draw.permutation(size) for size in (problem.n, problem.m, problem.p, problem.case_terms.shape[1])
    )
    return cases, people, houses, terms


def _leaf(leaf: Proof, cases: IntArray, people: IntArray, houses: IntArray) -> Proof:
    # A unit of the path is an institution, or one beyond them for a practitioner outside all.
    at_unit = np.append(np.argsort(houses), len(houses) + np.argsort(people))
    path = leaf.path.copy()
    path[:, 0], path[:, 1] = np.argsort(cases)[path[:, 0]], at_unit[path[:, 1]]
    group = leaf.group_price
    return Proof(
        case_price=leaf.case_price[cases],
        practitioner_price=leaf.practitioner_price[people],
        institution_price=leaf.institution_price[houses],
        group_price=Pairs(group.rows, np.argsort(people)[group.cols], group.values),
        path=path,
    )
