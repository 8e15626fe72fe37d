"""What a manager wants to know of a dispatched day, as figures."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from dispatch.domain.policy.criteria import MAX_SCORE
from dispatch.domain.vocabulary import Status

AT_RISK = timedelta(hours=24)
"""An open case with less time left is at risk."""

WAITING = (Status.RECEIVED, Status.PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFigures:
    """One dispatched day. Scores are shares of the best possible, loads are cases a person."""

    cases: int
    seats: int
    assigned: int
    open_because: Mapping[str, int]
    wished: int
    first_wishes_allowed: int
    first_wishes: int
    mean_score: float
    objective: int
    bound: int
    optimal: bool
    took_a_case: int
    active: int
    mean_load: float
    max_load: int
    gini: float
    in_time: int
    waiting: int
    at_risk: int
    missed: int
    phases: Mapping[str, float] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """Seats nobody could be named for."""
        return self.seats - self.assigned


def count_figures(
    now: datetime,
    summary: Mapping[str, Any],
    cases: Iterable[Mapping[str, Any]],
    assignments: Iterable[Mapping[str, Any]],
    active: int,
    phases: Mapping[str, float],
) -> DemoFigures:
    """Return the figures of an applied run from what the API says of it."""
    holders = Counter(assignment["practitioner_id"] for assignment in assignments)
    loads = [*holders.values(), *[0] * (active - len(holders))]
    deadlines = Counter(_deadline(case, now) for case in cases)
    return DemoFigures(
        cases=summary["cases"],
        seats=summary["seats"],
        assigned=sum(holders.values()),
        open_because=summary["open_because"],
        wished=summary["wished"],
        first_wishes_allowed=summary["first_wishes_allowed"],
        first_wishes=summary["first_wishes"],
        mean_score=(summary["mean_score"] or 0.0) / MAX_SCORE,
        objective=summary["objective"],
        bound=summary["bound"],
        optimal=summary["optimal"],
        took_a_case=len(holders),
        active=active,
        mean_load=sum(loads) / max(len(loads), 1),
        max_load=max(loads, default=0),
        gini=gini(loads),
        in_time=deadlines["in_time"],
        waiting=deadlines["waiting"],
        at_risk=deadlines["at_risk"],
        missed=deadlines["missed"],
        phases=phases,
    )


def gini(loads: Sequence[int]) -> float:
    """Return how unequal loads are: 0 when all are equal, near 1 when one bears everything."""
    ranked = np.sort(np.asarray(loads, dtype=float))
    count, total = len(ranked), ranked.sum()
    if not total:
        return 0.0
    return float(2 * (np.arange(1, count + 1) * ranked).sum() / (count * total) - (count + 1) / count)


def _deadline(case: Mapping[str, Any], now: datetime) -> str:
    left = datetime.fromisoformat(case["due_at"]) - now
    if left < timedelta():
        return "missed"
    if case["status"] not in WAITING:
        return "in_time"
    return "at_risk" if left < AT_RISK else "waiting"
