"""Who may take each undecided case, as the last docket with it tells.

The watch asks every five minutes whether all cases due soon can be served together; nearly always they can. Of all
rules only the caps are about what changes within a day. So who passes the others is kept for the day, until a tie, a
refusal or an assignment changes it, and who has room is looked up: together that is what a docket would say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from math import inf
from typing import NamedTuple

import numpy as np

from dispatch.casework.deadline_watch import OpenSeats, foresee
from dispatch.casework.records import Judged
from dispatch.domain.chain import Because
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.docket.ties import Ties
from dispatch.domain.eligibility.rules import Mask
from dispatch.domain.eligibility.table import WORKLOAD
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.schema import Policy
from dispatch.simulation.replay.files import File
from dispatch.simulation.replay.people import People


class Clear(NamedTuple):
    """Until when on a day these cases, with the rules relaxed for each, have somebody each if nobody takes one more."""

    day: date | None
    until: datetime
    relaxed: Mapping[str, Sequence[str]]


NOTHING_CLEAR = Clear(None, datetime.min.replace(tzinfo=UTC), {})

A_MOMENT_H = 0.001
"""Office hours by which the deadline counts as near too early: then it is reckoned for nothing."""


@dataclass(eq=False)
class Seen:
    """A row of a docket of a day, judged with these rules relaxed."""

    day: date | None
    relaxed: tuple[str, ...]
    eligibility: Eligibility
    row: int

    @cached_property
    def may(self) -> Mask:
        """Who may take the case, whatever they hold, (m,); most cases are served before anybody asks."""
        return self.eligibility.row_beside(self.row, WORKLOAD)


class Outlook:
    """What was seen of each case."""

    def __init__(self, people: People, ties: Ties, policy: Policy, office: OfficeHours) -> None:
        self._people, self.ties, self._policy, self._office = people, ties, policy, office
        self._seen: dict[str, Seen] = {}
        self._near_at: dict[str, datetime] = {}
        self._clear = NOTHING_CLEAR

    def see(self, judged: Judged) -> None:
        """Keep what a docket says; not where a rule yields only because nobody else is free."""
        docket, eligibility = judged
        for i in np.flatnonzero(docket.seat == 0).tolist():
            case = docket.case_at(i)
            if eligibility.needs_reason[i]:
                self._seen.pop(case.id, None)
            else:
                self._seen[case.id] = Seen(self._people.day, case.relaxed, eligibility, i)

    def bar(self, case_id: str, practitioner_id: str) -> None:
        """Let someone not take a case any more."""
        self._clear = NOTHING_CLEAR
        seen, j = self._seen.get(case_id), self._people.column_of(practitioner_id)
        if seen and j != NOBODY and seen.day == self._people.day:
            seen.may[j] = False

    def forget(self, case_id: str) -> None:
        """Know nothing of a case, nor of those that its assignments bar people from."""
        self._clear = NOTHING_CLEAR
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
        return [file.id for file in files if self._fresh(file) is None]

    def calls(self, files: Sequence[File], now: datetime) -> Sequence[tuple[str, Because]] | None:
        """Return for which cases the manager is to be called, and why; None where only a docket can tell."""
        if self._is_clear(files, now):
            return ()
        known = [(file, seen) for file in files if (seen := self._fresh(file))]
        if len(known) < len(files):
            return None
        capacities = self._people.capacities()
        free = (capacities.room > 0) & (capacities.institution_room[capacities.institution] > 0)
        waiting = [
            OpenSeats(
                file.id,
                file.demand - len(file.seats_taken()),
                seen.may & free,
                self.ties.joint_group(file.id),
                self.ties.apart(file.id),
            )
            for file, seen in known
        ]
        left = [self._office.between(now, file.due_at) if now >= self.near_at(file) else inf for file in files]
        calls = foresee(self._policy, waiting, left, capacities)
        if files and not calls and calls is not None:
            near_at = min(map(self.near_at, files))
            self._clear = Clear(self._people.day, near_at, {file.id: tuple(file.relaxed) for file in files})
        return calls

    def _is_clear(self, files: Sequence[File], now: datetime) -> bool:
        day, until, relaxed = self._clear
        found = day == self._people.day and now < until
        return found and all(relaxed.get(file.id) == tuple(file.relaxed) for file in files)

    def _fresh(self, file: File) -> Seen | None:
        seen = self._seen.get(file.id)
        return seen if seen and seen.day == self._people.day and seen.relaxed == tuple(file.relaxed) else None
