"""Giving out seats one after another: the way every assignment is judged, whatever mode chose it."""

from collections import defaultdict
from typing import NamedTuple

from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.modes.places import Places

NOT_PENDING = "not_pending"
"""The case no longer waits for this seat."""

NOT_LISTED = "not_listed"
"""The practitioner is no longer on the roster."""

NO_PLACE = "no_place"
"""The pair would pass, but a place was given out just before it: a cap, a co-defendant, an opposing side."""


class Given(NamedTuple):
    """A seat and who has it, as the docket numbers them."""

    row: int
    column: int


class Seats:
    """The open seats of a docket while they are given out."""

    def __init__(self, docket: Docket, eligibility: Eligibility) -> None:
        self.docket = docket
        self._eligibility = eligibility
        self._places = Places(docket, eligibility)
        self._column = {each.id: j for j, each in enumerate(docket.facts.practitioners)}
        self._rows: dict[str, list[int]] = defaultdict(list)
        for i in range(docket.n):
            self._rows[docket.case_at(i).id].append(i)

    def waits(self, case_id: str) -> bool:
        """Return whether the case still has a seat to fill."""
        return bool(self._rows[case_id])

    def pool(self, i: int) -> int:
        """Return how many could take row `i` when the docket was drawn up."""
        return int(self._eligibility.row(i).sum())

    def give(self, case_id: str, practitioner_id: str) -> Given | tuple[str, ...]:
        """Give the case's next open seat to the practitioner, or change nothing and return why not."""
        i = next((i for i in self._rows[case_id] if self._places.choice[i] == NOBODY), None)
        j = self._column.get(practitioner_id)
        if i is None or j is None:
            return (NOT_PENDING if i is None else NOT_LISTED,)
        if refusals := self._eligibility.why(i, j):
            return tuple(refusal.code for refusal in refusals)
        if not self._places.free(i)[j]:
            return (NO_PLACE,)
        self._places.take(i, j)
        return Given(i, j)
