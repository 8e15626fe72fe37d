"""What one day could have been: the plans between those best by one criterion and by the match, and what each costs."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.errors import PolicyInvalidError
from dispatch.domain.policy.schema import Policy
from dispatch.domain.policy.sweep_axis import Axis, is_weight, policy_at, scale_at
from dispatch.modes.encode import encode, first_rows
from dispatch.modes.figures import levels_of
from dispatch.modes.scores import Scores
from dispatch.simulation.backtest.compare import gini
from dispatch.simulation.evidence.perturbation import Pair, PerturbedDay, perturbed_day
from optimizer import Problem, solve, verify
from optimizer.analysis.frontier import PATIENCE
from optimizer.analysis.questions import Between, Corner, Frontier, WeighedPlan
from optimizer.perturbation import value_of, worth

MAX_CORNERS = 40
MAX_BETWEEN = 3

# fmt: off
AMOUNTS = {
    # axis            sign, what its gain counts, in Chinese and in English
    Axis.FAIRNESS:   (-1, "轮次超前合计", "turns ahead of the others"),
    Axis.EFFORT:     (-1, "工作量超前合计", "effort credits ahead of the others"),
    Axis.FLOOR:      (1, "补足的最低件数", "cases towards the floor"),
    Axis.CHURN:      (1, "保持不变的指派", "assignments kept"),
}
# fmt: on


class PlanFigures(NamedTuple):
    """What a plan comes to, whatever the policy weighs."""

    match: float | None
    """Mean score of a seat by today's weights."""
    levels: dict[str, float]
    """Mean level of each criterion, 0 to 100."""
    first_wishes: int
    most: int
    """Cases of the person who gets most."""
    gini: float
    """Of the turns of everyone on the list, the day's included."""
    open: int
    moved: int | None
    """How many pairs of the plan before are given up."""


class FrontierPoint(NamedTuple):
    """
    A plan on the frontier.

    Parameters
    ----------
    kind : str
        ``corner``, which a policy yields, or ``between``, which only a bound on the criterion would.
    level : int or None
        Where the axis has to be; None if no whole number yields the plan.
    least, most : float or None
        Between these levels no other plan is as good.
    amount : float
        What the plan has of the axis, in the axis's own unit.
    price : float
        Share of the best match that is given up for it.
    gap : int, points
        How far a better plan of the same amount may lie above; 0 where it is proven that there is none.
    policy : Policy or None
        The policy that was seen to yield exactly this, with a verified certificate.
    """

    kind: str
    level: int | None
    least: float | None
    most: float | None
    amount: float
    price: float
    gap: int
    figures: PlanFigures
    policy: Policy | None
    zh: str
    en: str


class Curve(NamedTuple):
    """A frontier; ``whole`` tells whether every corner is on it."""

    axis: Axis
    now: int
    seats: int
    whole: bool
    points: tuple[FrontierPoint, ...]


def draw_curve(
    docket: Docket,
    eligibility: Eligibility,
    axis: Axis,
    before: Sequence[Pair] = (),
    corners: int = MAX_CORNERS,
    between: int = MAX_BETWEEN,
) -> Curve:
    """Return the frontier of a day along an axis; ``before`` is the plan that ``Axis.CHURN`` keeps to."""
    day = _Day(docket, eligibility, axis, tuple(before))
    found = day.frontier.corners(corners, PATIENCE)
    best = found[0].plan
    placed = [(each.plan.gain, day.corner(each, best)) for each in found]
    placed += [(each.plan.gain, day.between(each, best)) for each in day.frontier.between(found, between)]
    points = tuple(point for _, point in sorted(placed, key=lambda pair: pair[0]))
    return Curve(axis, day.perturbed.now, docket.n, all(each.sure for each in found), points)


@dataclass(frozen=True, eq=False)
class _Day:
    """The figures that describe every point of a curve."""

    docket: Docket
    eligibility: Eligibility
    axis: Axis
    before: tuple[Pair, ...]
    perturbed: PerturbedDay = field(init=False)
    scores: Scores = field(init=False)
    frontier: Frontier = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scores", levels_of(self.docket))
        perturbed = perturbed_day(self.docket, self.eligibility, self.axis, self.before)
        object.__setattr__(self, "perturbed", perturbed)
        # Where the axis counts nothing at all, most plans draw level; one point of it breaks the ties.
        frontier = Frontier(perturbed.problem, perturbed.perturbation, 1, perturbed.most, self.docket.seed)
        object.__setattr__(self, "frontier", frontier)

    def corner(self, corner: Corner, best: WeighedPlan) -> FrontierPoint:
        """Return a corner with the policy that yields it."""
        level = corner.level
        policy = None if level is None else self.yielding(level, corner.plan)
        span = float(corner.least), float(corner.most)
        return self.point("corner", corner.plan, best, policy=policy, level=level, span=span, gap=corner.gap)

    def between(self, found: Between, best: WeighedPlan) -> FrontierPoint:
        """Return a point between corners, which no policy yields."""
        gap = found.max_value - found.plan.value
        return self.point("between", found.plan, best, policy=None, level=None, span=(None, None), gap=gap)

    def yielding(self, level: int, plan: WeighedPlan) -> Policy | None:
        """Return the policy with the axis at this level, if it is seen to yield just this plan's worths."""
        if self.axis is Axis.CHURN:
            return None
        try:
            policy = policy_at(self.docket.policy, self.axis, level)
        except PolicyInvalidError:
            return None
        problem = encode(replace(self.docket, policy=policy), self.eligibility)
        near = self.frontier.levels.prices_near(level, scale_at(self.docket.policy, self.axis, level))
        return policy if self.worths(problem, near) == (plan.value, plan.gain) else None

    def worths(self, problem: Problem, near: np.ndarray | None) -> tuple[int, int]:
        """Solve, verify, and return what the plan is worth by both criteria."""
        solution = solve(problem, self.docket.seed, near=near)
        verify(problem, solution)
        pairs = solution.rows, solution.cols
        return value_of(self.perturbed.problem, *pairs), worth(
            self.perturbed.problem, self.perturbed.perturbation, *pairs
        )

    def point(
        self,
        kind: str,
        plan: WeighedPlan,
        best: WeighedPlan,
        *,
        policy: Policy | None,
        level: int | None,
        span: tuple[float | None, float | None],
        gap: int,
    ) -> FrontierPoint:
        """Return a plan with its figures, and its price in words."""
        figures = self.figures(plan)
        total = (self.figures(best).match or 0.0) * max(len(best.rows), 1)
        price = (best.value - plan.value) / total if total else 0.0
        amounts = self.amount(best), self.amount(plan)
        return FrontierPoint(
            kind, level, *span, amounts[1], price, gap, figures, policy, *words(self.axis, price, *amounts)
        )

    def amount(self, plan: WeighedPlan) -> float:
        """Return what the plan has of the axis: mean level of a seat, or a count."""
        if is_weight(self.axis):
            return plan.gain / self.docket.n
        return float(AMOUNTS[self.axis][0] * plan.gain)

    def figures(self, plan: WeighedPlan) -> PlanFigures:
        """Return what a plan comes to."""
        room = self.perturbed.problem.room > 0
        return figures_of_plan(self.docket, self.scores, room, plan.rows, plan.cols, self.before)


def figures_of_plan(
    docket: Docket, levels: Scores, listed: np.ndarray, rows: np.ndarray, cols: np.ndarray, before: Sequence[Pair] = ()
) -> PlanFigures:
    """Return what a plan comes to by the weights of the docket; ``listed`` are those who can take a case, (m,)."""
    seats, weights = first_rows(docket)[rows], docket.policy.weights
    found = {factor.criterion: factor.points[factor.key[seats], cols] for factor in levels.factors}
    key = seats * docket.m + cols
    for criterion, pairs in levels.bonuses.items():
        known = dict(zip((pairs.rows * docket.m + pairs.cols).tolist(), pairs.values.tolist(), strict=True))
        found[criterion] = np.array([known.get(pair, 0) for pair in key.tolist()], np.int64)
    match = sum(weights.of(criterion) * int(of_seats.sum()) for criterion, of_seats in found.items())
    first = docket.wishes.values == 1
    wished = docket.wishes.rows[first] * docket.m + docket.wishes.cols[first]
    load = np.bincount(cols, minlength=docket.m)
    turns = (docket.practitioner.turns[0].astype(float) + load)[listed]
    kept = len(set(before) & set(zip(rows.tolist(), cols.tolist(), strict=True)))
    return PlanFigures(
        match=match / len(seats) if len(seats) else None,
        levels={each.value: float(of_seats.mean()) if len(seats) else 0.0 for each, of_seats in found.items()},
        first_wishes=int(np.isin(key, wished).sum()),
        most=int(load.max(initial=0)),
        gini=float(gini(turns[None, :])[0]) if listed.any() else 0.0,
        open=docket.n - len(rows),
        moved=len(before) - kept if before else None,
    )


def words(axis: Axis, price: float, at_best: float, amount: float) -> tuple[str, str]:
    """Return what a point costs and brings, in Chinese and in English."""
    _, zh, en = AMOUNTS.get(axis, (1, f"{axis.zh}平均分值", f"mean level of {axis.en}"))
    share = f"{100 * price:.2f}"
    return (
        f"匹配得分下降{share}%，{zh}由{at_best:,.1f}变为{amount:,.1f}",
        f"{share} % of the match is given up; {en} goes from {at_best:,.1f} to {amount:,.1f}",
    )


def to_document(curve: Curve, about: dict[str, Any]) -> dict[str, Any]:
    """Return a curve as JSON values, policies by their numbers alone."""
    points = [
        point._asdict() | {"figures": point.figures._asdict(), "policy": point.policy and point.policy.to_document()}
        for point in curve.points
    ]
    return {**about, **curve._asdict(), "axis": curve.axis.value, "points": points}
