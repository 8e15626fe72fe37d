"""What overrides say about the weights: each as a comparison on the day of its run, and a check by the optimizer."""

from collections.abc import Sequence

import numpy as np

from dispatch.domain.policy.criteria import Criterion, Weights
from dispatch.domain.record import Override
from dispatch.modes.encode import encode, first_rows
from dispatch.modes.figures import weighed
from dispatch.simulation.evidence.days import Day
from optimizer import solve
from optimizer.analysis.questions import Alternatives, Choice, perturbation_between, regret, regrets
from optimizer.analysis.sweep import Sweep

CRITERIA = tuple(Criterion)


def choice_of(day: Day, override: Override) -> Choice | None:
    """
    Return an override as a comparison with everyone else who could have taken the case.

    Notes
    -----
    By the weights of that day each is worth as much less than the best as the whole day would have lost by them:
    what this leaves of their levels is the price of their slot, so someone scarce had to be worth more. A price of
    a proof would not do, for a plan has many proofs. The person the run proposed for the other seat is no rival.
    """
    found = day.place(override)
    if found is None:
        return None
    case, j = found
    row = int(first_rows(day.docket)[case])
    kept = [day.docket.column_of(id) for id in override.proposed[1:]]
    rivals = np.flatnonzero(day.eligibility.row(row) & (day.problem.room > 0))
    rivals = rivals[(rivals != j) & ~np.isin(rivals, kept)]
    table = day.levels.row(row)
    levels = np.stack([table[criterion.value] for criterion in CRITERIA], axis=1).astype(np.int64)
    weights = day.docket.policy.weights
    price = levels @ np.array([weights.of(criterion) for criterion in CRITERIA]) + regrets(day.answers, case).loss
    return Choice(levels[j] - levels[rivals], price[j] - price[rivals])


def losses(day: Day, overrides: Sequence[Override], weights: Weights) -> list[int | None]:
    """Return what the whole day would lose by each override under these weights, exactly; 0: it is as good as any."""
    docket = weighed(day.docket, weights)
    problem = encode(docket, day.eligibility)
    # Learned weights are a perturbation too: whom they let take a case must not change.
    now = encode(day.docket, day.eligibility)
    Sweep(now, perturbation_between(now, problem), 0, 1)
    solution = solve(problem, docket.seed)
    if not solution.optimal:
        return [None] * len(overrides)
    answers = Alternatives(problem, solution)
    places = (day.place(each) for each in overrides)
    found = (None if place is None else regret(answers, *place) for place in places)
    return [None if loss is None or loss.least < loss.most else loss.most for loss in found]
