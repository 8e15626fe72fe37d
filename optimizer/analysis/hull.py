"""Plans by two criteria: what each is worth, where two draw level, and which of many no mixture matches."""

from fractions import Fraction
from math import floor
from typing import NamedTuple

from optimizer.pairs import IntArray, Pairs


class WeighedPlan(NamedTuple):
    """
    A plan and what it is worth by both criteria.

    Parameters
    ----------
    value : int, points
        Its worth while the perturbation counts nothing.
    gain : int, units of the perturbation
        What each point of the perturbation adds.
    rows, cols : (q,) int64
        Its pairs.
    level : int or None
        A whole level at which it was found to be best; None if it was found otherwise.
    """

    value: int
    gain: int
    rows: IntArray
    cols: IntArray
    level: int | None = None

    def at(self, level: int) -> int:
        """Return what the plan is worth where the perturbation counts so much."""
        return self.value + level * self.gain

    def beats(self, other: "WeighedPlan", level: Fraction) -> bool:
        """Whether the plan is worth more than another at a level between whole ones."""
        return self.value + level * self.gain > other.value + level * other.gain

    @property
    def pairs(self) -> Pairs:
        """Its pairs as a list."""
        return Pairs(self.rows, self.cols)


class Corner(NamedTuple):
    """
    A supported plan no mixture of others matches, and where the perturbation has to stand for it.

    Parameters
    ----------
    plan : Plan
        The plan.
    least, most : Fraction
        The levels of the perturbation at which no plan that was found is worth more.
    sure : bool
        Whether no other plan is, either: at both ends it was proven that no plan is worth more.
    gap : int, points
        No plan that gains as much is worth more than the plan by more than this; 0 if it is proven best somewhere.
    """

    plan: WeighedPlan
    least: Fraction
    most: Fraction
    sure: bool
    gap: int

    @property
    def level(self) -> int | None:
        """A whole level at which the plan is best, as far from the ends as can be; None if none is known."""
        if not self.sure:
            return self.plan.level
        middle = floor((self.least + self.most) / 2)
        fitting = (each for each in (middle, middle + 1) if self.least <= each <= self.most)
        return max(fitting, key=lambda each: min(each - self.least, self.most - each), default=None)


class Between(NamedTuple):
    """
    The best plan among those that gain at least so much, found between two corners.

    Parameters
    ----------
    plan : Plan
        The plan; no other is as good by one criterion and better by the other, if ``proven``.
    min_gain : int, units of the perturbation
        What it was asked to gain.
    max_value : int, points
        No plan that gains as much is worth more; equal to the plan's value if it is ``proven``.
    proven : bool
        Whether the search came to its end.
    """

    plan: WeighedPlan
    min_gain: int
    max_value: int
    proven: bool


def crossing(left: WeighedPlan, right: WeighedPlan) -> Fraction:
    """Return the level at which two plans of different gain are worth the same."""
    return Fraction(left.value - right.value, right.gain - left.gain)


def area(left: WeighedPlan, right: WeighedPlan) -> int:
    """Return how much room for other plans there is between two: the product of what they differ by."""
    return (left.value - right.value) * (right.gain - left.gain)


def hull(plans: list[WeighedPlan]) -> list[WeighedPlan]:
    """Return those that no mixture of two others matches, in order of gain."""
    best = {plan.gain: plan for plan in sorted(plans, key=lambda plan: (plan.value, plan.level is not None))}
    kept: list[WeighedPlan] = []
    for plan in (best[gain] for gain in sorted(best)):
        while len(kept) > 1 and crossing(kept[-2], kept[-1]) >= crossing(kept[-1], plan):
            kept.pop()
        kept.append(plan)
    return kept
