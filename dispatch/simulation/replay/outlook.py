"""Who may still take each undecided case, as far as the last look at it tells.

The watch asks every five minutes whether all cases due soon can be served together; nearly always they can. To see
that, a place for each is looked for among those who were free when the case was last judged and still are. What is
kept may be too little, never too much: where it does not suffice, the watch draws up its docket.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

from dispatch.casework.deadline_watch import OpenSeats, all_fit
from dispatch.casework.records import Judged
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.docket.ties import Ties
from dispatch.domain.eligibility.rules import Mask
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.schema import Policy
from dispatch.simulation.replay.files import File
from dispatch.simulation.replay.people import People

A_MOMENT_H = 0.001
"""Office hours by which the deadline counts as near too early: then only a docket is drawn up for nothing."""


class Seen(NamedTuple):
    """Who could take a case, (m,), on what day, and with which rules relaxed."""

    day: date | None
    relaxed: tuple[str, ...]
    mask: Mask


class Outlook:
    """What was seen of each case."""

    def __init__(self, people: People, ties: Ties, policy: Policy, office: OfficeHours) -> None:
        self._people, self.ties, self._policy, self._office = people, ties, policy, office
        self._seen: dict[str, Seen] = {}
        self._near_at: dict[str, datetime] = {}

    def see(self, judged: Judged) -> None:
        """Keep what a docket says; not where a rule yields only because nobody else is free."""
        docket, eligibility = judged
        for i in np.flatnonzero(docket.seat == 0).tolist():
            case = docket.case_at(i)
            if eligibility.needs_reason[i]:
                self._seen.pop(case.id, None)
            else:
                self._seen[case.id] = Seen(self._people.day, case.relaxed, eligibility.row(i).copy())

    def bar(self, case_id: str, practitioner_id: str) -> None:
        """Let someone not take a case any more."""
        seen, j = self._seen.get(case_id), self._people.column_of(practitioner_id)
        if seen and j != NOBODY and seen.day == self._people.day:
            seen.mask[j] = False

    def forget(self, case_id: str) -> None:
        """Know nothing of a case, nor of those that its assignments bar people from."""
        for id in (case_id, *self.ties.touching(case_id)):
            self._seen.pop(id, None)

    def near_at(self, file: File) -> datetime:
        """Return when the case's deadline comes near enough to call the manager."""
        if file.id not in self._near_at:
            hours = self._policy.walk.escalate_hours + A_MOMENT_H
            self._near_at[file.id] = self._office.before(file.due_at, hours)
        return self._near_at[file.id]

    def unknown(self, files: Sequence[File]) -> list[str]:
        """Return the cases of which nothing is known today."""
        return [file.id for file in files if self._mask(file) is None]

    def is_clear(self, files: Sequence[File], now: datetime) -> bool:
        """Tell whether no deadline of these is near and each of their seats has somebody of its own."""
        found = [(file, mask) for file in files if (mask := self._mask(file)) is not None and now < self.near_at(file)]
        if len(found) < len(files):
            return False
        waiting = (
            OpenSeats(
                file.id,
                file.demand - len(file.seats_taken()),
                mask,
                self.ties.joint_group(file.id),
                self.ties.apart(file.id),
            )
            for file, mask in found
        )
        return all_fit(waiting, self._people.desks())

    def _mask(self, file: File) -> Mask | None:
        seen = self._seen.get(file.id)
        fresh = seen is not None and seen.day == self._people.day and seen.relaxed == tuple(file.relaxed)
        return seen.mask if seen and fresh else None
