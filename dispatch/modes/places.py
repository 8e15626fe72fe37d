"""Places still free while a mode hands out one seat after another."""

import numpy as np

from dispatch.domain.docket.columns import Integers
from dispatch.domain.docket.docket import NOBODY, Choice, Docket, PairList
from dispatch.domain.eligibility.rules import Mask
from dispatch.domain.eligibility.verdicts import Eligibility


def capacity_of(docket: Docket, eligibility: Eligibility) -> Integers:
    """Return how many more cases each may take, (m,): 0 for those whom no case could be given."""
    room = np.minimum(docket.practitioner.room[0], docket.practitioner.month_room[0])
    return np.where(eligibility.assignable, room, 0)


def institution_rooms(docket: Docket) -> Integers:
    """Return how many more cases each institution may take, in the order of its code."""
    codes = docket.practitioner.institution[0]
    rooms = np.zeros(codes.max(initial=-1) + 1, np.int64)
    rooms[codes] = docket.practitioner.institution_room[0]
    return rooms


class Places:
    """Who may still take a row, given what the choice so far has taken."""

    def __init__(self, docket: Docket, eligibility: Eligibility) -> None:
        self.choice: Choice = np.full(docket.n, NOBODY, np.int64)
        self._by_urgency = docket.by_urgency.tolist()
        self._eligibility = eligibility
        self._room = capacity_of(docket, eligibility)
        self._institution = docket.practitioner.institution[0]
        self._institution_room = institution_rooms(docket)
        self._rivals: list[list[int]] = [[] for _ in range(docket.n)]
        for group in docket.exclusive:
            for i in group.tolist():
                self._rivals[i] += group.tolist()
        self._opposing: list[list[int]] = [[] for _ in range(docket.n)]
        for i, k in docket.opposing.tolist():
            self._opposing[i].append(k)
            self._opposing[k].append(i)

    def free(self, i: int) -> Mask:
        """Return who may take row `i` now, (m,)."""
        has_room = self._institution_room[self._institution] > 0
        free: Mask = self._eligibility.row(i) & (self._room > 0) & has_room
        free[self._taken(self._rivals[i])] = False
        free &= ~np.isin(self._institution, self._institution[self._taken(self._opposing[i])])
        return free

    def take(self, i: int, j: int) -> None:
        """Give row `i` to practitioner `j`."""
        self.choice[i] = j
        self._room[j] -= 1
        self._institution_room[self._institution[j]] -= 1

    def first_named(self, named: PairList) -> Choice:
        """Give each row, the most urgent first, to the first of those named for it who may take it."""
        for i in self._by_urgency:
            free = self.free(i)
            j = next((j for j in named.of_row(i).cols.tolist() if free[j]), NOBODY)
            if j != NOBODY:
                self.take(i, j)
        return self.choice

    def _taken(self, rows: list[int]) -> Integers:
        return np.array([j for j in self.choice[rows].tolist() if j != NOBODY], np.int64)
