"""The radius of a weight or price: how far it can move before another plan is better."""

from functools import cached_property
from typing import NamedTuple

from optimizer.analysis.levels import Levels
from optimizer.analysis.small_steps import SmallSteps
from optimizer.analysis.sweep import Sweep
from optimizer.pairs import IntArray, Pairs
from optimizer.perturbation import Perturbation, PerturbationError, pairs_of, value_of, whole_level, worth
from optimizer.problem import Problem


class Reach(NamedTuple):
    """
    How far a weight or price can move in one direction.

    Parameters
    ----------
    steps : int, points
        Over so many the plan stays optimal.
    room : int, points
        So many there are to the end of the range: 0, and it cannot move; equal to ``steps``, and no move matters.
    proven : bool
        Whether one step more is known to make another plan better, or there is none; False where a solve ended
        without proof, and the plan may then stay optimal over more steps.
    """

    steps: int
    room: int
    proven: bool = True


class Radius(NamedTuple):
    """How far a weight or price may fall and rise."""

    down: Reach
    up: Reach


def stability_radius(
    problem: Problem,
    perturbation: Perturbation,
    level: int,
    most: int,
    rows: IntArray,
    cols: IntArray,
    near: IntArray | None = None,
) -> Radius | None:
    """
    Return the largest changes of one weight or price that leave the plan optimal.

    Parameters
    ----------
    problem : Problem
        The instance with the weight or price at 0.
    perturbation : Perturbation
        What one point of it does.
    level, most : int, points, 0 <= level <= most
        Its level, and the highest it may take.
    rows, cols : (q,) int64
        A legal plan.
    near : (m,) int64, points, optional
        About what the practitioners cost at the level; it saves time and changes nothing.

    Returns
    -------
    Radius or None
        None if another plan is better at the level itself.

    Raises
    ------
    PerturbationError
        If the sweep from 0 to ``most`` is refused, or the plan is worth more than any legal one.

    Notes
    -----
    The value of each plan is linear in the weight, so the plan stays optimal on an interval. A step too far is
    cut back to where the plan found there meets ours (Newton's method for parametric programs, which ends
    because each cut meets a new plan); the first cuts are those of plans one small step away, without a solve.
    Source: Radzik, *Fractional combinatorial optimization*, section 2.
    """
    level = whole_level(level)
    plan = _Plan(Sweep(problem, perturbation, 0, most), pairs_of(problem, rows, cols), near)
    here = plan.rival(level)
    if here.ahead > 0:
        return None
    if not here.proven:
        return Radius(*(Reach(0, room, proven=room == 0) for room in (level, plan.sweep.most - level)))
    return Radius(plan.reach(level, -1, level), plan.reach(level, 1, plan.sweep.most - level))


class _Rival(NamedTuple):
    """The best plan found at a level: by how much it is ahead of ours, and whether nothing else is further."""

    ahead: int
    gain: int
    proven: bool


class _Plan:
    """A plan, and how it compares along a sweep."""

    def __init__(self, sweep: Sweep, pairs: Pairs, near: IntArray | None) -> None:
        self.sweep, self.pairs, self.levels = sweep, pairs, Levels(sweep, near=near)
        self.value = value_of(sweep.problem, pairs.rows, pairs.cols)
        self.gain = worth(sweep.problem, sweep.perturbation, pairs.rows, pairs.cols)

    @cached_property
    def small(self) -> SmallSteps:
        """Legal plans close by."""
        return SmallSteps(self.sweep, self.pairs)

    def rival(self, level: int) -> _Rival:
        solution = self.levels.solution(level)
        ours = self.value + level * self.gain
        if ours > solution.bound:
            raise PerturbationError(
                f"the plan is worth {ours} at level {level}, where no legal plan exceeds {solution.bound}"
            )
        gain = worth(self.sweep.problem, self.sweep.perturbation, solution.rows, solution.cols)
        return _Rival(solution.objective - ours, gain, ours == solution.bound)

    def reach(self, level: int, sign: int, room: int) -> Reach:
        """Return how far the plan, optimal at the level, stays optimal."""
        steps, proven = self.small.steps(level, sign, room), True
        while steps > 0:
            rival = self.rival(level + sign * steps)
            if rival.proven:
                break
            if rival.ahead > 0:
                # The rival is not ahead at the level itself, so it gains on us by each step.
                pace = sign * (rival.gain - self.gain)
                steps, proven = (pace * steps - rival.ahead) // pace, True
            else:
                steps, proven = steps // 2, False
        return Reach(steps, room, proven)
