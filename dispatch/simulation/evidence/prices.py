"""What a day says of its rules and its people: the price of each rule a centre chose, the value of one more person."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.columns import Integers
from dispatch.domain.docket.facts import CaseFacts
from dispatch.domain.eligibility.kleene import YES
from dispatch.domain.eligibility.table import RULES, WORKLOAD
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.vocabulary import Term
from dispatch.modes.encode import encode, first_rows
from dispatch.simulation.evidence.days import Day
from dispatch.simulation.evidence.promise import passing, points_of
from dispatch.simulation.evidence.why import listed_of
from optimizer import solve
from optimizer.analysis.questions import NOWHERE

CHOSEN_BY_CENTRES = tuple(
    rule.code for rule in RULES if rule.basis == "policy" and rule.code not in (*WORKLOAD, "listed")
)
"""Rules whose price is told: the centre's own; what the law asks is not for sale, and a cap's price is a place's."""


# fmt: off
class Sort(Term):
    """By what the value of one more person is told."""

    CAUSE    = "cause",    "案由",   "cause"
    AREA     = "area",     "地区",   "county"
    LANGUAGE = "language", "语言",   "language"
# fmt: on


LABELS: dict[Sort, Callable[[CaseFacts], tuple[str, ...]]] = {
    Sort.CAUSE: lambda case: (case.cause,),
    Sort.AREA: lambda case: (case.area,) if case.area else (),
    Sort.LANGUAGE: lambda case: case.languages,
}


class RulePrice(NamedTuple):
    """What all cases together would gain if a rule did not exist, and how many more seats would have somebody."""

    code: str
    refused: int
    """People on the list whom it refuses for some case."""
    gain: int
    served: int


class PersonValue(NamedTuple):
    """
    What one more practitioner with one place would be worth, like those who can take such cases already.

    Parameters
    ----------
    people : int
        On the list and able to take a case of the kind, but for a full workload.
    least, median, most : int, points
        The value of somebody like the one of them who would help least, the middle one, and the one who would most.
    fills : bool
        Whether the one who would help most gives an open case somebody.
    surely : bool
        Whether each of them does.
    exact : bool
        Where False, sides are kept apart: values are worth at most so much.
    """

    sort: Sort
    label: str
    cases: int
    open: int
    people: int
    least: int
    median: int
    most: int
    fills: bool
    surely: bool
    exact: bool


def rule_prices(day: Day) -> list[RulePrice]:
    """Return the price of each rule a centre chose that refuses anybody on the list, the dearest first."""
    found = (_price(day, code) for code in CHOSEN_BY_CENTRES)
    return sorted((each for each in found if each), key=lambda each: (-each.served, -each.gain, each.code))


def person_values(day: Day) -> list[PersonValue]:
    """Return what one more person is worth, by cause, county and language of the cases of the day."""
    able, worth = _clones(day)
    cheapest = int(day.problem.open_price.min(initial=NOWHERE))
    return [
        _value(day, sort, label, cases, able, worth, cheapest)
        for sort, labels in LABELS.items()
        for label, cases in sorted(_by_label(day, labels).items())
    ]


def without(eligibility: Eligibility, code: str) -> Eligibility:
    """Return who may take what if a rule refused nobody."""
    groups = []
    for group in eligibility.rule_groups:
        verdicts = group.verdicts.copy()
        verdicts[[rule.code == code for rule in group.rules]] = YES
        groups.append(replace(group, verdicts=verdicts))
    return replace(eligibility, rule_groups=tuple(groups))


def _price(day: Day, code: str) -> RulePrice | None:
    refused = np.zeros(day.docket.m, bool)
    for group in day.eligibility.rule_groups:
        at = [k for k, rule in enumerate(group.rules) if rule.code == code]
        refused |= (group.verdicts[at] != YES).any(axis=(0, 1))
    people = int((refused & listed_of(day.docket)).sum())
    if not people:
        return None
    problem = encode(day.docket, without(day.eligibility, code))
    after = solve(replace(problem, open_price=day.problem.open_price), day.docket.seed)
    served = int(day.solution.open.sum() - after.open.sum())
    return RulePrice(code, people, after.objective - day.solution.objective, served)


def _clones(day: Day) -> tuple[NDArray[np.bool_], Integers]:
    """Return who could take which case but for a full workload, (n, m), and what one more like each is worth, (m,)."""
    able = passing(day.eligibility, first_rows(day.docket), WORKLOAD) & listed_of(day.docket)
    distance = day.answers.distances_from(lambda network: network.sink)[: day.problem.n]
    reached = able & (np.abs(distance) < NOWHERE)[:, None]
    cost = np.where(reached, distance[:, None] - points_of(day.docket), 2 * NOWHERE).min(axis=0, initial=2 * NOWHERE)
    worth = day.answers.gap - cost - day.problem.slot_price[:, 0]
    return able, np.where(cost < NOWHERE, np.maximum(worth, 0), 0)


def _by_label(day: Day, labels: Callable[[CaseFacts], tuple[str, ...]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for k, case in enumerate(day.docket.facts.cases):
        for label in labels(case):
            found.setdefault(label, []).append(k)
    return found


def _value(
    day: Day, sort: Sort, label: str, cases: list[int], able: NDArray[np.bool_], worth: Integers, cheapest: int
) -> PersonValue:
    values = np.sort(worth[able[cases].any(axis=0)])
    least, median, most = (int(values[k]) if values.size else 0 for k in (0, values.size // 2, -1))
    return PersonValue(
        sort=sort,
        label=label,
        cases=len(cases),
        open=int(day.solution.open[cases].sum()),
        people=int(values.size),
        least=least,
        median=median,
        most=most,
        fills=most >= cheapest,
        surely=least >= cheapest,
        exact=day.answers.exact,
    )


def values_of(day: Day) -> Iterator[int]:
    """Yield what one more person like each practitioner is worth, in the order of the docket."""
    yield from _clones(day)[1].tolist()
