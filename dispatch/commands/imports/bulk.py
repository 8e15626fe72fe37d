"""Rows of a file on their way into the register: worked out from a look at it, written under the lock.

What the rows of a roster come to takes longer than writing it, so that is worked out before anything is locked. It
holds if the centre has decided nothing since, which its revision tells; else it is worked out again, under the lock.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from dispatch.commands.cases.holders import review_declared, review_moved, touched_today
from dispatch.commands.cases.intake import Fate
from dispatch.commands.cases.rows import take_in_rows
from dispatch.commands.imports.absences import take_in_absences
from dispatch.commands.imports.portions import portions_of
from dispatch.commands.imports.upserts import Upsert
from dispatch.commands.policies.catalogue import take_in_causes
from dispatch.commands.roster.areas import upsert_areas
from dispatch.commands.roster.consequences import ask_others_than, follow
from dispatch.commands.roster.organs import upsert_organs
from dispatch.commands.roster.qualifications import upsert_assessments, upsert_evidence
from dispatch.commands.roster.registration import SUBJECTS, Batch, PreparedEntries, prepare_entries
from dispatch.commands.roster.tie_files import upsert_ties
from dispatch.domain.permissions import Actor
from dispatch.exchange.columns import Kind
from dispatch.registry.host import RegisterHost
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import Read, Rehearsal, Transaction

UPSERTS = {
    Kind.AREAS: upsert_areas,
    Kind.ORGANS: upsert_organs,
    Kind.ASSESSMENTS: upsert_assessments,
    Kind.SPECIALTIES: upsert_evidence,
    Kind.TIES: upsert_ties,
}
TAKEN_IN = {Kind.CAUSES: take_in_causes, Kind.ABSENCES: take_in_absences}
"""What locks, and lets follow, itself."""


class Foreseen(NamedTuple):
    """What becomes of each row, seen at a revision of the centre; of a roster also what is to be written."""

    revision: int
    fates: list[Upsert]
    entries: PreparedEntries | None = None


class Bulk(NamedTuple):
    """The rows of one file."""

    seal: Seal
    actor: Actor
    now: datetime
    kind: Kind
    rows: Sequence[dict[str, Any]]
    notify: Callable[[int, int], None]

    def foresee(self, read: Read) -> Foreseen | None:
        """Work out what the rows come to, nothing being locked; None where that takes no longer than writing does."""
        if self.kind not in SUBJECTS and self.kind is not Kind.CASES:
            return None
        self._begin()
        with read() as session:
            tx = Rehearsal(session)
            revision = tx.lock_centre(self.actor.centre_id).revision
            if self.kind is Kind.CASES:
                fates = take_in_rows(tx, self.seal, self.actor, self.now, self.rows, write=False)
                return Foreseen(revision, fates)
            entries = prepare_entries(self._batch(tx), self.kind, self.rows)
            return Foreseen(revision, entries.fates, entries)

    def portions(self) -> list[list[int]]:
        """Return which rows are written together: all of a roster, of cases so many that others need not wait long."""
        return portions_of(self.rows) if self.kind is Kind.CASES else [list(range(len(self.rows)))]

    def of(self, places: Sequence[int]) -> "Bulk":
        """Return some of the rows."""
        return self._replace(rows=[self.rows[place] for place in places])

    def write(self, tx: Transaction, foreseen: Foreseen | None) -> list[Upsert]:
        """Write what was foreseen if it still holds, else what the rows come to by now."""
        if not foreseen:
            self._begin()
        if self.kind is Kind.CASES:
            return take_in_rows(tx, self.seal, self.actor, self.now, self.rows)
        if self.kind in TAKEN_IN:
            return TAKEN_IN[self.kind](tx, self.actor, self.now, self.rows)
        revision = tx.lock_centre(self.actor.centre_id).revision
        host = RegisterHost(tx, self.actor.centre_id, self.actor, self.now)
        tied = touched_today(host) if self.kind is Kind.TIES else set()
        fates = self._upsert(tx, foreseen if foreseen and foreseen.revision + 1 == revision else None)
        follow(tx, self.actor, self.now)
        if self.kind in SUBJECTS:
            moved = [fate.id for fate in fates if fate.id and fate.fate is Fate.UPDATED]
            ask_others_than(tx, self.actor, self.now, self.kind, moved)
        if self.kind is Kind.PRACTITIONERS:
            review_moved(host)
        if self.kind in (Kind.PRACTITIONERS, Kind.TIES):
            review_declared(host, tied | touched_today(host))
        return fates

    def _upsert(self, tx: Transaction, foreseen: Foreseen | None) -> list[Upsert]:
        if self.kind in UPSERTS:
            return UPSERTS[self.kind](self._batch(tx), self.rows)
        entries = (foreseen and foreseen.entries) or prepare_entries(self._batch(tx), self.kind, self.rows)
        entries.book.write(tx.session)
        return entries.fates

    def _batch(self, tx: Transaction) -> Batch:
        return Batch(tx, self.seal, self.actor.user_id, self.actor.centre_id, self.now, self.notify)

    def _begin(self) -> None:
        self.notify(0, max(len(self.rows), 1))
