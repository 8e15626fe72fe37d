"""Optimised matching (精准指派): the whole docket at once, with a proof and with reasons."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.columns import Integers
from dispatch.domain.docket.docket import NOBODY, Choice, Docket
from dispatch.domain.eligibility.rules import Refusal
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.ledger import slot_prices
from dispatch.domain.policy.criteria import MAX_SCORE
from dispatch.domain.quality import QualityBasis, quality_of
from dispatch.modes.encode import decode, encode
from dispatch.modes.scores import Scores, score
from optimizer import Problem, Progress, Solution, solve
from optimizer.analysis.alternatives import Alternatives
from optimizer.analysis.slots import slot_values

TILE = 256
"""Rows scored at once: a few tens of megabytes for a large city."""

Notify = Callable[[Progress], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, eq=False)
class Match:
    """A choice for a whole docket, the problem it solves, and the proven solution."""

    choice: Choice
    problem: Problem
    solution: Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Someone else who could take the seat; the terms sum to the score."""

    practitioner_id: str
    score: int
    slot_price: int
    terms: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFacts:
    """What is proposed for one seat, why, who else could take it, and how many each rule refuses."""

    case_id: str
    seat: int
    practitioner_id: str | None
    score: int | None
    slot_price: int | None
    terms: dict[str, int] | None
    alternatives: list[Alternative]
    refusals: dict[str, int]
    needs_reason: bool = False


class Scarce(NamedTuple):
    """How many seats a plan gave for one cause in one area, and what their places were worth elsewhere, in points."""

    cause: str
    area: str | None
    seats: int
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One practitioner seen for one case: eligible with a rank, or refused by named rules."""

    practitioner_id: str
    rank: int | None
    score: int
    slot_price: int
    terms: dict[str, int]
    quality: QualityBasis
    """What the quality term rests on: the grades and complaints that counted, with their days."""
    refusals: tuple[Refusal, ...] = field(default=())


def choose(docket: Docket, eligibility: Eligibility) -> Choice:
    """Return the choice of greatest worth for the whole docket."""
    return match(docket, eligibility).choice


def match(
    docket: Docket,
    eligibility: Eligibility,
    progress: Notify | None = None,
    cancelled: Cancelled | None = None,
) -> Match:
    """Match a docket; `progress` and `cancelled` are handed on to the solver."""
    problem = encode(docket, eligibility)
    solution = solve(problem, seed=docket.seed, progress=progress, cancelled=cancelled)
    return Match(decode(docket, solution), problem, solution)


def reasons(docket: Docket, eligibility: Eligibility, found: Match, alternatives: int = 3) -> list[ProposalFacts]:
    """Return one proposal a seat, in the order of the docket's rows."""
    scores = score(docket)
    paid, following = slots_taken(docket, found)
    others = best_others(docket, found, following, alternatives)
    return [
        proposal(docket, eligibility, scores, i, int(found.choice[i]), int(paid[i]), ranked, following)
        for i, ranked in zip(range(docket.n), others, strict=True)
    ]


def proposal(
    docket: Docket,
    eligibility: Eligibility,
    scores: Scores,
    i: int,
    j: int,
    paid: int,
    others: list[int],
    following: Integers,
) -> ProposalFacts:
    """Return what is proposed for one seat."""
    terms = None if j == NOBODY else scores.terms(i, j)
    return ProposalFacts(
        case_id=docket.case_at(i).id,
        seat=int(docket.seat[i]),
        practitioner_id=None if j == NOBODY else docket.practitioner_at(j).id,
        score=None if terms is None else sum(terms.values()),
        slot_price=None if terms is None else paid,
        terms=terms,
        alternatives=[alternative(docket, scores, i, other, int(following[other])) for other in others],
        refusals=eligibility.refusals(i),
        needs_reason=bool(eligibility.needs_reason[i]),
    )


def alternative(docket: Docket, scores: Scores, i: int, j: int, price: int) -> Alternative:
    """Return someone else for a seat, at the price of their next free slot."""
    terms = scores.terms(i, j)
    return Alternative(
        practitioner_id=docket.practitioner_at(j).id, score=sum(terms.values()), slot_price=price, terms=terms
    )


def scarcity(docket: Docket, found: Match) -> list[Scarce]:
    """
    Return what the places of the plan would have been worth elsewhere, by cause and area.

    Notes
    -----
    One more place with the practitioner of each seat is worth what the day would have gained from it: 0 wherever
    there was room to spare. Where a case stayed open for want of such a place that is beyond any score; it counts
    as the best possible one. Where sides are kept apart it is the most the day could have gained (``gain_exact``). A
    plan that is not proven best has no such values.
    """
    if not found.solution.optimal:
        return []
    gain = slot_values(Alternatives(found.problem, found.solution)).gain
    sums: dict[tuple[str, str], list[int]] = {}
    for i, j in enumerate(found.choice.tolist()):
        if j != NOBODY:
            case = docket.case_at(i)
            sums.setdefault((case.cause, case.area or ""), []).append(min(int(gain[j]), MAX_SCORE))
    return [Scarce(cause, area or None, len(prices), sum(prices)) for (cause, area), prices in sorted(sums.items())]


def slots_taken(docket: Docket, found: Match) -> tuple[Integers, Integers]:
    """Return what each row pays, (n,), the more urgent the lower slot, and what the next slot costs, (m,)."""
    prices = found.problem.slot_price
    count = np.zeros(docket.m, np.int64)
    paid = np.zeros(docket.n, np.int64)
    last = prices.shape[1] - 1
    for i in docket.by_urgency:
        j = found.choice[i]
        if j != NOBODY:
            paid[i] = prices[j, min(int(count[j]), last)]
            count[j] += 1
    return paid, prices[np.arange(docket.m), np.minimum(count, last)]


def best_others(docket: Docket, found: Match, following: Integers, most: int) -> Iterator[list[int]]:
    """Yield for each row the best eligible practitioners with a free slot who do not hold a rival row."""
    problem = found.problem
    full = np.bincount(found.choice[found.choice != NOBODY], minlength=docket.m) >= problem.capacity
    held = holders_of_rivals(docket, found.choice)
    price = following.astype(np.float32)
    for start in range(0, docket.n, TILE):
        rows = range(start, min(start + TILE, docket.n))
        points = pair_points(problem, docket.case_of[rows.start : rows.stop])
        for i, score_of in zip(rows, points, strict=True):
            worth = np.where((score_of < 0) | full, -np.inf, score_of - price)
            worth[held[i]] = -np.inf
            yield best_columns(worth, docket.practitioner_key, most)


def best_columns(worth: NDArray[np.float32], key: NDArray[np.uint64], most: int) -> list[int]:
    """Return the columns of greatest worth, ties by key so that the order of columns plays no part."""
    close = np.flatnonzero(worth > -np.inf)
    if 0 < most < len(close):
        least = np.partition(worth[close], -most)[-most]
        close = close[worth[close] >= least]
    ranked: list[int] = close[np.lexsort((key[close], -worth[close]))].tolist()
    return ranked[:most]


def pair_points(problem: Problem, cases: Integers) -> NDArray[np.float32]:
    """Return the scores of some rows of the problem, (rows, m), exact; negative where a rule refuses."""
    points: NDArray[np.float32] = problem.case_terms[cases] @ problem.practitioner_terms.T
    for local, case in enumerate(cases.tolist()):
        of_bonus = slice(*np.searchsorted(problem.bonus.rows, [case, case + 1]))
        points[local, problem.bonus.cols[of_bonus]] += problem.bonus.values[of_bonus]
        of_barred_pairs = slice(*np.searchsorted(problem.barred.rows, [case, case + 1]))
        points[local, problem.barred.cols[of_barred_pairs]] = -1
    return points


def holders_of_rivals(docket: Docket, choice: Choice) -> list[list[int]]:
    """Return for each row the practitioners who hold it or a row they may not hold beside it."""
    held = [[int(j)] if j != NOBODY else [] for j in choice]
    for group in docket.exclusive:
        taken = [int(j) for j in choice[group] if j != NOBODY]
        for i in group.tolist():
            held[i] = taken
    return held


def candidates(docket: Docket, eligibility: Eligibility, i: int, most: int | None = None) -> list[Candidate]:
    """
    Return everyone seen for row `i`: the eligible ranked by worth, then the refused with their rules.

    Parameters
    ----------
    most : int, optional
        How many eligible and how many refused are told; all by default.
    """
    points = score(docket).row(i)
    total = np.sum(list(points.values()), axis=0)
    price = slot_prices(docket.practitioner, docket.policy.fairness, 1)[:, 0]
    order = np.lexsort((docket.practitioner_key, price - total))
    passes = eligibility.row(i)[order]
    shown = np.concatenate([order[passes][:most], order[~passes][:most]])
    columns = [points[criterion][shown].tolist() for criterion in points]
    refusals, today = eligibility.why_row(i), docket.policy.day_of(docket.facts.now)
    return [
        Candidate(
            practitioner_id=docket.practitioner_at(j).id,
            rank=None if refusals[j] else rank,
            score=int(total[j]),
            slot_price=int(price[j]),
            terms=dict(zip(points, terms, strict=True)),
            quality=quality_of(docket.practitioner_at(j), docket.policy, today),
            refusals=refusals[j],
        )
        for rank, (j, terms) in enumerate(zip(shown.tolist(), zip(*columns, strict=True), strict=True), start=1)
    ]


class OwnPlace(NamedTuple):
    """How somebody ranks among the eligible of a row; ``above`` says for how many of them each term is greater."""

    own: Candidate
    eligible: int
    above: dict[str, int]


def places(docket: Docket, eligibility: Eligibility, j: int) -> Iterator[OwnPlace | None]:
    """Yield how a practitioner ranks in each row, as `candidates` ranks them; None where a rule refuses them."""
    sheet, person = score(docket), docket.practitioner_at(j)
    price = slot_prices(docket.practitioner, docket.policy.fairness, 1)[:, 0]
    quality = quality_of(person, docket.policy, docket.policy.day_of(docket.facts.now))
    for i in range(docket.n):
        able, points = eligibility.row(i), sheet.row(i)
        if not able[j]:
            yield None
            continue
        total = np.sum(list(points.values()), axis=0)
        cost, key = price - total, docket.practitioner_key
        before = able & ((cost < cost[j]) | ((cost == cost[j]) & (key < key[j])))
        yield OwnPlace(
            Candidate(
                practitioner_id=person.id,
                rank=1 + int(np.count_nonzero(before)),
                score=int(total[j]),
                slot_price=int(price[j]),
                terms={term: int(each[j]) for term, each in points.items()},
                quality=quality,
                refusals=(),
            ),
            int(np.count_nonzero(able)),
            {term: int(np.count_nonzero(each[able] > each[j])) for term, each in points.items()},
        )
