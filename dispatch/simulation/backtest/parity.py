"""What it would have cost a day to treat recipient categories alike, as a bound on the gap between them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.columns import Integers
from dispatch.domain.report_data import Measured, ParitySettled
from dispatch.domain.vocabulary import Category
from dispatch.modes.optimized import pair_points
from dispatch.simulation.backtest.appraisal import Compared
from optimizer.analysis.questions import ParitySearch

FEWEST_SEATS = 5
"""Of a category in a day; means of fewer say nothing."""

WHOLE = 10_000
"""A first wish that is honoured, so that gaps between rates are in basis points."""

FIRST = 1

# fmt: off
LEVELS = (
    # what is to be alike    largest gap: points of score, or basis points
    (Measured.QUALITY,       100_000),
    (Measured.QUALITY,        50_000),
    (Measured.FIRST_WISH,      2_000),
    (Measured.FIRST_WISH,      1_000),
)
# fmt: on


class Cost(NamedTuple):
    """
    The best of the day, the best found within the gap, and what no plan within the gap exceeds, in points.

    ``value`` is None where no plan was found, ``bound`` only where there is none; it is never above ``best``.
    """

    measured: Measured
    gap: int
    settled: ParitySettled
    seats: int
    best: int
    value: int | None
    bound: int | None


def costs(found: Compared) -> Iterator[Cost]:
    """Yield the cost of each level of which the day has two categories with seats enough."""
    best, seats, search = int(found.solution.objective), len(found.given), None
    for measured, gap in LEVELS:
        figure, counted = FIGURES[measured](found)
        groups = _groups(found, counted)
        if len(groups) > 1:
            search = search or ParitySearch(found.problem, found.solution)
            plan = search.within(figure, groups, gap)
            yield Cost(measured, gap, ParitySettled[plan.settled.name], seats, best, plan.value, plan.bound)


def _quality(found: Compared) -> tuple[Integers, NDArray[np.bool_]]:
    points = pair_points(found.problem, np.arange(found.problem.n)).astype(np.int64)
    return np.maximum(points, 0), np.ones(found.problem.n, bool)


def _first_wish(found: Compared) -> tuple[Integers, NDArray[np.bool_]]:
    docket = found.docket
    figure = np.zeros((found.problem.n, found.problem.m), np.int64)
    first = docket.wishes.values == FIRST
    rows = docket.case_of[docket.wishes.rows[first]]
    figure[rows, docket.wishes.cols[first]] = WHOLE
    named = np.zeros(found.problem.n, bool)
    named[rows] = True
    return figure, named


def _groups(found: Compared, counted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    cases = found.docket.facts.cases
    of = np.array([[category in case.categories for case in cases] for category in Category], bool) & counted
    return of[of @ found.problem.demand >= FEWEST_SEATS]


FIGURES: dict[Measured, Any] = {Measured.QUALITY: _quality, Measured.FIRST_WISH: _first_wish}
