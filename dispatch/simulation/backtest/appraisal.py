"""What a day came to beside the best plan for the same seats, by everyone's state that morning.

The best plan knows all cases of the day from its morning on. It can be carried out without knowing any of
them early: it gives each seat to someone who had room that morning, and a place that nobody else of the plan
takes is still free at the moment the seat was given in fact. Rooms that came free in the course of the day are
not counted on either side, and no price is put on turns: what the rotation owes anyone is no part of a match.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

import numpy as np

from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.period import Period
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import Status
from dispatch.modes.encode import encode
from dispatch.modes.scores import score
from dispatch.modes.seating import Given, Seats
from dispatch.simulation.replay.behaviour import Model
from dispatch.simulation.replay.centre import Centre
from optimizer import Problem, Solution, solve, verify

NO_PRICE = {"price_per_turn": 0, "price_per_effort": 0, "floor_premium": 0, "load_ladder": (0,)}


class Made(NamedTuple):
    """An assignment of the day; ``kept`` while it had not come to nothing when the day was over."""

    id: str
    case_id: str
    practitioner_id: str
    assigned_at: datetime
    kept: bool
    relaxed: tuple[str, ...] = ()


class Appraisal(NamedTuple):
    """What one assignment was worth among all who could have had the seat; None for what nobody can say."""

    id: str
    score: int | None
    best: int | None
    place: int | None
    pool: int


class Compared(NamedTuple):
    """The seats that could be compared, the column each was given by its row, and the best plan for them."""

    docket: Docket
    eligibility: Eligibility
    problem: Problem
    given: dict[int, int]
    solution: Solution

    @property
    def realised(self) -> int:
        """What the seats as they were given were worth, in points."""
        scores = score(self.docket)
        return sum(sum(scores.terms(i, j).values()) for i, j in self.given.items())


@dataclass(frozen=True, slots=True)
class AppraisedDay:
    """A day beside its best plan, in points of score."""

    seats: int
    compared: int
    realised: int
    best: int
    appraisals: tuple[Appraisal, ...]
    compares: Compared | None = None
    """What was compared, for further questions about the day."""


def appraise(period: Period, made: Sequence[Made], policy: Policy) -> AppraisedDay:
    """
    Return what the assignments of a day were worth, one by one and together.

    Parameters
    ----------
    period : Period
        The day: everyone's state when it began, and every case that had a seat to fill in it.
    made : sequence of Made
        Its assignments, in the order they were made.
    policy : Policy
        Whose rules and weights measure.
    """
    if not made:
        return AppraisedDay(0, 0, 0, 0, ())
    centre = morning(period, made, policy)
    docket, eligibility = seats_of(centre, made)
    kept = [each for each in made if each.kept]
    found = compare_day(centre, kept)
    return AppraisedDay(
        seats=len(kept),
        compared=len(found.given) if found else 0,
        realised=found.realised if found else 0,
        best=int(found.solution.objective) if found else 0,
        appraisals=tuple(_appraisals(docket, eligibility, made)),
        compares=found,
    )


def compare_day(centre: Centre, kept: Sequence[Made]) -> Compared | None:
    """Return the seats whose practitioner could have had them by that morning's state, and the best plan for those."""
    if not kept:
        return None
    docket, eligibility = seats_of(centre, kept)
    fits = [each for each, given in zip(kept, _given(docket, eligibility, kept), strict=True) if given]
    if not fits:
        return None
    docket, eligibility = seats_of(centre, fits)
    given = {each.row: each.column for each in _given(docket, eligibility, fits) if each}
    problem = encode(docket, eligibility)
    solution = solve(problem, seed=docket.seed)
    verify(problem, solution)
    return Compared(docket, eligibility, problem, given, solution)


def morning(period: Period, made: Sequence[Made], policy: Policy) -> Centre:
    """Return the centre as it was when the day began, the day's cases before it, and turns without a price."""
    free = policy.model_copy(update={"fairness": policy.fairness.model_copy(update=NO_PRICE)})
    centre = Centre(period, free, Model(seed=0))
    centre.people.begin_day(period.since)
    for earlier in period.earlier:
        assignment = centre.remember(earlier)
        (centre.people.remember if assignment.ended_at else centre.people.take_earlier)(assignment)
    relaxed = {each.case_id: each.relaxed for each in made}
    for case in period.arrivals:
        if case.id in relaxed:
            centre.grant(case).relaxed = list(relaxed[case.id])
    return centre


def seats_of(centre: Centre, made: Sequence[Made]) -> tuple[Docket, Eligibility]:
    """Return the docket of the very seats that were given."""
    seats = Counter(each.case_id for each in made if each.case_id in centre.files)
    facts = centre.facts(seats, (Status.PENDING,))
    cases = tuple(replace(case, demand=min(seats[case.id], case.demand)) for case in facts.cases)
    return centre.judged(replace(facts, cases=cases))


def _given(docket: Docket, eligibility: Eligibility, made: Sequence[Made]) -> list[Given | None]:
    seats = Seats(docket, eligibility)
    answers = (seats.give(each.case_id, each.practitioner_id) for each in made)
    return [answer if isinstance(answer, Given) else None for answer in answers]


def _appraisals(docket: Docket, eligibility: Eligibility, made: Sequence[Made]) -> Iterator[Appraisal]:
    scores = score(docket)
    first = {docket.case_at(i).id: i for i in reversed(range(docket.n))}
    column = {each.id: j for j, each in enumerate(docket.facts.practitioners)}
    for each in made:
        i, j = first.get(each.case_id), column.get(each.practitioner_id)
        if i is None or j is None:
            yield Appraisal(each.id, None, None, None, 0)
            continue
        points, allowed = np.sum(list(scores.row(i).values()), axis=0), eligibility.row(i)
        place = 1 + int((points[allowed] > points[j]).sum()) if allowed[j] else None
        best = int(points[allowed].max()) if allowed.any() else None
        yield Appraisal(each.id, int(points[j]), best, place, int(allowed.sum()))
