"""Inverse optimisation: the nearest weights under which given choices would have been best."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from optimizer.pairs import IntArray, require, require_shape, whole
from optimizer.solver import cp_sat

WEIGHT_LIMIT = 2**40
"""Weights and their bounds stay below this in size."""

POINTS_LIMIT = 2**53
"""What a choice and a rival can differ by stays below this: far from wrapping, and exact in any arithmetic."""


@dataclass(frozen=True, eq=False)
class Choice:
    """
    Someone was chosen although others could have been.

    Parameters
    ----------
    levels : (q, f) int64
        By how much the chosen one exceeds each rival in each criterion.
    price : (q,) int64, points
        By how much the chosen one's slot costs more than each rival's.

    Raises
    ------
    ValueError
        If the arrays are not of integers, or their shapes do not fit.
    """

    levels: IntArray
    price: IntArray

    def __post_init__(self) -> None:
        for name, values in (("levels", self.levels), ("price", self.price)):
            object.__setattr__(self, name, whole(values, name))
        require_shape(self.levels, "levels", (None, None), "it must be (q, f)")
        require_shape(self.price, "price", (len(self.levels),), f"it must be ({len(self.levels)},), one a rival")

    @cached_property
    def least(self) -> IntArray:
        """By how much the chosen one has to be ahead by levels: a point more than by price, but of equals."""
        return self.price + self.levels.any(axis=1)

    def worst(self, weights: IntArray) -> int | None:
        """Return the rival who is furthest from being worth less by these weights; None if all are."""
        short = self.least - self.levels @ weights
        return int(short.argmax()) if short.size and short.max() > 0 else None


class Lesson(NamedTuple):
    """
    What choices say about the weights.

    Parameters
    ----------
    weights : (f,) int64, basis points
        The weights nearest to those now that explain as many choices as any weights can.
    explained : tuple of int
        The choices that are best by them.
    contradiction : tuple of int
        A smallest set of choices no weights explain together; empty if there is none.
    """

    weights: IntArray
    explained: tuple[int, ...]
    contradiction: tuple[int, ...]


def learn(weights: IntArray, choices: Sequence[Choice], least: IntArray, most: IntArray) -> Lesson:
    """
    Return the weights nearest to ``weights`` in the sum of changes under which the choices would have been best.

    Parameters
    ----------
    weights, least, most : (f,) int64, basis points
        The weights now, and the bounds of each. The sum of the weights is kept.
    choices : sequence of Choice
        What was chosen, and what else could have been.

    Raises
    ------
    ValueError
        If shapes do not fit, no weights between the bounds have that sum, or a comparison could reach 2**53 points.

    Notes
    -----
    A choice is explained if it is worth a point more than every rival the criteria tell apart: weights by which
    all are alike would explain everything. Weights are asked for in whole basis points: corners of a linear
    programme are seldom whole, and rounding would break the very comparisons they rest on. Rivals enter as they
    are found to be better (cuts).
    Sources: Ahuja, Orlin, *Inverse optimization*, Operations Research 49 (2001); Chan, Mahmood, Zhu, *Inverse
    optimization: theory and applications*, Operations Research 73 (2025).
    """
    weights, least, most = (
        whole(values, name) for name, values in (("weights", weights), ("least", least), ("most", most))
    )
    _require_comparable(weights, choices, least, most)
    school = _School(weights, choices, least, most)
    everything = range(len(choices))
    found = school.nearest(everything)
    if found is not None:
        return Lesson(found, tuple(everything), ())
    explained = school.max_explained()
    found = school.nearest(explained)
    assert found is not None, "what was explained together can be explained together"
    return Lesson(found, tuple(explained), school.smallest_contradiction())


def _require_comparable(weights: IntArray, choices: Sequence[Choice], least: IntArray, most: IntArray) -> None:
    """Refuse bounds that leave no weights, and numbers whose sums could wrap or that CP-SAT would not take."""
    require_shape(weights, "weights", (None,), "it must be (f,)")
    for name, bounds in (("least", least), ("most", most)):
        require_shape(bounds, name, weights.shape, f"it must be {weights.shape} like weights")
    for name, values in (("weights", weights), ("least", least), ("most", most)):
        require(
            (values > -WEIGHT_LIMIT) & (values < WEIGHT_LIMIT), name, values, f"its size must be below {WEIGHT_LIMIT}"
        )
    require(least <= most, "least", least, "it must not exceed most")
    total = int(weights.sum())
    if not int(least.sum()) <= total <= int(most.sum()):
        raise ValueError(f"weights sum to {total}; within their bounds they sum to {least.sum()} to {most.sum()}")
    largest = np.maximum(np.abs(least), np.abs(most)).astype(np.float64)
    for number, choice in enumerate(choices):
        if choice.levels.shape[1:] != weights.shape:
            raise ValueError(f"choices[{number}] has {choice.levels.shape[1]} criteria; weights have {weights.size}")
        # As floats nothing wraps, and what is rounded is far above the limit.
        points = np.abs(choice.levels.astype(np.float64)) @ largest + np.abs(choice.price.astype(np.float64))
        require(points < POINTS_LIMIT, f"choices[{number}]", points, f"a rival may differ by less than {POINTS_LIMIT}")


class _School:
    """The cuts known so far, shared by all questions."""

    def __init__(self, weights: IntArray, choices: Sequence[Choice], least: IntArray, most: IntArray) -> None:
        self.weights, self.choices, self.least, self.most = weights, choices, least, most
        self.rivals: list[set[int]] = [set() for _ in choices]

    def nearest(self, wanted: Collection[int]) -> IntArray | None:
        """Return the nearest weights that explain all that are wanted, None if there are none."""
        while True:
            form = _Form(self.weights, self.least, self.most)
            form.model.add_bool_and([form.explain(*self._cuts(index)) for index in wanted])
            form.stay_near(self.weights)
            if not form.solved():
                return None
            found = form.found()
            if not self._widened(wanted, found):
                return found

    def max_explained(self, certain: Collection[int] = ()) -> list[int]:
        """Return a largest set of choices that some weights explain together, among them all that are certain."""
        while True:
            form = _Form(self.weights, self.least, self.most)
            kept = [form.explain(*self._cuts(index)) for index in range(len(self.choices))]
            form.model.add_bool_and([kept[index] for index in certain])
            form.model.maximize(sum(kept))
            form.solved()
            explained = [index for index, literal in enumerate(kept) if form.solver.boolean_value(literal)]
            if not self._widened(explained, form.found()):
                return explained

    def smallest_contradiction(self) -> tuple[int, ...]:
        """
        Return a smallest set of choices that no weights explain together.

        Notes
        -----
        Such a set meets the rest of every explainable set. A smallest set that meets all rests known so far is
        either a contradiction, then a smallest one, or lies in a further explainable set.
        Source: Ignatiev, Previti, Liffiton, Marques-Silva, *Smallest MUS extraction with minimal hitting set
        dualization*, CP 2015. By Helly's theorem no more choices than criteria are needed, but for the whole numbers.
        """
        rests: list[set[int]] = []
        while True:
            suspects = _smallest_hitting(rests)
            if self.nearest(suspects) is None:
                return tuple(suspects)
            rests.append(set(range(len(self.choices))) - set(self.max_explained(suspects)))

    def _cuts(self, index: int) -> tuple[IntArray, IntArray]:
        choice, rivals = self.choices[index], sorted(self.rivals[index])
        return choice.levels[rivals], choice.least[rivals]

    def _widened(self, wanted: Collection[int], weights: IntArray) -> bool:
        """Add the worst rival of each choice; say whether there was any."""
        found = {index: self.choices[index].worst(weights) for index in wanted}
        for index, rival in found.items():
            if rival is not None:
                self.rivals[index].add(rival)
        return any(rival is not None for rival in found.values())


class _Form:
    """A model of the weights."""

    def __init__(self, weights: IntArray, least: IntArray, most: IntArray) -> None:
        self.model, self.solver = cp_sat.CpModel(), cp_sat.CpSolver()
        self.solver.parameters.num_workers = 1
        bounds = zip(least.tolist(), most.tolist(), strict=True)
        self.vars = [self.model.new_int_var(low, high, "") for low, high in bounds]
        self.model.add(sum(self.vars) == int(weights.sum()))

    def explain(self, levels: IntArray, least: IntArray) -> "cp_sat.IntVar":
        """Return whether the chosen one is far enough ahead of every rival."""
        kept = self.model.new_bool_var("")
        for row, ahead in zip(levels.tolist(), least.tolist(), strict=True):
            self.model.add(cp_sat.LinearExpr.weighted_sum(self.vars, row) >= ahead).only_enforce_if(kept)
        return kept

    def stay_near(self, weights: IntArray) -> None:
        """Ask for the least sum of changes."""
        moves = [self.model.new_int_var(0, int(weights.sum()), "") for _ in self.vars]
        for move, var, weight in zip(moves, self.vars, weights.tolist(), strict=True):
            self.model.add_abs_equality(move, var - weight)
        self.model.minimize(sum(moves))

    def solved(self) -> bool:
        """Solve, and say whether there are such weights."""
        return bool(self.solver.solve(self.model) == cp_sat.OPTIMAL)

    def found(self) -> IntArray:
        """Return the weights."""
        return np.array([self.solver.value(var) for var in self.vars], np.int64)


def _smallest_hitting(sets: Sequence[Collection[int]]) -> list[int]:
    """A smallest set that meets each of some sets."""
    model, solver = cp_sat.CpModel(), cp_sat.CpSolver()
    solver.parameters.num_workers = 1
    taken = {index: model.new_bool_var("") for each in sets for index in each}
    for each in sets:
        model.add_bool_or([taken[index] for index in each])
    model.minimize(sum(taken.values()))
    solver.solve(model)
    return sorted(index for index, literal in taken.items() if solver.boolean_value(literal))
