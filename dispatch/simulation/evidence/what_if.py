"""What if: the same day under other weights and prices, or with somebody away, and the cases that change hands."""

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.policy.schema import Policy
from dispatch.modes.optimized import match
from dispatch.simulation.evidence.days import Day
from dispatch.simulation.evidence.frontier import PlanFigures, figures_of_plan

IN_PLACE = {"weights"}
"""Parts of a policy that no column of a docket reads."""


class HandChange(NamedTuple):
    """A case that changes hands: who no longer has it, and who has it instead."""

    case_id: str
    before: list[str]
    after: list[str]


class WhatIf(NamedTuple):
    """
    A day as it is, and as it would be.

    Parameters
    ----------
    before, after : PlanFigures
        Both measured by the weights in force, so that they can be compared.
    changed : list of HandChange
        In the order of the docket.
    optimal : bool
        Whether both plans are proven to be the best.
    """

    before: PlanFigures
    after: PlanFigures
    changed: list[HandChange]
    optimal: bool


def compare(day: Day, policy: Policy, away: Collection[str] = ()) -> WhatIf:
    """Return what becomes of a day under another policy, and with some people away."""
    other = changed_day(day.docket, policy, away)
    return WhatIf(
        figures_of_plan(day.docket, day.levels, day.problem.room > 0, day.solution.rows, day.solution.cols),
        figures_of_plan(day.docket, day.levels, other.problem.room > 0, other.solution.rows, other.solution.cols),
        hand_changes(day, other),
        bool(day.solution.optimal and other.solution.optimal),
    )


def changed_day(docket: Docket, policy: Policy, away: Collection[str]) -> Day:
    """Return the day matched again."""
    parts = {name for name, part in policy if part != getattr(docket.policy, name)}
    other = replace(docket, policy=policy) if parts <= IN_PLACE else Docket.build(docket.facts, policy, docket.seed)
    gone = np.array([person.id in away for person in docket.facts.practitioners], bool)
    other = other.without(gone) if gone.any() else other
    found = match(other, eligible(other))
    return Day(other, found.problem, found.solution)


def hand_changes(before: Day, after: Day) -> list[HandChange]:
    """Return the cases that two plans of the same cases give to different people."""
    held = [_holders(day) for day in (before, after)]
    return [
        HandChange(case.id, sorted(was - now), sorted(now - was))
        for case, was, now in zip(before.docket.facts.cases, *held, strict=True)
        if was != now
    ]


def _holders(day: Day) -> list[set[str]]:
    held: list[set[str]] = [set() for _ in day.docket.facts.cases]
    for case, j in zip(day.solution.rows.tolist(), day.solution.cols.tolist(), strict=True):
        held[case].add(day.docket.practitioner_at(j).id)
    return held
