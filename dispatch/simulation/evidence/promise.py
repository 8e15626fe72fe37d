"""What one more place or one more pair is worth to an open case: by shortest paths, before anything is solved again.

Exact where no sides are kept apart, else a bound from above; what is told is solved again in any case.
"""

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.columns import Integers
from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.kleene import YES
from dispatch.domain.eligibility.rules import Mask
from dispatch.domain.eligibility.table import WORKLOAD
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.ledger import slot_prices
from dispatch.modes.encode import first_rows
from dispatch.modes.scores import score
from dispatch.simulation.evidence.days import Day
from optimizer.analysis.questions import NOWHERE, Node, PlanNetwork, entries


def refused_only(eligibility: Eligibility, row: int, codes: Collection[str]) -> Mask:
    """Return whom some of these rules refuse for a row, and no other, (m,)."""
    by_these, by_others = (np.zeros(eligibility.m, bool) for _ in range(2))
    for code, who in eligibility.refused_by(row):
        if code in codes:
            by_these |= who
        else:
            by_others |= who
    only: Mask = by_these & ~by_others
    return only


class Promise:
    """
    What changes are worth around one open case of a proven day.

    Parameters
    ----------
    day : Day
        The day as it was matched.
    case : int
        A case without somebody.
    """

    def __init__(self, day: Day, case: int) -> None:
        self.day, self.case = day, case
        self.row = int(first_rows(day.docket)[case])
        self.answers = day.answers

    @property
    def room(self) -> Integers:
        """How many more cases each may take by their own caps, (m,)."""
        columns = self.day.docket.practitioner
        room: Integers = np.minimum(columns.room[0], columns.month_room[0])
        return room

    def of_pairs(self, points: Integers) -> Integers:
        """Return what the day would gain if a pair of these points, (m,), with each were allowed for this case."""
        gain = points - self._entries
        return np.where((gain > 0) & (gain < NOWHERE), gain + self.answers.gap, 0)

    def of_places(self) -> tuple[Integers, Mask, dict[str, int]]:
        """
        Return what one more place is worth.

        Returns
        -------
        (m,) int64, points
            One more with each practitioner, if this case were helped by it.
        (m,) bool
            Whether no other case would gain more by it.
        dict of str to int, points
            One more with each capped institution, if this case were helped.
        """
        reach, at_all = (self._reach(source) for source in (self._here, _sink))
        heads = self.answers.network.at_heads(self.answers.distances_to(_sink))
        open_house = self.day.docket.practitioner.institution_room[0] > 0
        by_person = np.where(open_house, self._gain(reach + self._price_above() + heads), 0)
        spare = self._load < self.room
        through = np.where(spare, self._gain(reach + self._next_price()), 0)
        by_house: dict[str, int] = {}
        capped = {house.id for house in self.day.docket.facts.institutions if house.room is not None}
        for j, person in enumerate(self.day.docket.facts.practitioners):
            if person.institution_id in capped and through[j] > 0:
                by_house[person.institution_id] = max(by_house.get(person.institution_id, 0), int(through[j]))
        # What any case gains starts at the sink; what this one gains has its open price in front.
        first_served = int(self.day.problem.open_price[self.case]) - reach >= -at_all
        return by_person, first_served, by_house

    @cached_property
    def points(self) -> Integers:
        """The score of every pair, (n, m)."""
        return points_of(self.day.docket)

    @cached_property
    def _entries(self) -> Integers:
        """What each would cost the day to take this case, (m,)."""
        return entries(self.answers, self.case)

    def _gain(self, cost: Integers) -> Integers:
        """Return what a path from the case over a new place gains: the case would no longer be open."""
        gain = int(self.day.problem.open_price[self.case]) - cost
        # The gap that keeping sides apart costs is no seat: where nothing is gained without it, nobody is served.
        return np.where((cost < NOWHERE) & (gain > 0), gain + self.answers.gap, 0)

    def _next_price(self) -> Integers:
        """What the next slot costs as things are, (m,)."""
        prices = self.day.problem.slot_price
        price: Integers = prices[np.arange(self._load.size), np.minimum(self._load, prices.shape[1] - 1)]
        return price

    def _price_above(self) -> Integers:
        """What one slot more than the cap would cost, (m,): a higher cap makes the slots below it cheaper as well."""
        docket, load = self.day.docket, self._load
        columns, slots = docket.practitioner, int(load.max(initial=0)) + 1
        higher = replace(columns, cap=columns.cap + (columns.room <= columns.month_room))
        now, then = (slot_prices(each, docket.policy.fairness, slots) for each in (columns, higher))
        below = np.arange(slots) < load[:, None]
        price: Integers = then[np.arange(load.size), load] - ((now - then) * below).sum(axis=1)
        return price

    @property
    def _load(self) -> Integers:
        return np.bincount(self.answers.solution.cols, minlength=self.day.docket.m)

    def _here(self, _: PlanNetwork) -> int:
        return self.case

    def _reach(self, source: Node) -> Integers:
        """Return the least cost of moving an open seat to each practitioner, over any chain of cases, (m,)."""
        distance = self.answers.distances_from(source)[: self.day.problem.n]
        cost = np.where(self._could & (distance < NOWHERE)[:, None], distance[:, None] - self.points, 2 * NOWHERE)
        nearest: Integers = cost.min(axis=0, initial=2 * NOWHERE)
        return nearest

    @property
    def _could(self) -> NDArray[np.bool_]:
        """Who could take a case beside what they have, if they had a place, (n, m)."""
        docket, solution = self.day.docket, self.answers.solution
        could = passing(self.day.eligibility, first_rows(docket), WORKLOAD)
        could[solution.rows, solution.cols] = False
        for group in self.day.problem.exclusive:
            could[np.ix_(group, solution.cols[np.isin(solution.rows, group)])] = False
        return could


def points_of(docket: Docket) -> Integers:
    """Return the score of every pair for a case's lead seat, (cases, m), whatever the rules."""
    scores, first = score(docket), first_rows(docket)
    total: Integers = np.sum([factor.points[factor.key[first]] for factor in scores.factors], axis=0)
    for pairs in scores.bonuses.values():
        lead = docket.seat[pairs.rows] == 0
        np.add.at(total, (docket.case_of[pairs.rows[lead]], pairs.cols[lead]), pairs.values[lead])
    return total


def passing(eligibility: Eligibility, rows: Integers, without: Collection[str]) -> NDArray[np.bool_]:
    """Return who passes every rule but some for each of the rows, (rows, m)."""
    out = np.ones((len(rows), eligibility.m), bool)
    for group in eligibility.rule_groups:
        kept = [k for k, rule in enumerate(group.rules) if rule.code not in without]
        out &= (group.verdicts[kept] == YES).all(axis=0)[group.key[rows]]
    barred = eligibility.barred_pairs
    at = {row: k for k, row in enumerate(rows.tolist())}
    for i, j in zip(barred.rows.tolist(), barred.cols.tolist(), strict=True):
        if i in at:
            out[at[i], j] = False
    return out


def _sink(network: PlanNetwork) -> int:
    return network.sink
